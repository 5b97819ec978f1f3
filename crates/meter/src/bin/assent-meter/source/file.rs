//! Telegrams that were recorded in a file.

use std::path::Path;

use assent_meter::{Framer, Telegram};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::pace::{Pace, Speed};
use super::{Sink, SourceError};

/// Reads the file once.
pub(super) async fn run(path: &Path, speed: Speed, mut sink: Sink) -> Result<(), SourceError> {
    let failed = |error| SourceError::File(path.to_owned(), error);
    let mut file = File::open(path).await.map_err(failed)?;
    let mut pace = Pace::new(speed);
    let mut framer = Framer::new();
    let mut chunk = vec![0; 16 * 1024];
    loop {
        let length = file.read(&mut chunk).await.map_err(failed)?;
        // A last line without its line feed is whole all the same.
        let (mut input, ends) = match length {
            0 => (&b"\r\n"[..], true),
            length => (&chunk[..length], false),
        };
        while let Some(outcome) = framer.read(&mut input) {
            let bytes = match outcome {
                Ok(frame) => {
                    let telegram = Telegram::parse(&frame);
                    let time = telegram.timestamp.and_then(|time| sink.zone.instant(time));
                    let bytes = frame.bytes().to_vec();
                    if let Some(time) = time {
                        pace.wait(time).await;
                    }
                    bytes
                }
                // Whatever is wrong with it, the sink will find too.
                Err(_) => b"/\r\n!0\r\n".to_vec(),
            };
            if sink.recorded(&bytes).await.is_err() {
                return Ok(());
            }
        }
        if ends {
            return Ok(());
        }
    }
}
