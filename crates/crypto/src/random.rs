//! Randomness from the operating system, used only to make keys, salts and sealed boxes.

use aws_lc_rs::rand;

/// Fills a buffer with bytes that nobody can predict.
///
/// # Panics
/// Where the operating system refuses to give entropy: no key made then would be worth anything.
pub fn fill(buffer: &mut [u8]) {
    rand::fill(buffer).expect("the operating system gives entropy");
}

/// An array of bytes that nobody can predict.
///
/// # Panics
/// As [`fill`].
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}
