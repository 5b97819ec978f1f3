//! Records decrypt under their key and context alone.

use assent_crypto::vault::{DecryptError, OVERHEAD, RecordCipher, SecretKey};
use proptest::prelude::*;

fn cipher() -> RecordCipher {
    RecordCipher::new(SecretKey::from_bytes([7; 32]))
}

#[test]
fn the_stored_form_does_not_change() {
    // Made by Node's `hkdfSync` and `aes-256-gcm` from the definition: what is stored must open for
    // ever, and to anyone who follows the definition.
    const RECORD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXZ8PRqXmoZIe3nVNOMHTbewXy9hna";
    let record = assent_crypto::base64url::decode(RECORD).expect("base64url");
    assert_eq!(
        cipher().decrypt(b"cns_1", &record).as_deref(),
        Ok(&b"hello"[..])
    );
}

#[test]
fn a_record_belongs_to_its_key_and_context() {
    let record = cipher().encrypt(b"cns_1", b"hello");
    assert_eq!(record.len(), OVERHEAD + 5);
    assert_eq!(
        cipher().decrypt(b"cns_1", &record).as_deref(),
        Ok(&b"hello"[..])
    );
    assert_eq!(cipher().decrypt(b"cns_2", &record), Err(DecryptError));
    assert_eq!(cipher().decrypt(b"", &record), Err(DecryptError));
    let other = RecordCipher::new(SecretKey::generate());
    assert_eq!(other.decrypt(b"cns_1", &record), Err(DecryptError));
}

#[test]
fn the_same_record_is_never_encrypted_alike() {
    let one = cipher().encrypt(b"cns_1", b"hello");
    let other = cipher().encrypt(b"cns_1", b"hello");
    assert_ne!(one[..24], other[..24]);
    assert_ne!(one[24..], other[24..]);
}

#[test]
fn every_cut_is_refused() {
    let record = cipher().encrypt(b"", b"hello");
    for len in 0..record.len() {
        assert_eq!(
            cipher().decrypt(b"", &record[..len]),
            Err(DecryptError),
            "{len}"
        );
    }
}

proptest! {
    #[test]
    fn decrypts_what_it_encrypts(context: Vec<u8>, plaintext: Vec<u8>) {
        let record = cipher().encrypt(&context, &plaintext);
        prop_assert_eq!(cipher().decrypt(&context, &record), Ok(plaintext));
    }

    #[test]
    fn one_flipped_bit_is_refused(bit in 0..(OVERHEAD + 5) * 8) {
        let mut record = cipher().encrypt(b"cns_1", b"hello");
        record[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(cipher().decrypt(b"cns_1", &record), Err(DecryptError));
    }
}
