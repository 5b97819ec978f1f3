//! What is kept of one person, and where the person's consent stands.

use assent_client::errand::Errand;
use assent_client::statements::link::PinnedLink;
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{ConsentId, RequestId, StreamId, SurrogateId};
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::energy::{Energy, EnergyDamaged, Prices};

/// Where a household stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing was asked yet.
    #[default]
    New,
    /// The person said no.
    Refused,
    /// The person was too late.
    TooLate,
    /// There is a consent, and no meter yet.
    Waiting,
    /// Readings come.
    Reading,
    /// The person paused the consent.
    Paused,
    /// The person withdrew the consent.
    Withdrawn,
    /// The consent is over: its time has come, or another took its place.
    Expired,
    /// The meter was taken off.
    Unpaired,
    /// What comes cannot be relied on.
    Faulty,
    /// The node has not been heard of for so long that nothing counts as of now.
    Unreachable,
}

impl Phase {
    /// The name, in kebab-case: as it is kept, and as the catalogues name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Refused => "refused",
            Self::TooLate => "too-late",
            Self::Waiting => "waiting",
            Self::Reading => "reading",
            Self::Paused => "paused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Unpaired => "unpaired",
            Self::Faulty => "faulty",
            Self::Unreachable => "unreachable",
        }
    }

    /// Whether the person is offered to be asked.
    pub const fn can_ask(self) -> bool {
        match self {
            Self::New
            | Self::Refused
            | Self::TooLate
            | Self::Withdrawn
            | Self::Expired
            | Self::Paused
            | Self::Unpaired => true,
            Self::Waiting | Self::Reading | Self::Faulty | Self::Unreachable => false,
        }
    }
}

/// Somebody who was sent to the node, and is not back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// What the person takes along.
    pub errand: Errand,
    /// What for.
    pub purpose: Purpose,
    /// The node that the person was sent to, as it calls itself.
    pub node: String,
}

/// What somebody was sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To link; the commitment to the account here.
    Link(Digest),
    /// To answer a request.
    Answer(RequestId),
}

/// A consent that readings are read under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// This service's record.
    pub cr_id: ConsentId,
    /// The source's record.
    pub source_cr_id: ConsentId,
    /// Whose key signed the source's record: what a stream must be named by.
    pub source_surrogate_id: SurrogateId,
    /// When its time is over, whatever the node says or does not say.
    pub valid_until: Option<Timestamp>,
}

/// What went wrong with a stream, and who is shown to have done it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The stable code.
    pub code: String,
    /// `device`, `relay` or `holder`.
    pub culprit: String,
}

/// One end of a stream, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptChannel {
    /// The stream.
    pub stream_id: StreamId,
    /// The key of its device.
    pub device_key: VerifyingKey,
    /// The number of the record that is due.
    pub sequence: u64,
    /// From when on it was read what had been measured before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_from: Option<Timestamp>,
    /// The subscriber, in base64url.
    pub subscriber: String,
}

/// How far a stream was read before everything of it was forgotten: nothing before is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The stream.
    pub stream_id: StreamId,
    /// The number of the first record that was not read.
    pub sequence: u64,
}

/// Everything that is kept of one person.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The link, pinned when the person came back from making it.
    pub link: Option<PinnedLink>,
    /// Who is away.
    pub away: Option<Away>,
    /// Where it stands.
    pub phase: Phase,
    /// The consent.
    pub access: Option<Access>,
    /// The stream, as far as it was read.
    pub channel: Option<KeptChannel>,
    /// How far streams were read that were forgotten.
    pub mark: Option<Mark>,
    /// What the readings come to.
    pub energy: Option<Energy>,
    /// What energy costs.
    pub prices: Prices,
    /// What went wrong.
    pub fault: Option<Fault>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptRecord {
    link: Option<PinnedLink>,
    away: Option<Away>,
    phase: Phase,
    access: Option<Access>,
    channel: Option<KeptChannel>,
    mark: Option<Mark>,
    energy: Option<String>,
    prices: Prices,
    fault: Option<Fault>,
}

/// What was kept of a person is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was kept of a household is damaged")]
pub struct RecordDamaged;

impl From<EnergyDamaged> for RecordDamaged {
    fn from(_: EnergyDamaged) -> Self {
        Self
    }
}

impl Record {
    /// Where it stands at `now`. A consent is over when its time is, by the clock of this service: no
    /// node is needed for that, and none keeps it up by its silence.
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        let end = self.access.as_ref().and_then(|access| access.valid_until);
        let is_over = end.is_some_and(|end| end <= now);
        match self.phase {
            Phase::Waiting | Phase::Reading | Phase::Paused | Phase::Unpaired | Phase::Faulty
                if is_over =>
            {
                Phase::Expired
            }
            phase => phase,
        }
    }

    /// Whether there is a reading, or a key that opens one.
    pub fn has_readings(&self) -> bool {
        self.energy.is_some() || self.channel.is_some()
    }

    /// Forgets every reading and every key that opens one.
    pub fn forget_readings(&mut self) {
        self.leave_channel();
        self.energy = None;
        self.fault = None;
    }

    /// Forgets the keys of the stream: it is read again with later ones alone.
    pub fn leave_channel(&mut self) {
        if let Some(channel) = self.channel.take() {
            self.mark = Some(Mark {
                stream_id: channel.stream_id,
                sequence: channel.sequence,
            });
        }
    }

    /// To be kept under a key.
    ///
    /// # Panics
    /// Never: it has only texts and numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let energy = self.energy.as_ref().map(Energy::to_bytes);
        let kept = KeptRecord {
            link: self.link.clone(),
            away: self.away.clone(),
            phase: self.phase,
            access: self.access.clone(),
            channel: self.channel.clone(),
            mark: self.mark,
            energy: energy.map(|bytes| base64url::encode(&bytes)),
            prices: self.prices,
            fault: self.fault.clone(),
        };
        serde_json::to_vec(&kept).expect("texts and numbers always serialise")
    }

    /// Reads what [`Record::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`RecordDamaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordDamaged> {
        let kept: KeptRecord = serde_json::from_slice(bytes).map_err(|_| RecordDamaged)?;
        let energy = kept.energy.map(|text| -> Result<Energy, RecordDamaged> {
            let bytes = base64url::decode(&text).map_err(|_| RecordDamaged)?;
            Ok(Energy::from_bytes(&bytes)?)
        });
        Ok(Self {
            link: kept.link,
            away: kept.away,
            phase: kept.phase,
            access: kept.access,
            channel: kept.channel,
            mark: kept.mark,
            energy: energy.transpose()?,
            prices: kept.prices,
            fault: kept.fault,
        })
    }
}
