//! Builders of everything that anybody signs.
//!
//! A [`Signer`] says for which chain and when; the key is named at each call, as one person signs
//! with many. What a builder returns is signed and ready to send. Builders refuse what the signer
//! should not sign; what only the ledger can know is left to the ledger.

pub mod change;
pub mod consent;
pub mod give;
pub mod identity;
pub mod link;
pub mod release;
pub mod request_proof;
pub mod service;
pub mod stream;

use assent_crypto::signature::SigningKey;
use assent_model::names::ChainId;
use assent_model::statement::{self, Content, Envelope, Verified};
use assent_model::time::{Span, Timestamp};

/// How long a statement can be submitted.
pub const STATEMENT_LIFETIME: Span = Span::from_minutes(5);

/// For which chain something is signed, and when.
#[derive(Debug, Clone)]
pub struct Signer {
    chain: ChainId,
    now: Timestamp,
}

impl Signer {
    /// Signs for `chain` at the time `now`.
    pub fn new(chain: ChainId, now: Timestamp) -> Self {
        Self { chain, now }
    }

    /// The chain.
    pub fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Signs any content.
    pub fn sign<T: Content>(&self, key: &SigningKey, content: T) -> Verified<T> {
        self.sign_for(STATEMENT_LIFETIME, key, content)
    }

    fn sign_for<T: Content>(&self, lifetime: Span, key: &SigningKey, content: T) -> Verified<T> {
        let signer = *key.verifying_key();
        let envelope = Envelope::new(self.chain.clone(), signer, self.now, lifetime, content);
        statement::sign(envelope, key)
    }
}
