//! `did:key` for Ed25519 keys (W3C CCG did:key v0.9): multibase base58btc of the multicodec
//! prefix `0xed01` and the key.

use assent_crypto::signature::VerifyingKey;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The did:key of a signing key.
pub fn key(key: &VerifyingKey) -> String {
    let mut bytes = vec![0xed, 0x01];
    bytes.extend_from_slice(key.as_bytes());
    format!("did:key:z{}", base58(&bytes))
}

/// Base58 as Bitcoin spells it. The input never starts with a zero byte here.
fn base58(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for &byte in bytes {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = u8::try_from(carry % 58).expect("a remainder below 58");
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).expect("a remainder below 58"));
            carry /= 58;
        }
    }
    digits
        .iter()
        .rev()
        .map(|&digit| char::from(ALPHABET[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first Ed25519 example of the did:key method's test vectors.
    #[test]
    fn an_all_known_key_has_its_known_did() {
        let bytes = [
            0x2e, 0x6f, 0xcc, 0xe3, 0x67, 0x01, 0xdc, 0x79, 0x14, 0x88, 0xe0, 0xd0, 0xb1, 0x74,
            0x5c, 0xc1, 0xe3, 0x3a, 0x4c, 0x1c, 0x9f, 0xcc, 0x41, 0xc6, 0x3b, 0xd3, 0x43, 0xdb,
            0xbe, 0x09, 0x70, 0xe6,
        ];
        let parsed = VerifyingKey::parse(&bytes).expect("the example is a key");
        assert_eq!(
            key(&parsed),
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
        );
    }
}
