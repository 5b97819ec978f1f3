//! Tokens that an attacker could make: any header, any payload, a genuine signature.

use assent_crypto::base64url;
use assent_crypto::signature::SigningKey;

/// Signs `header` and `payload` as they are.
pub(crate) fn token(key: &SigningKey, header: &[u8], payload: &[u8]) -> String {
    let signed = format!(
        "{}.{}",
        base64url::encode(header),
        base64url::encode(payload)
    );
    signed_over(key, &signed)
}

/// Signs two segments as they are.
pub(crate) fn signed_over(key: &SigningKey, signed: &str) -> String {
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", base64url::encode(signature.as_bytes()))
}

/// The same bits to a decoder that ignores trailing bits; the text must end inside a group.
pub(crate) fn with_trailing_bit(segment: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert_ne!(
        segment.len() % 4,
        0,
        "the last character of a full group has no spare bits"
    );
    let (rest, last) = segment.split_at(segment.len() - 1);
    let next = ALPHABET.find(last).expect("base64url") + 1;
    format!("{rest}{}", &ALPHABET[next..=next])
}
