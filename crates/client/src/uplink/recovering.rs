//! After a start: what the relay has, held against what the device remembers.

use assent_crypto::channel::{Body, Record, UnverifiedRecord};

use super::{Keep, Uplink, UplinkError};
use crate::channel::channel_tag;

/// Records that are fetched together at most.
const RECORDS_MAX: u32 = 256;

impl<K: Keep> Uplink<K> {
    /// Finds out what the relay took before the device was ended, and whether the device forgot
    /// anything that it said: then all lanes get new keys, and readers are let in again.
    ///
    /// # Errors
    /// The relay cannot be reached, or what it has is not of this device.
    pub async fn catch_up(&mut self) -> Result<(), UplinkError> {
        self.fetch().await?;
        let publisher = &self.memory.publisher;
        let first = publisher.unsent().next();
        let from = first.map_or(publisher.position().0, |record| record.head().sequence);
        let at_relay = self.records_from(from).await?;
        let known: Vec<&Record> = self.memory.publisher.unsent().collect();
        let is_known = known
            .iter()
            .zip(&at_relay)
            .all(|(known, relayed)| known.digest() == relayed.digest());
        if is_known && at_relay.len() <= known.len() {
            let withheld = at_relay.iter().filter(|record| is_withheld(record));
            let withheld: Vec<u64> = withheld.map(|record| record.head().sequence).collect();
            let next = from + at_relay.len() as u64;
            self.settle(next, &withheld)?;
            return self.send().await;
        }
        let standing = self.standing.as_ref().ok_or(UplinkError::StandingOld)?;
        let moment = self.moment(standing);
        self.memory.publisher.resume_after(&at_relay, moment)?;
        self.memory.forget_in_flight();
        self.memory.keys.clear();
        self.remember(true)?;
        self.apply(&[])?;
        self.send().await
    }

    /// The records that the relay has from this number on, verified.
    async fn records_from(&self, from: u64) -> Result<Vec<Record>, UplinkError> {
        let station = &self.station;
        let channel = channel_tag(station.stream);
        let mut records = Vec::new();
        let due = station.node.stream(station.stream).await?.next;
        if due < from {
            return Err(UplinkError::RelayLost { next: due });
        }
        while from + (records.len() as u64) < due {
            let signer = station.signer();
            let who = station.identified(&signer);
            let next = from + records.len() as u64;
            let page = station
                .node
                .own_records(who, station.stream, next, RECORDS_MAX)
                .await?;
            if page.is_empty() {
                return Err(UplinkError::RelayLost { next });
            }
            for bytes in &page {
                let record = UnverifiedRecord::parse(bytes)
                    .and_then(|record| {
                        record.verify(&channel, station.keys.signing.verifying_key())
                    })
                    .map_err(|_| UplinkError::ForeignRecord)?;
                records.push(record);
            }
        }
        Ok(records)
    }
}

fn is_withheld(record: &Record) -> bool {
    matches!(record.body(), Body::Withheld(_))
}
