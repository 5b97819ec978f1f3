//! HKDF-SHA-256 (RFC 5869), taking its inputs in pieces.
//!
//! The provider's HKDF hides the extracted key, which the key schedule of HPKE hashes on.

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// HKDF-Extract of the concatenated parts.
pub(crate) fn extract(salt: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, salt));
    for part in parts {
        context.update(part);
    }
    block(context)
}

/// HKDF-Expand to `N` bytes, with the concatenated parts for its info.
pub(crate) fn expand<const N: usize>(prk: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "HKDF counts its blocks in one byte") };
    let key = hmac::Key::new(hmac::HMAC_SHA256, prk);
    let mut output = Zeroizing::new([0; N]);
    let mut previous: Option<Zeroizing<[u8; 32]>> = None;
    for (counter, chunk) in (1_u8..).zip(output.chunks_mut(32)) {
        let mut context = hmac::Context::with_key(&key);
        if let Some(previous) = &previous {
            context.update(&previous[..]);
        }
        for part in info {
            context.update(part);
        }
        context.update(&[counter]);
        let next = block(context);
        chunk.copy_from_slice(&next[..chunk.len()]);
        previous = Some(next);
    }
    output
}

fn block(context: hmac::Context) -> Zeroizing<[u8; 32]> {
    let tag = context.sign();
    Zeroizing::new(
        tag.as_ref()
            .try_into()
            .expect("HMAC-SHA-256 gives 32 bytes"),
    )
}
