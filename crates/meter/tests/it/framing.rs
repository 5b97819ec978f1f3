//! Telegrams found again in a stream that lost bytes.

use assent_meter::Framer;
use assent_meter::frame::{FrameError, MAX_TELEGRAM};

use crate::telegrams::{UNPADDED_CRC, V2_2, V4_2, V5, framed, with_crc};

/// Checks what `stream` gives: `Ok` is one of the fixtures, whole.
fn check(stream: &[&[u8]], expected: &[Result<&[u8], FrameError>]) {
    let outcomes = framed([stream.concat().as_slice()]);
    let outcomes: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_deref().map_err(|e| *e))
        .collect();
    assert_eq!(outcomes, expected);
}

#[test]
fn telegrams_follow_each_other() {
    check(&[V5, V2_2, V4_2], &[Ok(V5), Ok(V2_2), Ok(V4_2)]);
}

#[test]
fn a_stream_joined_in_the_middle_of_a_telegram() {
    check(&[&V5[300..], V5], &[Ok(V5)]);
    check(&[&V5[1..], V5], &[Ok(V5)]);
    check(&[b"0-1:24.9.0(1.5*m3/h)\r\n!1234\r\n", V5], &[Ok(V5)]);
}

#[test]
fn a_telegram_cut_off_at_any_byte_does_not_take_the_next_with_it() {
    for whole in [V5, V2_2] {
        for cut in 1..whole.len() {
            let outcomes = framed([&whole[..cut], V4_2]);
            assert_eq!(outcomes.last(), Some(&Ok(V4_2.to_vec())), "cut at {cut}");
        }
    }
}

#[test]
fn a_cut_telegram_is_reported() {
    check(&[&V5[..300], V5], &[Err(FrameError::Truncated), Ok(V5)]);
    let at_line_start = V5
        .iter()
        .position(|&byte| byte == b'(')
        .map(|at| at - "1-3:0.2.8".len());
    let cut = &V5[..at_line_start.expect("a value")];
    check(&[cut, V5], &[Err(FrameError::Truncated), Ok(V5)]);
    check(&[cut], &[Err(FrameError::Truncated)]);
}

#[test]
fn a_slash_within_a_line_ends_nothing() {
    let lines = "0-1:24.9.0(1.5*m3/hour)\r\n1-0:1.7.0(1*W)/x\r\n12/3456";
    let telegram = with_crc(&format!("/ABC5TEST\r\n\r\n{lines}\r\n!"));
    assert_eq!(framed([telegram.as_slice()]), [Ok(telegram)]);
}

#[test]
fn a_lost_line_feed_after_the_checksum() {
    check(
        &[&V5[..V5.len() - 2], V4_2],
        &[Ok(&V5[..V5.len() - 2]), Ok(V4_2)],
    );
    check(
        &[V4_2, &V5[..V5.len() - 2]],
        &[Ok(V4_2), Ok(&V5[..V5.len() - 2])],
    );
}

#[test]
fn what_follows_the_checksum_is_noise() {
    check(
        &[V2_2, b"  25803103\r\n\xff\xff\xff\xff!\r\n\r\n", V5],
        &[Ok(V2_2), Ok(V5)],
    );
}

#[test]
fn checksums() {
    let with_end = |end: &[u8]| [&UNPADDED_CRC[..UNPADDED_CRC.len() - 5], end].concat();
    let end_of = |end: &[u8]| framed([with_end(end).as_slice()]).remove(0).map(drop);
    for right in [
        &b"B9F\r\n"[..],
        b"0B9F\r\n",
        b"0b9f\r\n",
        b"B9F\n",
        b"B9F \r\n",
        b"\r\n",
    ] {
        assert_eq!(end_of(right), Ok(()), "{right:?}");
    }
    for unreadable in [&b"00B9F\r\n"[..], b"B9G\r\n", b"B 9F\r\n", b"\xffB9\r\n"] {
        assert_eq!(
            end_of(unreadable),
            Err(FrameError::UnreadableCrc),
            "{unreadable:?}"
        );
    }
    let wrong = FrameError::WrongCrc {
        printed: 0xB9,
        computed: 0xB9F,
    };
    assert_eq!(end_of(b"B9\r\n"), Err(wrong));
    assert_eq!(
        wrong.to_string(),
        "the telegram prints checksum 00B9 but has 0B9F"
    );
}

#[test]
fn the_longest_telegram() {
    let start = "/ABC5TEST\r\n";
    let of_length = |length: usize| {
        let filler = "x".repeat(length - start.len() - "\r\n!0000\r\n".len());
        with_crc(&format!("{start}{filler}\r\n!"))
    };
    let longest = of_length(MAX_TELEGRAM);
    check(&[&longest, V5], &[Ok(&longest), Ok(V5)]);
    check(
        &[&of_length(MAX_TELEGRAM + 1), V5],
        &[Err(FrameError::TooLong), Ok(V5)],
    );
    check(
        &[&of_length(MAX_TELEGRAM * 3), V5],
        &[Err(FrameError::TooLong), Ok(V5)],
    );
    let without_end = &of_length(MAX_TELEGRAM * 3)[..MAX_TELEGRAM * 2];
    check(&[without_end, V5], &[Err(FrameError::TooLong), Ok(V5)]);
}

#[test]
fn noise_without_a_line_end_hides_no_telegram() {
    for length in MAX_TELEGRAM - V5.len() - 2..MAX_TELEGRAM + 2 {
        for first in [b'x', b'/'] {
            let mut noise = vec![b'x'; length];
            noise[0] = first;
            check(&[&noise, V5], &[Ok(V5)]);
        }
    }
    check(&[&[b'/'; MAX_TELEGRAM * 2], V5], &[Ok(V5)]);
    let within_a_line = b"1.5*m3/h)\r\n!\r\n";
    check(&[&[b'x'; MAX_TELEGRAM - 7], within_a_line, V5], &[Ok(V5)]);
}

#[test]
fn the_framer_takes_no_more_input_than_the_telegram() {
    let stream = [V5, V4_2].concat();
    let mut input = stream.as_slice();
    let mut framer = Framer::new();
    assert!(matches!(framer.read(&mut input), Some(Ok(frame)) if frame.bytes() == V5));
    assert_eq!(input, V4_2);
    assert!(framer.finish().is_none());
}

#[test]
fn a_framer_starts_afresh_after_the_end_of_a_stream() {
    for rest in [&V5[..V5.len() - 30], b"noise that ends in a / or so"] {
        let mut framer = Framer::new();
        assert!(framer.read(&mut &*rest).is_none());
        let _ = framer.finish();
        assert!(framer.read(&mut &b"x\r\n"[..]).is_none());
        assert!(matches!(framer.read(&mut &*V5), Some(Ok(frame)) if frame.bytes() == V5));
    }
}
