//! The proof of who calls, for the routes of a node that want one.

use assent_api::request_proof::{Actor, RequestProof, SCHEME};
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::time::Span;

use super::Signer;
use crate::keys::{PartyKeys, Pseudonym};

/// How long a proof is good: it is made for one request, at once.
const PROOF_LIFETIME: Span = Span::from_minutes(1);

/// Who calls, with the key that shows it.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'k> {
    actor: Actor,
    key: &'k SigningKey,
}

impl<'k> From<&'k PartyKeys> for Caller<'k> {
    fn from(keys: &'k PartyKeys) -> Self {
        Self {
            actor: Actor::Party(keys.party_id()),
            key: &keys.signing,
        }
    }
}

impl<'k> From<&'k Pseudonym> for Caller<'k> {
    fn from(pseudonym: &'k Pseudonym) -> Self {
        Self {
            actor: Actor::Surrogate(pseudonym.surrogate_id()),
            key: &pseudonym.key,
        }
    }
}

impl Signer {
    /// The value of the `Authorization` header of one request: its method in capitals, its path
    /// and query as sent, and its body where there is one.
    pub fn request_proof(
        &self,
        caller: Caller<'_>,
        method: &str,
        target: &str,
        body: Option<&[u8]>,
    ) -> String {
        let proof = RequestProof {
            actor: caller.actor,
            htm: method.to_owned(),
            htu: target.to_owned(),
            body: body.map(Digest::of),
        };
        let proof = self.sign_for(PROOF_LIFETIME, caller.key, proof);
        format!("{SCHEME} {}", proof.compact())
    }
}
