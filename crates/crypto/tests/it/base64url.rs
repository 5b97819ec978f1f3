//! One text for each byte string.

use assent_crypto::base64url::{Base64UrlError, decode, decode_array, encode, encoded_len};
use proptest::prelude::*;

#[test]
fn refuses_every_text_that_is_not_canonical() {
    for text in [
        "A", "QQ==", "QQ=", "QR", "QUJ", "+A", "/A", "Q Q", "QQ\n", "QQB", "é", "AAAAA",
    ] {
        assert_eq!(decode(text), Err(Base64UrlError), "{text:?}");
    }
    assert_eq!(decode("QQ").as_deref(), Ok(&b"A"[..]));
    assert_eq!(decode("").as_deref(), Ok(&b""[..]));
    assert_eq!(decode("-_8").as_deref(), Ok(&[0xfb, 0xff][..]));
}

#[test]
fn an_array_has_exactly_its_length() {
    assert_eq!(decode_array::<2>("-_8"), Ok([0xfb, 0xff]));
    for text in ["-_", "-_8A", "-_8=", "-_9", ""] {
        assert_eq!(decode_array::<2>(text), Err(Base64UrlError), "{text:?}");
    }
}

proptest! {
    #[test]
    fn encodes_and_decodes(bytes: Vec<u8>) {
        let text = encode(&bytes);
        prop_assert_eq!(text.len(), encoded_len(bytes.len()));
        prop_assert_eq!(decode(&text), Ok(bytes));
    }

    #[test]
    fn what_decodes_encodes_to_itself(text in "[A-Za-z0-9_-]{0,12}") {
        if let Ok(bytes) = decode(&text) {
            prop_assert_eq!(encode(&bytes), text);
        }
    }
}
