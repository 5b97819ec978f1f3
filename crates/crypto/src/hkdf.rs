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

#[cfg(test)]
mod tests {
    use super::{expand, extract};

    fn hex(text: &str) -> Vec<u8> {
        let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
        (0..text.len()).step_by(2).map(digit).collect()
    }

    /// RFC 5869, appendix A.1.
    #[test]
    fn a_basic_case() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let prk = extract(&salt, &[&[0x0b; 20], &[0x0b; 2]]);
        let okm = expand::<42>(&prk, &[&info[..4], &info[4..]]);
        assert_eq!(
            prk.to_vec(),
            hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"),
        );
        assert_eq!(
            okm.to_vec(),
            hex(
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
        );
    }

    /// RFC 5869, appendix A.3: neither salt nor info.
    #[test]
    fn empty_salt_and_info() {
        let prk = extract(&[], &[&[0x0b; 22]]);
        let okm = expand::<42>(&prk, &[]);
        assert_eq!(
            okm.to_vec(),
            hex(
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            ),
        );
    }
}
