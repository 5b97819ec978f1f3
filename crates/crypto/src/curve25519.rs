//! Which encodings of Curve25519 and Edwards25519 the product refuses (RFC 7748, RFC 8032).

/// The y-coordinates of the eight Edwards points of small order.
const ED25519_SMALL_ORDER: [[u8; 32]; 5] = [
    // The identity (0, 1) and the point of order two (0, -1).
    hex("0100000000000000000000000000000000000000000000000000000000000000"),
    hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    // The two points of order four: y = 0.
    hex("0000000000000000000000000000000000000000000000000000000000000000"),
    // The four points of order eight, two for each y.
    hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
];

/// The u-coordinates of small order, on the curve and on its twist.
const X25519_SMALL_ORDER: [[u8; 32]; 5] = [
    hex("0000000000000000000000000000000000000000000000000000000000000000"),
    hex("0100000000000000000000000000000000000000000000000000000000000000"),
    hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    // Order eight.
    hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    hex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
];

/// Whether the encoding with its top bit cleared is below the prime 2²⁵⁵ − 19.
pub(crate) fn is_reduced(encoding: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = without_top_bit(encoding);
    high != 0x7f || middle.iter().any(|&byte| byte != 0xff) || low < 0xed
}

/// Whether a reduced encoding is of an Edwards point of small order, whatever its sign.
pub(crate) fn is_small_order_edwards(encoding: &[u8; 32]) -> bool {
    ED25519_SMALL_ORDER.contains(&without_top_bit(encoding))
}

/// Whether the bytes are the canonical encoding of an X25519 public key that is not of small order.
pub(crate) fn is_x25519_public(encoding: &[u8; 32]) -> bool {
    encoding[31] & 0x80 == 0 && is_reduced(encoding) && !X25519_SMALL_ORDER.contains(encoding)
}

fn without_top_bit(encoding: &[u8; 32]) -> [u8; 32] {
    let mut bytes = *encoding;
    bytes[31] &= 0x7f;
    bytes
}

/// Reads 64 hexadecimal digits when the program is compiled.
const fn hex(text: &str) -> [u8; 32] {
    const fn digit(c: u8) -> u8 {
        match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        }
    }

    let text = text.as_bytes();
    assert!(text.len() == 64, "not 32 bytes");
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < bytes.len() {
        bytes[i] = digit(text[2 * i]) << 4 | digit(text[2 * i + 1]);
        i += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::X25519_SMALL_ORDER;
    use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};

    /// The points of small order of the other table are checked against an independent
    /// implementation in `tests/it/signature_rule.rs`.
    #[test]
    fn agreement_fails_with_each_point_of_small_order() {
        let private = PrivateKey::from_private_key(&X25519, &[7; 32]).expect("a private key");
        for point in X25519_SMALL_ORDER {
            let peer = UnparsedPublicKey::new(&X25519, point);
            assert_eq!(
                agree(&private, peer, (), |_| Ok(())),
                Err(()),
                "{point:02x?}"
            );
        }
    }
}
