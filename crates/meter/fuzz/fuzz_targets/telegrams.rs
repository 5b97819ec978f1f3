//! No stream of bytes makes the reader of telegrams panic, or read more than it was given.
#![no_main]

use assent_meter::frame::MAX_TELEGRAM;
use assent_meter::{Frame, Framer, Telegram};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|stream: (&[u8], u8)| {
    let (bytes, piece) = stream;
    let mut framer = Framer::new();
    // The way the stream is split changes nothing, so it may be fuzzed too.
    for mut input in bytes.chunks(usize::from(piece) + 1) {
        while let Some(outcome) = framer.read(&mut input) {
            if let Ok(frame) = outcome {
                read(&frame);
            }
        }
    }
    if let Some(Ok(frame)) = framer.finish() {
        read(&frame);
    }
});

fn read(frame: &Frame<'_>) {
    assert!(frame.bytes().len() <= MAX_TELEGRAM);
    let telegram = Telegram::parse(frame);
    for reading in telegram.readings() {
        serde_json::to_string(&reading).expect("readings always serialise");
    }
}
