//! The fixtures, and what makes and reads other telegrams.

use assent_meter::frame::FrameError;
use assent_meter::{Frame, Framer, Telegram};

pub(crate) const EON_HU: &[u8] = include_bytes!("../../../../fixtures/p1/eon_hu.txt");
pub(crate) const ISKRA_IE: &[u8] = include_bytes!("../../../../fixtures/p1/iskra_ie.txt");
pub(crate) const SAGEMCOM_T210: &[u8] = include_bytes!("../../../../fixtures/p1/sagemcom_t210.txt");
pub(crate) const FLUVIUS_V171: &[u8] = include_bytes!("../../../../fixtures/p1/fluvius_v171.txt");
pub(crate) const UNPADDED_CRC: &[u8] = include_bytes!("../../../../fixtures/p1/unpadded_crc.txt");
pub(crate) const V2_2: &[u8] = include_bytes!("../../../../fixtures/p1/v2_2.txt");
pub(crate) const V3: &[u8] = include_bytes!("../../../../fixtures/p1/v3.txt");
pub(crate) const V4_2: &[u8] = include_bytes!("../../../../fixtures/p1/v4_2.txt");
pub(crate) const V5: &[u8] = include_bytes!("../../../../fixtures/p1/v5.txt");
pub(crate) const V5_TWO_MBUS: &[u8] = include_bytes!("../../../../fixtures/p1/v5_two_mbus.txt");

pub(crate) const ALL: [&[u8]; 10] = [
    EON_HU,
    FLUVIUS_V171,
    ISKRA_IE,
    SAGEMCOM_T210,
    UNPADDED_CRC,
    V2_2,
    V3,
    V4_2,
    V5,
    V5_TWO_MBUS,
];
pub(crate) const WITH_CRC: [&[u8]; 8] = [
    EON_HU,
    FLUVIUS_V171,
    ISKRA_IE,
    SAGEMCOM_T210,
    UNPADDED_CRC,
    V4_2,
    V5,
    V5_TWO_MBUS,
];

/// What a framer gives for these pieces: the bytes of each telegram, or why it failed.
pub(crate) fn framed<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<Result<Vec<u8>, FrameError>> {
    let mut framer = Framer::new();
    let owned = |frame: Frame<'_>| frame.bytes().to_vec();
    let mut outcomes = Vec::new();
    for mut piece in pieces {
        while let Some(outcome) = framer.read(&mut piece) {
            outcomes.push(outcome.map(owned));
        }
    }
    outcomes.extend(framer.finish().map(|outcome| outcome.map(owned)));
    outcomes
}

/// The one telegram in these bytes.
pub(crate) fn parsed(mut bytes: &[u8]) -> Telegram {
    let mut framer = Framer::new();
    let frame = framer
        .read(&mut bytes)
        .expect("a whole telegram")
        .expect("a right checksum");
    assert_eq!(bytes, b"", "nothing follows the telegram");
    Telegram::parse(&frame)
}

/// A telegram without checksum around these lines, which start at line 3.
pub(crate) fn telegram_of(lines: &str) -> Telegram {
    parsed(format!("/ABC5TEST\r\n\r\n{}\r\n!\r\n", lines.replace('\n', "\r\n")).as_bytes())
}

/// Appends the checksum, computed bit by bit, to a telegram that ends in `!`.
pub(crate) fn with_crc(telegram: &str) -> Vec<u8> {
    let mut crc = 0_u16;
    for byte in telegram.bytes() {
        crc ^= u16::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xA001
            } else {
                crc >> 1
            };
        }
    }
    format!("{telegram}{crc:04X}\r\n").into_bytes()
}
