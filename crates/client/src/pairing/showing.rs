//! The device's side: shows a code.

use assent_crypto::digest::Digest;
use assent_crypto::pake::{AgreedKey, Exchange, Side};
use assent_model::canonical;
use assent_model::time::Timestamp;

use super::{Answer, Confirm, Hello, Offer, Paired, PairingCode, PairingRefusal, Terms};

/// How long a code is good for: ten minutes.
pub const LIFETIME_MILLIS: u64 = 10 * 60 * 1000;

/// How many times a code may be entered. Whoever guesses has a chance of one in a million with all.
pub const ATTEMPTS: u8 = 3;

/// A code that a device shows, until it is used, expires, or was guessed at too often.
#[derive(Debug)]
pub struct Showing {
    code: PairingCode,
    offer: Offer,
    expires: Timestamp,
    attempts_left: u8,
    attempt: Option<Attempt>,
    is_paired: bool,
}

/// An attempt that waits for the person's confirmation.
#[derive(Debug)]
struct Attempt {
    key: AgreedKey,
    terms: Terms,
    transcript: Digest,
}

impl Showing {
    /// Shows this code from `now` on.
    pub fn begin(code: PairingCode, offer: Offer, now: Timestamp) -> Self {
        Self {
            code,
            offer,
            expires: Timestamp::from_millis(now.as_millis() + LIFETIME_MILLIS),
            attempts_left: ATTEMPTS,
            attempt: None,
            is_paired: false,
        }
    }

    /// What the device shows.
    pub const fn code(&self) -> &PairingCode {
        &self.code
    }

    /// What the relay keeps under the nameplate of the code.
    pub const fn offer(&self) -> &Offer {
        &self.offer
    }

    /// From when on the code is good for nothing.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Whether another code must be shown: this one is used, expired or guessed at too often.
    pub fn is_over(&self, now: Timestamp) -> bool {
        let waits = self.attempt.is_some();
        self.is_paired || now >= self.expires || (self.attempts_left == 0 && !waits)
    }

    /// Answers an attempt, which counts whether it is completed or not: the answer is what lets a
    /// guess be checked. An attempt that waited before is given up.
    ///
    /// # Errors
    /// All but [`PairingRefusal::NoAttempt`] and [`PairingRefusal::NotConfirmed`].
    pub fn answer(&mut self, hello: &Hello, now: Timestamp) -> Result<Answer, PairingRefusal> {
        self.attempt = None;
        if self.is_paired {
            return Err(PairingRefusal::AlreadyPaired);
        }
        if self.attempts_left == 0 {
            return Err(PairingRefusal::TooManyAttempts);
        }
        if now >= self.expires {
            return Err(PairingRefusal::Expired);
        }
        self.attempts_left -= 1;
        let terms = Terms {
            offer: self.offer.clone(),
            holder: hello.holder,
        };
        let exchange = begin(Side::Shows, &self.code, &terms);
        let share = exchange.share();
        let transcript = terms.transcript(&share, &hello.share);
        let key = exchange.finish(&hello.share);
        let key = key.map_err(|_| PairingRefusal::InvalidShare)?;
        let confirmation = key.confirm(&[transcript.as_bytes()]);
        self.attempt = Some(Attempt {
            key,
            terms,
            transcript,
        });
        Ok(Answer {
            share,
            confirmation,
        })
    }

    /// Gives up the attempt that waits, where the person does not go on.
    pub fn give_up(&mut self) {
        self.attempt = None;
    }

    /// Ends the attempt that waits, one way or the other.
    ///
    /// # Errors
    /// All but [`PairingRefusal::TooManyAttempts`] and [`PairingRefusal::InvalidShare`].
    pub fn complete(
        &mut self,
        confirm: &Confirm,
        now: Timestamp,
    ) -> Result<Paired, PairingRefusal> {
        if self.is_paired {
            return Err(PairingRefusal::AlreadyPaired);
        }
        if now >= self.expires {
            return Err(PairingRefusal::Expired);
        }
        let attempt = self.attempt.take().ok_or(PairingRefusal::NoAttempt)?;
        let agreed: [&[u8]; 2] = [attempt.transcript.as_bytes(), confirm.holding.as_bytes()];
        if !attempt.key.is_confirmed(&agreed, &confirm.confirmation) {
            return Err(PairingRefusal::NotConfirmed);
        }
        self.is_paired = true;
        Ok(Paired {
            terms: attempt.terms,
            holding: confirm.holding.clone(),
        })
    }
}

/// One end of a key exchange in which each side is named by all that it claims.
pub(super) fn begin(side: Side, code: &PairingCode, terms: &Terms) -> Exchange {
    let shown = canonical::encode(&terms.offer);
    let entered = canonical::encode(&terms.holder);
    Exchange::begin(side, code.as_bytes(), &shown, &entered)
}
