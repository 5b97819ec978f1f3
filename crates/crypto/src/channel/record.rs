//! One record: head, body, signature.

use super::encoding::take;
use super::{Data, Lane, RECORD_BYTES_MAX};
use crate::digest::Digest;
use crate::domains::STREAM_RECORD;
use crate::key_tree::{ChannelTag, Rotation};
use crate::signature::{self, Signature, SigningKey, VerifyingKey};

/// Bytes of a head.
const HEAD_LEN: usize = 56;

/// Bytes of a signature.
const SIGNATURE_LEN: usize = 64;

/// Head, kind of body (1), signature.
const BYTES_MIN: usize = HEAD_LEN + 1 + SIGNATURE_LEN;

/// The kind of [`Body::Data`], which alone can be withheld.
const DATA: u8 = 1;

/// The kind of [`Body::Withheld`].
const WITHHELD: u8 = 255;

/// Where a record stands. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its number, from 0.
    pub sequence: u64,
    /// Digest of the record before; [`Digest::ZERO`] in the first.
    pub prev: Digest,
    /// The height of the checkpoint that the device acted on.
    pub as_of: u64,
    /// When it was made, by the device's clock.
    pub at: u64,
}

impl Head {
    /// The head of the first record.
    pub fn first(as_of: u64, at: u64) -> Self {
        Self {
            sequence: 0,
            prev: Digest::ZERO,
            as_of,
            at,
        }
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.prev.as_bytes());
        bytes.extend(self.as_of.to_be_bytes());
        bytes.extend(self.at.to_be_bytes());
    }

    fn read(rest: &mut &[u8]) -> Result<Self, RecordError> {
        Ok(Self {
            sequence: u64::from_be_bytes(take(rest)?),
            prev: Digest::from_bytes(take(rest)?),
            as_of: u64::from_be_bytes(take(rest)?),
            at: u64::from_be_bytes(take(rest)?),
        })
    }
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The first record: which lanes there are, in words that this crate does not read.
    Opening(Vec<u8>),
    /// Measurements.
    Data(Data),
    /// A new epoch of one lane.
    Rotation {
        /// Of which lane.
        lane: Lane,
        /// The keys for those who stay.
        rotation: Rotation,
    },
    /// Nothing was measured, or it was lost.
    Gap {
        /// From this instant.
        from: u64,
        /// Until before this one.
        until: u64,
    },
    /// The last record.
    Closing,
    /// What these records said was withheld, and comes again in later ones.
    Again {
        /// The number of the first of them.
        from: u64,
        /// Until before this number.
        until: u64,
    },
    /// Measurements that a relay threw away, since they came too late to be given out. The digest
    /// of the body stands in its place, so that signature and chain still hold.
    Withheld(Digest),
}

impl Body {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Opening(lanes) => {
                bytes.push(0);
                bytes.extend(lanes);
            }
            Self::Data(data) => {
                bytes.push(DATA);
                data.write(bytes);
            }
            Self::Rotation { lane, rotation } => {
                bytes.push(2);
                bytes.extend(lane.0.to_be_bytes());
                bytes.extend(rotation.to_bytes());
            }
            Self::Gap { from, until } => {
                bytes.push(3);
                bytes.extend(from.to_be_bytes());
                bytes.extend(until.to_be_bytes());
            }
            Self::Closing => bytes.push(4),
            Self::Again { from, until } => {
                bytes.push(5);
                bytes.extend(from.to_be_bytes());
                bytes.extend(until.to_be_bytes());
            }
            Self::Withheld(digest) => {
                bytes.push(WITHHELD);
                bytes.extend(digest.as_bytes());
            }
        }
    }

    fn read(mut rest: &[u8]) -> Result<Self, RecordError> {
        let [kind] = take(&mut rest)?;
        let body = match kind {
            0 => return Ok(Self::Opening(rest.to_vec())),
            DATA => return Ok(Self::Data(Data::read(rest)?)),
            2 => {
                let lane = Lane(u16::from_be_bytes(take(&mut rest)?));
                let rotation = Rotation::from_bytes(rest).map_err(|_| RecordError::Malformed)?;
                return Ok(Self::Rotation { lane, rotation });
            }
            3 => Self::Gap {
                from: u64::from_be_bytes(take(&mut rest)?),
                until: u64::from_be_bytes(take(&mut rest)?),
            },
            4 => Self::Closing,
            5 => Self::Again {
                from: u64::from_be_bytes(take(&mut rest)?),
                until: u64::from_be_bytes(take(&mut rest)?),
            },
            WITHHELD => Self::Withheld(Digest::from_bytes(take(&mut rest)?)),
            _ => return Err(RecordError::Malformed),
        };
        if rest.is_empty() {
            Ok(body)
        } else {
            Err(RecordError::Malformed)
        }
    }
}

/// Why bytes are no record of a channel. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// They are not in the form of a record.
    #[error("the bytes are not a record")]
    Malformed,
    /// The device of this channel has not signed it for this channel.
    #[error("the record is not signed by the device of this channel")]
    WrongSignature,
}

/// A record as it came: well formed, and signed by nobody yet.
#[derive(Debug, Clone)]
pub struct UnverifiedRecord(Record);

/// A record whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    bytes: Vec<u8>,
    digest: Digest,
    head: Head,
    body: Body,
}

impl UnverifiedRecord {
    /// Reads a record: sequence (8 bytes), digest of the record before (32), height (8), time (8),
    /// kind of body (1), body, signature (64).
    ///
    /// # Errors
    /// [`RecordError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        if !(BYTES_MIN..=RECORD_BYTES_MAX).contains(&bytes.len()) {
            return Err(RecordError::Malformed);
        }
        let (mut rest, _) = bytes.split_at(bytes.len() - SIGNATURE_LEN);
        let head = Head::read(&mut rest)?;
        let body = Body::read(rest)?;
        Ok(Self(Record {
            bytes: bytes.to_vec(),
            digest: Digest::ZERO,
            head,
            body,
        }))
    }

    /// The number that the record claims.
    pub fn sequence(&self) -> u64 {
        self.0.head.sequence
    }

    /// Verifies that the device signed it for this channel.
    ///
    /// # Errors
    /// [`RecordError::WrongSignature`].
    pub fn verify(
        self,
        channel: &ChannelTag,
        device: &VerifyingKey,
    ) -> Result<Record, RecordError> {
        let mut record = self.0;
        let (unsigned, signature) = record
            .bytes
            .split_last_chunk()
            .expect("a parsed record ends with a signature");
        let said = Said::of(channel, unsigned);
        let message = said.digest(channel, b"signed", &[]);
        signature::verify(
            device,
            message.as_bytes(),
            &Signature::from_bytes(*signature),
        )
        .map_err(|_| RecordError::WrongSignature)?;
        record.digest = said.digest(channel, b"chained", signature);
        Ok(record)
    }
}

impl Record {
    /// Signs a record of a channel.
    ///
    /// # Panics
    /// The record would be longer than [`RECORD_BYTES_MAX`], or its body is [`Body::Withheld`]: a
    /// device says what it signs.
    pub fn sign(channel: &ChannelTag, device: &SigningKey, head: Head, body: Body) -> Self {
        assert!(
            !matches!(body, Body::Withheld(_)),
            "a device says what it signs"
        );
        let mut bytes = Vec::with_capacity(256);
        head.write(&mut bytes);
        body.write(&mut bytes);
        let said = Said::of(channel, &bytes);
        let signature = device.sign(said.digest(channel, b"signed", &[]).as_bytes());
        bytes.extend(signature.as_bytes());
        assert!(
            bytes.len() <= RECORD_BYTES_MAX,
            "the publisher splits what is longer"
        );
        let digest = said.digest(channel, b"chained", signature.as_bytes());
        Self {
            bytes,
            digest,
            head,
            body,
        }
    }

    /// The record as it is stored and sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest that the next record carries.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The same record without its measurements, which are lost: number, digest and signature
    /// stay. `None` where it has none.
    pub fn withhold(&self, channel: &ChannelTag) -> Option<Self> {
        let Body::Data(_) = self.body else {
            return None;
        };
        let (unsigned, signature) = self
            .bytes
            .split_last_chunk::<SIGNATURE_LEN>()
            .expect("a record ends with a signature");
        let body = Body::Withheld(Said::of(channel, unsigned).body);
        let mut bytes = Vec::with_capacity(BYTES_MIN + 32);
        self.head.write(&mut bytes);
        body.write(&mut bytes);
        bytes.extend(signature);
        Some(Self {
            bytes,
            digest: self.digest,
            head: self.head,
            body,
        })
    }

    /// Where it stands.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The head of the record after this one.
    pub fn next_head(&self, as_of: u64, at: u64) -> Head {
        Head {
            sequence: self.head.sequence + 1,
            prev: self.digest,
            as_of,
            at,
        }
    }
}

/// What is signed: the head, the kind of the body, and the digest of the body, which may be absent.
struct Said {
    head_and_kind: [u8; HEAD_LEN + 1],
    body: Digest,
}

impl Said {
    /// Of a record without its signature.
    fn of(channel: &ChannelTag, unsigned: &[u8]) -> Self {
        let (head_and_kind, body) = unsigned
            .split_first_chunk()
            .expect("a record has a head and a kind of body");
        let (mut head_and_kind, withheld) =
            (*head_and_kind, body.try_into().map(Digest::from_bytes));
        let body = match (&mut head_and_kind[HEAD_LEN], withheld) {
            (kind @ &mut WITHHELD, Ok(digest)) => {
                *kind = DATA;
                digest
            }
            _ => Digest::tagged(STREAM_RECORD, &[channel, b"body", body]),
        };
        Self {
            head_and_kind,
            body,
        }
    }

    /// The digest that is signed, or with the signature the one that the next record carries.
    fn digest(&self, channel: &ChannelTag, role: &[u8], signature: &[u8]) -> Digest {
        let parts: [&[u8]; 5] = [
            channel,
            role,
            &self.head_and_kind,
            self.body.as_bytes(),
            signature,
        ];
        Digest::tagged(STREAM_RECORD, &parts)
    }
}
