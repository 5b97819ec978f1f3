//! Records, keys and anchors on their way to the relay.

use std::collections::BTreeSet;

use assent_api::problem::Problem;
use assent_api::v1::streams::{AnchorStream, PutKeys};
use assent_crypto::channel::{Body, Record};
use assent_model::records::stream::StreamAnchor;

use super::{ANCHOR_EVERY, Keep, Uplink, UplinkError};
use crate::http::ClientError;

/// Records that are sent together at most.
const RECORDS_MAX: usize = 256;

/// Bytes of records that are sent together, about.
const BYTES_MAX: usize = 512 * 1024;

impl<K: Keep> Uplink<K> {
    /// Sends what the relay does not have: records first, then the keys that begin after them.
    pub(super) async fn send(&mut self) -> Result<(), UplinkError> {
        self.make_sure()?;
        while self.memory.publisher.unsent().next().is_some() {
            // What comes too late is said again under what is true by then.
            self.fetch().await?;
            self.send_records().await?;
        }
        while let Some((cr_id, statement)) = self.memory.keys.first_key_value() {
            let (cr_id, statement) = (*cr_id, statement.clone());
            let signer = self.station.signer();
            let who = self.station.identified(&signer);
            let body = PutKeys { statement };
            let stream = self.station.stream;
            let node = &self.station.node;
            match node.put_stream_keys(who, stream, cr_id, &body).await {
                // A grant that is gone needs none; where others are refused, the reader asks anew.
                Err(ClientError::Problem(problem)) if is_final(&problem) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {}
            }
            self.memory.keys.remove(&cr_id);
            self.remember(false)?;
        }
        self.anchor().await;
        Ok(())
    }

    async fn send_records(&mut self) -> Result<(), UplinkError> {
        self.make_sure()?;
        let mut bytes = 0;
        let records = self.memory.publisher.unsent().take(RECORDS_MAX);
        let records = records.take_while(|record| {
            let fits = bytes == 0 || bytes + record.bytes().len() <= BYTES_MAX;
            bytes += record.bytes().len();
            fits
        });
        let records: Vec<&Record> = records.collect();
        let due = records.first().map_or(0, |record| record.head().sequence);
        let measured = records
            .iter()
            .filter(|record| matches!(record.body(), Body::Data(_)));
        let measured: BTreeSet<u64> = measured.map(|record| record.head().sequence).collect();
        let end = due + records.len() as u64;
        let records: Vec<&[u8]> = records.into_iter().map(Record::bytes).collect();
        let signer = self.station.signer();
        let who = self.station.identified(&signer);
        let stream = self.station.stream;
        let taken = self.station.node.put_records(who, stream, &records).await?;
        let is_possible = (due + 1..=end).contains(&taken.next)
            && taken
                .withheld
                .iter()
                .all(|number| measured.contains(number));
        if !is_possible {
            return Err(UplinkError::RelayConfused);
        }
        self.settle(taken.next, &taken.withheld)
    }

    /// The relay has everything before `next`, without what these records measured: that comes
    /// again, under what is true by then.
    pub(super) fn settle(&mut self, next: u64, withheld: &[u64]) -> Result<(), UplinkError> {
        self.memory.confirm(next, withheld);
        if !withheld.is_empty() {
            let moment = match self.standing.take() {
                Some(standing) => self.moment(&standing),
                None => return Err(UplinkError::StandingOld),
            };
            self.memory.publisher.again(withheld, moment);
        }
        self.remember(false)
    }

    /// Anchors the stream now and then. An anchor that fails is made later.
    async fn anchor(&mut self) {
        let now = self.now();
        let is_due = self.anchored.is_none_or(|last| now >= last + ANCHOR_EVERY);
        let (next, head) = self.memory.publisher.position();
        let Some(sequence) = next.checked_sub(1).filter(|_| is_due) else {
            return;
        };
        self.anchored = Some(now);
        let anchor = StreamAnchor {
            stream_id: self.station.stream,
            sequence,
            head,
        };
        let anchor = self
            .station
            .signer()
            .sign(&self.station.keys.signing, anchor);
        let body = AnchorStream {
            statement: anchor.compact().to_owned(),
        };
        let node = &self.station.node;
        let _ = node.anchor_stream(self.station.stream, &body).await;
    }
}

/// Whether the same keys would be refused again, and nothing else is wrong.
fn is_final(problem: &Problem) -> bool {
    let is_passing = problem.status >= 500 || matches!(problem.status, 401 | 429);
    !is_passing && problem.code != "stream-closed"
}
