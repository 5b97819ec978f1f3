//! What holds for every stream.

use assent_meter::frame::FrameError;
use assent_meter::quantity::{Quantity, Unit};
use assent_meter::telegram::Value;
use assent_meter::{Framer, Telegram};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::telegrams::{ALL, V2_2, WITH_CRC, framed, parsed, telegram_of};

/// Bytes that are often those with a meaning.
fn noise(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        select(b"/!()\r\n*.:-0123456789ABCabc".to_vec())
    ];
    vec(byte, 0..most)
}

/// Telegrams with noise before each.
fn stream() -> impl Strategy<Value = Vec<(Vec<u8>, &'static [u8])>> {
    vec(
        (
            prop_oneof![4 => noise(200), 1 => noise(20_000)],
            select(ALL.to_vec()),
        ),
        1..6,
    )
}

fn concatenated(stream: &[(Vec<u8>, &[u8])]) -> Vec<u8> {
    stream
        .iter()
        .flat_map(|(noise, telegram)| [noise.as_slice(), telegram].concat())
        .collect()
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in noise(2_000), body in noise(500)) {
        let telegram = [b"/ABC5TEST\r\n", body.as_slice(), b"\r\n!\r\n"].concat();
        let stream = [bytes, telegram].concat();
        let mut input = stream.as_slice();
        let mut framer = Framer::new();
        while let Some(outcome) = framer.read(&mut input) {
            if let Ok(frame) = outcome {
                let telegram = Telegram::parse(&frame);
                serde_json::to_string(&telegram.readings()).expect("readings always serialise");
            }
        }
        let _ = framer.finish();
    }

    #[test]
    fn lines_of_known_codes_never_panic(groups in "[(]([0-9]{0,4}|[-0-9A-Fa-z*.:]{0,14})[)]{1,8}") {
        for code in ["1-0:99.97.0", "0-0:98.1.0", "0-1:24.3.0", "0-1:24.2.1", "0-0:96.13.0", "1-0:1.7.0"] {
            let telegram = telegram_of(&format!("{code}{groups}"));
            prop_assert_eq!(telegram.objects.len() + telegram.malformed.len(), 1);
            serde_json::to_string(&telegram.readings()).expect("readings always serialise");
        }
    }

    #[test]
    fn the_way_the_stream_is_split_changes_nothing(
        stream in stream(),
        cuts in vec(any::<Index>(), 0..40),
    ) {
        let bytes = concatenated(&stream);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]);
        prop_assert_eq!(framed(pieces), framed([bytes.as_slice()]));
    }

    #[test]
    fn single_bytes_give_the_same_as_the_whole(stream in stream()) {
        let bytes = concatenated(&stream);
        prop_assert_eq!(framed(bytes.chunks(1)), framed([bytes.as_slice()]));
    }

    #[test]
    fn noise_between_telegrams_loses_none(stream in stream()) {
        let outcomes = framed([concatenated(&stream).as_slice()]);
        let mut found = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok());
        for (_, telegram) in &stream {
            prop_assert!(found.any(|bytes| bytes == telegram));
        }
    }

    #[test]
    fn a_changed_digit_fails_the_checksum(
        telegram in select(WITH_CRC.to_vec()),
        at in any::<Index>(),
        by in 1_u8..10,
    ) {
        let digits: Vec<usize> =
            (0..telegram.len()).filter(|&at| telegram[at].is_ascii_digit()).collect();
        let at = digits[at.index(digits.len())];
        let mut changed = telegram.to_vec();
        changed[at] = b'0' + (telegram[at] - b'0' + by) % 10;
        let outcomes = framed([changed.as_slice()]);
        let caught = matches!(outcomes[..], [Err(FrameError::WrongCrc { .. })]);
        prop_assert!(caught, "{:?}", outcomes);
    }

    #[test]
    fn a_damaged_line_costs_that_line_alone(line in "[^\r\n/!(][^\r\n/]{0,60}", at in 2_usize..8) {
        let whole = parsed(V2_2);
        let text = String::from_utf8(V2_2.to_vec()).expect("ASCII");
        let mut lines: Vec<&str> = text.lines().collect();
        lines[at] = &line;
        let damaged = parsed((lines.join("\r\n") + "\r\n").as_bytes());
        let others = |telegram: &Telegram| {
            let mut objects = telegram.objects.clone();
            objects.retain(|object| object.obis != whole.objects[at - 2].obis);
            objects
        };
        let expected = others(&whole);
        prop_assert!(expected.iter().all(|object| damaged.objects.contains(object)));
        prop_assert!(damaged.objects.len() + damaged.malformed.len() <= whole.objects.len());
    }

    #[test]
    fn an_amount_prints_as_it_is_read(mantissa in any::<i64>(), scale in 0..=Quantity::MAX_SCALE) {
        prop_assume!(mantissa != i64::MIN);
        let quantity = Quantity::new(mantissa, scale, Unit::Kilowatt).expect("a scale in range");
        let telegram = telegram_of(&format!("1-0:1.7.0({quantity}*{})", quantity.unit()));
        prop_assert_eq!(&telegram.objects[0].value, &Value::Quantity(quantity));
    }
}
