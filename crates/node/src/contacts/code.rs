//! One-time codes: sent by mail, good for ten minutes, five attempts and one use.
//!
//! They live in memory, as hashes: a restart forgets them, and the person asks again. So an
//! address that nobody ever confirmed is written nowhere.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use assent_api::problem::Code;
use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::names::Language;
use assent_model::time::{Span, Timestamp};

use super::address::EmailAddress;
use crate::http::failure::Failure;

/// How long a code is good.
pub const LIFETIME: Span = Span::from_minutes(10);
/// How many wrong codes end it.
const ATTEMPTS: u32 = 5;
/// Characters of a code: about 35 bits, of which an attacker gets to try five.
const LENGTH: usize = 8;
/// No vowels, so that no words come up, and nothing that is read as something else.
const ALPHABET: &[u8; 22] = b"BCDFGHJKMNPQRTVWX34679";
/// The most codes that wait at a time.
const WAITING_MAX: usize = 100_000;

/// A code in clear, on its way into a letter.
pub struct OneTimeCode(String);

impl OneTimeCode {
    fn random() -> Self {
        let letters = u8::try_from(ALPHABET.len()).expect("a short alphabet");
        // Bytes beyond the last whole round of the alphabet would favour its first letters.
        let bound = u8::MAX - u8::MAX % letters;
        let mut code = String::with_capacity(LENGTH);
        while code.len() < LENGTH {
            let fair = random_bytes::<16>()
                .into_iter()
                .filter(|byte| *byte < bound);
            let spelled = fair.map(|byte| char::from(ALPHABET[usize::from(byte % letters)]));
            code.extend(spelled.take(LENGTH - code.len()));
        }
        Self(code)
    }

    /// What the person typed, without what does not matter.
    fn read(typed: &str) -> String {
        let is_letter = |character: &char| !matches!(character, ' ' | '-');
        let typed = typed.chars().filter(is_letter);
        // One more than a code has, so that a longer text does not pass for its beginning.
        typed
            .take(LENGTH + 1)
            .map(|character| character.to_ascii_uppercase())
            .collect()
    }
}

/// Two groups of four, as a letter shows it.
impl fmt::Display for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

/// What a code is for. It is good for nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Makes an address the contact of this party.
    Contact(PartyId),
    /// Lets who asked for it, which this names, stop the consents of the owner of the address. So nobody
    /// who knows an address voids the code of somebody else, or tries codes against it.
    LostKey(Digest),
    /// Begins an account at the browser that asked, which this names; for the same reason.
    SignUp(Digest),
    /// Gives a pass to the device that asked, which this names: for the same reasons.
    Pass(Digest),
}

/// Whom a code was sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: EmailAddress,
    /// The language of letters to it.
    pub language: Language,
}

/// A code that waits for its use.
struct Waiting {
    hash: Digest,
    recipient: Recipient,
    attempts: u32,
    expires_at: Timestamp,
}

/// The codes that wait for their use, one a subject.
pub struct Codes {
    key: [u8; 32],
    waiting: Mutex<BTreeMap<Subject, Waiting>>,
}

impl Codes {
    /// No code waits. The key keeps memory from telling codes.
    pub fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            waiting: Mutex::default(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<Subject, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash(&self, subject: &Subject, code: &str) -> Digest {
        let (kind, id) = match subject {
            Subject::Contact(party) => (b"contact".as_slice(), party.to_string()),
            Subject::LostKey(asked) => (b"lost-key".as_slice(), asked.to_string()),
            Subject::SignUp(asked) => (b"sign-up".as_slice(), asked.to_string()),
            Subject::Pass(asked) => (b"pass".as_slice(), asked.to_string()),
        };
        hmac_sha256(
            &self.key,
            domains::ONE_TIME_CODE,
            &[kind, id.as_bytes(), code.as_bytes()],
        )
    }

    /// A new code for this subject, to be sent to the recipient. The one before is void.
    ///
    /// # Errors
    /// Too many codes wait.
    pub fn issue(
        &self,
        subject: Subject,
        recipient: Recipient,
        now: Timestamp,
    ) -> Result<OneTimeCode, Failure> {
        let code = OneTimeCode::random();
        let hash = self.hash(&subject, &code.0);
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING_MAX {
            waiting.retain(|_, code| now < code.expires_at);
            if waiting.len() >= WAITING_MAX {
                return Err(Code::RateLimited.into());
            }
        }
        let expires_at = now + LIFETIME;
        waiting.insert(
            subject,
            Waiting {
                hash,
                recipient,
                attempts: ATTEMPTS,
                expires_at,
            },
        );
        Ok(code)
    }

    /// Uses up the code of this subject; whom it was sent to.
    ///
    /// # Errors
    /// There is none (any more), or it is another one, which costs an attempt.
    pub fn redeem(
        &self,
        subject: &Subject,
        typed: &str,
        now: Timestamp,
    ) -> Result<Recipient, Failure> {
        let given = self.hash(subject, &OneTimeCode::read(typed));
        let mut codes = self.waiting();
        let code = codes.get_mut(subject).ok_or(Code::CodeSpent)?;
        // Hashes under a secret key of ours: comparing them tells nothing that helps to guess.
        let is_right = now < code.expires_at && code.hash == given;
        if is_right {
            let used = codes.remove(subject).expect("it was found");
            return Ok(used.recipient);
        }
        code.attempts -= 1;
        let is_over = now >= code.expires_at;
        if is_over || code.attempts == 0 {
            codes.remove(subject);
        }
        Err(if is_over {
            Code::CodeSpent
        } else {
            Code::CodeWrong
        }
        .into())
    }

    /// Forgets the codes that somebody who is not known yet has asked for, to such an address.
    pub fn forget_asked(&self, is_such: impl Fn(&EmailAddress) -> bool) {
        self.waiting().retain(|subject, code| {
            matches!(subject, Subject::Contact(_)) || !is_such(&code.recipient.address)
        });
    }

    /// Forgets the code of this subject.
    pub fn forget(&self, subject: &Subject) {
        self.waiting().remove(subject);
    }
}

#[cfg(test)]
mod tests {
    use assent_crypto::signature::SigningKey;

    use super::*;

    const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn party(seed: u8) -> Subject {
        let key = SigningKey::from_seed(&[seed; 32]);
        Subject::Contact(PartyId::of(key.verifying_key()))
    }

    fn ann() -> Recipient {
        Recipient {
            address: EmailAddress::parse("ann@example.org").expect("an address"),
            language: "en".parse().expect("a language"),
        }
    }

    fn issued() -> (Codes, Subject, String) {
        let codes = Codes::new([7; 32]);
        let code = codes
            .issue(party(1), ann(), BEGIN)
            .expect("room for a code");
        (codes, party(1), code.to_string())
    }

    #[test]
    fn codes_are_spelled_from_the_alphabet_and_differ() {
        let (_, _, first) = issued();
        let (_, _, second) = issued();
        assert_ne!(first, second);
        let letters: String = first.chars().filter(|letter| *letter != '-').collect();
        assert_eq!(letters.len(), LENGTH);
        assert!(letters.bytes().all(|letter| ALPHABET.contains(&letter)));
    }

    #[test]
    fn every_letter_is_as_likely_as_another() {
        let mut counts = BTreeMap::new();
        for _ in 0..2_000 {
            for letter in OneTimeCode::random().0.bytes() {
                *counts.entry(letter).or_insert(0_u32) += 1;
            }
        }
        // 16,000 letters, 727 of each expected; a bias of one byte in 256 would be below 640.
        assert_eq!(counts.len(), ALPHABET.len());
        assert!(
            counts.values().all(|count| (590..=870).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn a_code_works_once_however_it_is_typed() {
        let (codes, subject, code) = issued();
        let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
        assert_eq!(codes.redeem(&subject, &typed, BEGIN), Ok(ann()));
        assert_eq!(
            codes.redeem(&subject, &code, BEGIN),
            Err(Code::CodeSpent.into())
        );
    }

    #[test]
    fn five_wrong_codes_end_it() {
        let (codes, subject, code) = issued();
        for _ in 0..ATTEMPTS {
            let wrong = codes.redeem(&subject, "BBBB-BBBB", BEGIN);
            assert_eq!(wrong, Err(Code::CodeWrong.into()));
        }
        assert_eq!(
            codes.redeem(&subject, &code, BEGIN),
            Err(Code::CodeSpent.into())
        );
    }

    #[test]
    fn a_code_ends_after_ten_minutes() {
        let (codes, subject, code) = issued();
        let late = codes.redeem(&subject, &code, BEGIN + LIFETIME);
        assert_eq!(late, Err(Code::CodeSpent.into()));
        let (codes, subject, code) = issued();
        let last = BEGIN + Span::from_millis(LIFETIME.as_millis() - 1);
        assert_eq!(codes.redeem(&subject, &code, last), Ok(ann()));
    }

    #[test]
    fn a_code_is_for_its_subject_and_a_new_one_voids_it() {
        let (codes, subject, code) = issued();
        codes.issue(party(2), ann(), BEGIN).expect("room");
        assert_eq!(
            codes.redeem(&party(2), &code, BEGIN),
            Err(Code::CodeWrong.into())
        );
        let again = codes.issue(subject.clone(), ann(), BEGIN).expect("room");
        assert_eq!(
            codes.redeem(&subject, &code, BEGIN),
            Err(Code::CodeWrong.into())
        );
        assert_eq!(codes.redeem(&subject, &again.to_string(), BEGIN), Ok(ann()));
    }

    #[test]
    fn what_follows_a_code_makes_it_wrong() {
        let (codes, subject, code) = issued();
        let longer = codes.redeem(&subject, &format!("{code}B"), BEGIN);
        assert_eq!(longer, Err(Code::CodeWrong.into()));
    }
}
