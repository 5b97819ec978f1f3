//! What a relay or a device can do wrong, and who is shown to have done it.

use assent_crypto::channel::{Fork, Record};

/// Why a record is not taken in. In checking order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelFault {
    /// The bytes are no record.
    #[error("the relay's bytes are not a record")]
    RecordMalformed,
    /// The device did not sign it for this channel: the relay made or altered it.
    #[error("the record is not signed by the device of this stream")]
    RecordUnsigned,
    /// Records are missing before it: the relay dropped or reordered them.
    #[error("record {expected} is missing")]
    RecordMissing {
        /// The number that was due.
        expected: u64,
    },
    /// It was here already: the relay sent it again.
    #[error("the record comes again")]
    RecordRepeated,
    /// The device signed two histories. The evidence convinces anybody who has its key.
    #[error("the device signed two histories")]
    Forked(Box<Contradiction>),
    /// The checkpoint that the device acted on is older than one before: the device goes back.
    #[error("the device went back to an older checkpoint")]
    CheckpointWentBack,
    /// The channel is closed.
    #[error("the channel is closed")]
    Closed,
    /// A part of a lane that this reader has does not open: the device did not seal it for its
    /// readers.
    #[error("a part of the record does not open")]
    PartUnopenable,
    /// The device commits to another key than it hands out, or leaves out an epoch.
    #[error("the device's rotation cannot be followed")]
    RotationInvalid,
    /// The relay withholds what the device has anchored in the ledger.
    #[error("the relay withholds records up to {anchored}")]
    Truncated {
        /// The number of a record that the device had published.
        anchored: u64,
    },
    /// The relay threw measurements away that the device knows nothing of.
    #[error("the relay withholds what record {sequence} says")]
    Withheld {
        /// The number of the record.
        sequence: u64,
    },
}

/// Two statements of one device that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// Two records under one number.
    Records(Fork),
    /// A record that does not follow on the one before it, both signed.
    Break {
        /// The one before.
        before: Record,
        /// The one that names another.
        after: Record,
    },
    /// Keys that begin after another record than their first record names.
    Keys {
        /// The `StreamKeys` statement with which they were handed out.
        keys: String,
        /// The first record that they open.
        record: Record,
    },
    /// An anchor in the ledger that names another record.
    Anchor {
        /// The record under that number.
        record: Record,
    },
}

impl ChannelFault {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RecordMalformed => "record-malformed",
            Self::RecordUnsigned => "record-unsigned",
            Self::RecordMissing { .. } => "record-missing",
            Self::RecordRepeated => "record-repeated",
            Self::Forked(_) => "stream-forked",
            Self::CheckpointWentBack => "checkpoint-went-back",
            Self::Closed => "stream-closed",
            Self::PartUnopenable => "part-unopenable",
            Self::RotationInvalid => "rotation-invalid",
            Self::Truncated { .. } => "stream-truncated",
            Self::Withheld { .. } => "record-withheld",
        }
    }

    /// Who is shown to be at fault: the device, whose signature proves it, or the relay.
    pub const fn culprit(&self) -> Culprit {
        match self {
            Self::Forked(_)
            | Self::CheckpointWentBack
            | Self::Closed
            | Self::PartUnopenable
            | Self::RotationInvalid => Culprit::Device,
            Self::RecordMalformed
            | Self::RecordUnsigned
            | Self::RecordMissing { .. }
            | Self::RecordRepeated
            | Self::Truncated { .. }
            | Self::Withheld { .. } => Culprit::Relay,
        }
    }
}

/// See [`ChannelFault::culprit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Culprit {
    /// It signed what does not fit.
    Device,
    /// It gave out something else than the device published.
    Relay,
}
