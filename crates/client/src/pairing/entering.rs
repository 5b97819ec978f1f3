//! The person's side: enters a code.

use assent_crypto::pake::{Exchange, Side};

use super::showing::begin;
use super::{Answer, Confirm, Hello, Holder, Offer, Paired, PairingCode, PairingRefusal, Terms};

/// A code that was entered, and waits for the device's answer. It is good for one answer.
#[derive(Debug)]
pub struct Entering {
    exchange: Exchange,
    terms: Terms,
}

impl Entering {
    /// Begins an attempt: `offer` is what the relay has under the nameplate of the code, and
    /// `holder` who will hold the stream. The person has seen the label of the offer.
    pub fn begin(code: &PairingCode, offer: Offer, holder: Holder) -> (Self, Hello) {
        let terms = Terms { offer, holder };
        let exchange = begin(Side::Enters, code, &terms);
        let share = exchange.share();
        (Self { exchange, terms }, Hello { holder, share })
    }

    /// What the two sides would agree on.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Verifies that the device showed this code and agrees on the terms. Only then does the person
    /// say anything: `holding` is their word for the ledger, signed.
    ///
    /// # Errors
    /// [`PairingRefusal::InvalidShare`] and [`PairingRefusal::NotConfirmed`].
    pub fn complete(
        self,
        answer: &Answer,
        holding: &str,
    ) -> Result<(Paired, Confirm), PairingRefusal> {
        let own = self.exchange.share();
        let transcript = self.terms.transcript(&answer.share, &own);
        let key = self.exchange.finish(&answer.share);
        let key = key.map_err(|_| PairingRefusal::InvalidShare)?;
        if !key.is_confirmed(&[transcript.as_bytes()], &answer.confirmation) {
            return Err(PairingRefusal::NotConfirmed);
        }
        let agreed: [&[u8]; 2] = [transcript.as_bytes(), holding.as_bytes()];
        let confirm = Confirm {
            confirmation: key.confirm(&agreed),
            holding: holding.to_owned(),
        };
        let paired = Paired {
            terms: self.terms,
            holding: holding.to_owned(),
        };
        Ok((paired, confirm))
    }
}
