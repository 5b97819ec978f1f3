//! Hexadecimal, as test vectors are published.

use assent_crypto::digest::Digest;

pub(crate) fn encode(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all");
        text
    })
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .expect("a digit")
                .try_into()
                .expect("a nibble")
        })
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::from_bytes(decode(text).try_into().expect("32 bytes"))
}
