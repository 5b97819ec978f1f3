//! Streams: what a device publishes, who may read it, and what the relay shows of it.
//!
//! The relay keeps records that it cannot open, grants that are sealed to the device, and keys that
//! are sealed to readers. What it says of a consent it proves.

use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{ConsentId, PartyId, StreamId, SurrogateId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::evidence::EvidenceEntry;

/// The media type of records: each its length in four bytes, big-endian, and its bytes.
pub const RECORDS_MEDIA_TYPE: &str = "application/vnd.assent.records";

/// `POST /v1/streams`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenStream {
    /// A `StreamOpening` statement.
    pub statement: String,
}

/// `POST /v1/streams/{stream_id}/anchors`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchorStream {
    /// A `StreamAnchor` statement.
    pub statement: String,
}

/// `POST /v1/streams/{stream_id}/closing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseStream {
    /// A `StreamClosing` statement.
    pub statement: String,
}

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamView {
    /// The stream.
    #[schema(value_type = String)]
    pub stream_id: StreamId,
    /// Who writes it.
    #[schema(value_type = String)]
    pub device: PartyId,
    /// The key that signs its records.
    #[schema(value_type = Object)]
    pub device_key: VerifyingKey,
    /// Who decides about it.
    #[schema(value_type = String)]
    pub holder: SurrogateId,
    /// The key that speaks for the holder.
    #[schema(value_type = Object)]
    pub holder_key: VerifyingKey,
    /// `open` or `closed`.
    pub status: String,
    /// The latest anchor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<AnchorView>,
    /// The number of the next record at the relay.
    pub next: u64,
}

/// How far a stream was seen to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnchorView {
    /// The number of a record.
    pub sequence: u64,
    /// Its digest.
    #[schema(value_type = String)]
    pub head: Digest,
}

/// What the relay took of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordsTaken {
    /// The number of the record that is due.
    pub next: u64,
    /// The records of this upload whose measurements the relay threw away, because the device did
    /// not know yet that somebody may read less. To be published again.
    pub withheld: Vec<u64>,
}

/// `PUT /v1/streams/{stream_id}/grants/{cr_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGrant {
    /// A `StreamGrant` statement, sealed to the device, in base64url.
    pub grant: String,
    /// A `StreamNaming` statement, signed with the key that signed the consent.
    pub naming: String,
}

/// `GET /v1/streams/{stream_id}/standing`: what the device may go by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingView<StatusProof> {
    /// A signed note, less than 60 seconds old.
    pub checkpoint: String,
    /// Names what is said here: pass it as `after` to wait for something else.
    pub mark: String,
    /// The grants at this stream, by consent.
    pub grants: Vec<GrantView<StatusProof>>,
}

/// A grant, with what shows where its consent stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantView<StatusProof> {
    /// The source's record of the consent.
    pub cr_id: ConsentId,
    /// As [`PutGrant::grant`].
    pub grant: String,
    /// As [`PutGrant::naming`].
    pub naming: String,
    /// Whether the reader waits for keys.
    pub wants_keys: bool,
    /// The consent record's entry of the log.
    pub entry: EvidenceEntry,
    /// The status records after it, oldest first.
    pub statuses: Vec<String>,
    /// `active`, `disabled`, `withdrawn`, `superseded` or `expired`.
    pub status: String,
    /// That this is the status as of the checkpoint.
    pub proof: StatusProof,
}

/// `PUT /v1/streams/{stream_id}/keys/{cr_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutKeys {
    /// A `StreamKeys` statement.
    pub statement: String,
}

/// `GET /v1/consents/{cr_id}/streams`: the streams that may be read under a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentStreams {
    /// At most 32.
    pub streams: Vec<ConsentStream>,
}

/// A stream that may be read under a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentStream {
    /// The stream.
    #[schema(value_type = String)]
    pub stream_id: StreamId,
    /// The key that signs its records.
    #[schema(value_type = Object)]
    pub device_key: VerifyingKey,
    /// As [`PutGrant::naming`].
    pub naming: String,
    /// A `StreamKeys` statement, as soon as the device has made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

/// Bytes are not a sequence of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a sequence of records, each after its length")]
pub struct NotRecords;

/// Joins records, each after its length.
///
/// # Panics
/// A record has 4 GiB or more.
pub fn join_records<'r>(records: impl IntoIterator<Item = &'r [u8]>) -> Vec<u8> {
    let mut joined = Vec::new();
    for record in records {
        let length = u32::try_from(record.len()).expect("a record is at most 1 MiB");
        joined.extend(length.to_be_bytes());
        joined.extend(record);
    }
    joined
}

/// Takes apart what [`join_records`] joined.
///
/// # Errors
/// [`NotRecords`].
pub fn split_records(mut joined: &[u8]) -> Result<Vec<&[u8]>, NotRecords> {
    let mut records = Vec::new();
    while !joined.is_empty() {
        let (length, rest) = joined.split_first_chunk().ok_or(NotRecords)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| NotRecords)?;
        let (record, rest) = rest.split_at_checked(length).ok_or(NotRecords)?;
        records.push(record);
        joined = rest;
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_joined_and_taken_apart() {
        let joined = join_records([b"one".as_slice(), b"", b"three"]);
        assert_eq!(joined, b"\0\0\0\x03one\0\0\0\0\0\0\0\x05three");
        let apart = split_records(&joined);
        assert_eq!(apart, Ok(vec![b"one".as_slice(), b"", b"three"]));
        assert_eq!(split_records(b""), Ok(Vec::new()));
        for cut in [1, 3, 6, joined.len() - 1] {
            assert_eq!(split_records(&joined[..cut]), Err(NotRecords), "{cut}");
        }
        assert_eq!(split_records(b"\xff\xff\xff\xff"), Err(NotRecords));
    }
}
