//! No secret shows when it is formatted, and every secret is wiped when it is dropped.

use assent_crypto::base64url;
use assent_crypto::digest::Salt;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_crypto::vault::{RecordCipher, SecretKey};
use std::fmt::Debug;

/// Asserts that no piece of the secret, in any usual notation, is in the text of `value`.
#[track_caller]
fn check(value: &impl Debug, secret: &[u8; 32]) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        let compact: String = text.split_whitespace().collect();
        for piece in secret.windows(3) {
            let hex = format!("{:02x}{:02x}{:02x}", piece[0], piece[1], piece[2]);
            let decimal = format!("{},{},{}", piece[0], piece[1], piece[2]);
            let shown = compact.to_lowercase().contains(&hex) || compact.contains(&decimal);
            assert!(!shown, "{text}");
        }
        let encoded = base64url::encode(secret);
        for start in 0..encoded.len() - 6 {
            assert!(!compact.contains(&encoded[start..start + 6]), "{text}");
        }
    }
}

/// No three bytes in a row are like anything else.
const SECRET: [u8; 32] = [
    141, 159, 226, 153, 58, 97, 193, 238, 46, 132, 197, 16, 205, 82, 190, 174, 149, 230, 64, 62,
    208, 99, 186, 28, 3, 198, 253, 42, 117, 106, 79, 82,
];

#[test]
fn formatting_a_secret_never_prints_its_bytes() {
    check(&Salt::from_bytes(SECRET), &SECRET);
    check(&SecretKey::from_bytes(SECRET), &SECRET);
    check(&RecordCipher::new(SecretKey::from_bytes(SECRET)), &SECRET);
    check(&SigningKey::from_seed(&SECRET), &SECRET);
    check(&OpeningKey::from_seed(&SECRET), &SECRET);
}

#[test]
#[should_panic(expected = "[141, 159,")]
fn the_check_finds_what_is_printed() {
    check(&SECRET, &SECRET);
}

#[test]
fn secrets_are_wiped() {
    fn check<T: zeroize::ZeroizeOnDrop>() {}
    check::<Salt>();
    check::<SecretKey>();
}
