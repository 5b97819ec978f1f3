//! Possession of a sealing key: only its holder can open what is sealed to it.
//!
//! A challenge is stateless: its name is an expiry under a MAC, and its answer is derived from
//! name and key, so the node keeps nothing and anybody may ask.

use assent_api::problem::Code;
use assent_api::v1::identity::{Challenge, ChallengeAnswer};
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;
use assent_crypto::random::random_bytes;
use assent_crypto::sealing::{self, SealingKey};
use assent_model::time::Span;

use crate::http::failure::Failure;
use crate::node::Node;

/// How long a challenge can be answered.
const LIFETIME: Span = Span::from_minutes(5);

/// A challenge for the holder of this key.
pub(crate) fn issue(node: &Node, key: &SealingKey) -> Challenge {
    let expires = (node.clock.now() + LIFETIME).as_millis();
    let challenge = format!("{expires}.{}", base64url::encode(&random_bytes::<16>()));
    let answer = answer(node, key, &challenge);
    let info = domains::SEAL_CHALLENGE.as_bytes();
    let sealed = sealing::seal(key, info, challenge.as_bytes(), answer.as_bytes());
    Challenge {
        challenge,
        sealed: base64url::encode(&sealed),
    }
}

/// Checks the answer of whoever claims to hold the key.
///
/// # Errors
/// The answer is wrong, or came too late.
pub(crate) fn check(node: &Node, key: &SealingKey, given: &ChallengeAnswer) -> Result<(), Failure> {
    let expires = given
        .challenge
        .split_once('.')
        .and_then(|(expires, _)| expires.parse::<u64>().ok());
    let in_time = expires.is_some_and(|expires| node.clock.now().as_millis() < expires);
    let expected = answer(node, key, &given.challenge);
    // A digest under a secret key of ours: comparing it tells nothing that helps to guess it.
    if in_time && given.answer.parse::<Digest>() == Ok(expected) {
        Ok(())
    } else {
        Err(Code::ChallengeFailed.into())
    }
}

fn answer(node: &Node, key: &SealingKey, challenge: &str) -> Digest {
    hmac_sha256(
        &node.index_key,
        domains::SEAL_CHALLENGE,
        &[challenge.as_bytes(), key.as_bytes()],
    )
}
