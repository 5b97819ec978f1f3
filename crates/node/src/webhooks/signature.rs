//! Signing messages: Standard Webhooks 1.0, asymmetric `v1a` (Ed25519).

use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_model::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What stands before a public key.
const KEY_PREFIX: &str = "whpk_";
/// The version of signatures by Ed25519.
const VERSION: &str = "v1a";

/// The headers of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedHeaders {
    /// `webhook-timestamp`: when the attempt is made, in seconds since the epoch.
    pub(super) timestamp: String,
    /// `webhook-signature`.
    pub(super) signature: String,
}

/// The public key as receivers are told it.
pub(super) fn public_key(key: &VerifyingKey) -> String {
    format!("{KEY_PREFIX}{}", STANDARD.encode(key.as_bytes()))
}

/// Signs `id.timestamp.body`. The id holds no full stop.
pub(super) fn sign(key: &SigningKey, id: &str, at: Timestamp, body: &[u8]) -> SignedHeaders {
    let timestamp = at.as_seconds().to_string();
    let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let signature = STANDARD.encode(key.sign(&signed).as_bytes());
    SignedHeaders {
        timestamp,
        signature: format!("{VERSION},{signature}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed, key and signature of TEST 2 in RFC 8032, section 7.1, around another message:
    /// the key is the known one, and the signature is over exactly `id.timestamp.body`.
    #[test]
    fn a_message_is_signed_over_id_time_and_body() {
        let seed = [
            0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11,
            0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed,
            0x4f, 0xb8, 0xa6, 0xfb,
        ];
        let key = SigningKey::from_seed(&seed);
        let public = public_key(key.verifying_key());
        assert_eq!(public, "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=");
        let headers = sign(
            &key,
            "evt_7",
            Timestamp::from_millis(1_700_000_000_999),
            b"{}",
        );
        assert_eq!(headers.timestamp, "1700000000");
        let expected = STANDARD.encode(key.sign(b"evt_7.1700000000.{}").as_bytes());
        assert_eq!(headers.signature, format!("v1a,{expected}"));
    }
}
