//! Standard output: one JSON object a line.

use std::io;

use assent_meter::datasets::Record;
use serde::Serialize;
use tokio::io::AsyncWriteExt as _;

use super::Outlet;
use crate::buffer::Batch;

/// Prints `{"dataset":"live","sequence":12,"from":…,"to":…,"values":[…]}`.
///
/// After a crash, the last lines may come once more, under the same numbers.
#[derive(Debug)]
pub(crate) struct Print;

#[derive(Serialize)]
struct Line<'a> {
    dataset: &'static str,
    sequence: u64,
    #[serde(flatten)]
    record: &'a Record,
}

impl Outlet for Print {
    type Error = io::Error;

    async fn publish(&mut self, batch: &Batch) -> Result<u64, io::Error> {
        let mut lines = Vec::new();
        for (sequence, record) in (batch.first..).zip(&batch.records) {
            let line = Line {
                dataset: batch.dataset.name(),
                sequence,
                record,
            };
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
        }
        let mut stdout = tokio::io::stdout();
        stdout.write_all(&lines).await?;
        stdout.flush().await?;
        Ok(batch.next())
    }
}
