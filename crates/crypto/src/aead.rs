//! AES-256-GCM (NIST SP 800-38D) under a key that is used for one message.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;

/// Bytes by which a ciphertext is longer than its plaintext.
pub(crate) const TAG_LEN: usize = 16;

/// Encrypts `plaintext` and appends ciphertext and tag to `output`.
///
/// The caller sees to it that no key comes here twice with one nonce.
pub(crate) fn seal_onto(
    output: &mut Vec<u8>,
    key: &[u8; 32],
    nonce: &[u8; 12],
    aad: &[u8],
    plaintext: &[u8],
) {
    let start = output.len();
    output.extend_from_slice(plaintext);
    let tag = cipher(key)
        .seal_in_place_separate_tag(nonce.into(), Aad::from(aad), &mut output[start..])
        .expect("a message in memory is shorter than the 64 GiB that GCM allows");
    output.extend_from_slice(tag.as_ref());
}

/// Decrypts what [`seal_onto`] appended.
pub(crate) fn open(
    key: &[u8; 32],
    nonce: &[u8; 12],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let (ciphertext, tag) = sealed.split_last_chunk::<TAG_LEN>().ok_or(Unspecified)?;
    let mut plaintext = vec![0; ciphertext.len()];
    cipher(key).open_separate_gather(
        Nonce::from(nonce),
        Aad::from(aad),
        ciphertext,
        tag,
        &mut plaintext,
    )?;
    Ok(plaintext)
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("the key has 32 bytes"))
}
