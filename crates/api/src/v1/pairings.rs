//! Pairing a device with a person: the messages that the two send each other over a node, which keeps
//! them for minutes and learns nothing of use.

use std::fmt;
use std::str::FromStr;

use assent_crypto::digest::Digest;
use assent_crypto::pake::{Confirmation, Share};
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{PartyId, StreamId, SurrogateId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The characters of codes: consonants of which none is taken for a digit or another, so that no word
/// comes out by accident (RFC 8628, section 6.1).
pub const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How many characters of a code the node is told.
pub const NAMEPLATE: usize = 3;

/// How many characters a label has at most.
pub const LABEL_MAX: usize = 64;

/// The part of a code under which a node keeps an offer: three consonants, in capitals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nameplate([u8; NAMEPLATE]);

/// A text is no nameplate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a nameplate has three consonants, such as BCD")]
pub struct InvalidNameplate;

impl FromStr for Nameplate {
    type Err = InvalidNameplate;

    fn from_str(text: &str) -> Result<Self, InvalidNameplate> {
        let bytes = text.as_bytes().try_into().map_err(|_| InvalidNameplate)?;
        let plate = Self(bytes);
        let is_one = plate.0.iter().all(|byte| ALPHABET.contains(byte));
        is_one.then_some(plate).ok_or(InvalidNameplate)
    }
}

impl fmt::Display for Nameplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.0).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for Nameplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nameplate({self})")
    }
}

/// What a device offers. It stands at the node for as long as the code is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The device.
    #[schema(value_type = String)]
    pub device: PartyId,
    /// The key that it signs with now.
    #[schema(value_type = Object)]
    pub device_key: VerifyingKey,
    /// The stream that it opens with this pairing.
    #[schema(value_type = String)]
    pub stream: StreamId,
    /// The digest of the first record of the stream's channel.
    #[schema(value_type = String)]
    pub root: Digest,
    /// What the person sees before they confirm, in the words of whoever installed the device: 1 to
    /// 64 characters, none of them for control.
    pub label: String,
}

impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Offer({}, {}, ..)", self.device, self.stream)
    }
}

/// Whether a text can be the label of a device.
pub fn is_label(text: &str) -> bool {
    let length = text.chars().count();
    (1..=LABEL_MAX).contains(&length) && !text.chars().any(char::is_control)
}

/// Who will hold the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The pseudonym that the person made for this stream.
    #[schema(value_type = String)]
    pub id: SurrogateId,
    /// Its signing key.
    #[schema(value_type = Object)]
    pub key: VerifyingKey,
}

/// `POST /v1/pairings/{nameplate}/attempts`: the person's first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// Who enters the code.
    pub holder: Holder,
    /// Their share of the key exchange.
    #[schema(value_type = String)]
    pub share: Share,
}

/// The device's answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The device's share of the key exchange.
    #[schema(value_type = String)]
    pub share: Share,
    /// Its word that it has the key and agrees on the terms.
    #[schema(value_type = String)]
    pub confirmation: Confirmation,
}

/// The person's last message.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The person's word that they have the key and agree on the terms and on what follows.
    #[schema(value_type = String)]
    pub confirmation: Confirmation,
    /// What the person says for the ledger: their word that they hold the stream, signed. It is
    /// certainly theirs; what it says is for the device to verify.
    pub holding: String,
}

/// Why a pairing does not go on. The code of each, in kebab case, is [`PairingRefusal::code`]; the
/// variants are in the order in which they are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PairingRefusal {
    /// The code has paired the device already.
    #[error("the code was used")]
    AlreadyPaired,
    /// Too many codes were entered. The device shows another code.
    #[error("too many attempts: the device shows another code")]
    TooManyAttempts,
    /// The code was shown too long ago. The device shows another.
    #[error("the code has expired: the device shows another")]
    Expired,
    /// A confirmation comes without an attempt, or after another attempt has begun.
    #[error("no attempt waits for this")]
    NoAttempt,
    /// The other side's share is none, or was sent back to who made it.
    #[error("not a share of the other side")]
    InvalidShare,
    /// Another code was entered, or somebody changed a message on its way.
    #[error("the code is another, or a message was changed on its way")]
    NotConfirmed,
    /// The person's word for the ledger is not about what was agreed on.
    #[error("the person's word for the ledger is not about this stream")]
    HoldingInvalid,
    /// The ledger did not take the stream.
    #[error("the ledger did not take the stream")]
    NotRecorded,
    /// One side waits for the other no longer.
    #[error("the other side did not go on")]
    GivenUp,
}

impl PairingRefusal {
    /// Every refusal, in the order of checking.
    pub const ALL: [Self; 9] = [
        Self::AlreadyPaired,
        Self::TooManyAttempts,
        Self::Expired,
        Self::NoAttempt,
        Self::InvalidShare,
        Self::NotConfirmed,
        Self::HoldingInvalid,
        Self::NotRecorded,
        Self::GivenUp,
    ];

    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyPaired => "already-paired",
            Self::TooManyAttempts => "too-many-attempts",
            Self::Expired => "expired",
            Self::NoAttempt => "no-attempt",
            Self::InvalidShare => "invalid-share",
            Self::NotConfirmed => "not-confirmed",
            Self::HoldingInvalid => "holding-invalid",
            Self::NotRecorded => "not-recorded",
            Self::GivenUp => "given-up",
        }
    }
}

/// What became of an attempt. Both sides see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PairingResult {
    /// The stream is open.
    Paired {},
    /// It is not.
    Refused {
        /// Why.
        code: PairingRefusal,
    },
}

/// `POST /v1/pairings/{nameplate}/attempts/{attempt}`: the next message of one side.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "message", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PairingMessage {
    /// Of the device, after the person's first.
    Answer {
        /// The answer.
        answer: Answer,
    },
    /// Of the person, after the answer.
    Confirm {
        /// The confirmation.
        confirm: Confirm,
    },
    /// How it ends: of the device, or of a person who does not go on.
    Result {
        /// The end. Only the device says that it is paired.
        result: PairingResult,
    },
}

/// `GET /v1/pairings/{nameplate}`: what a device offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferView {
    /// The offer.
    pub offer: Offer,
    /// Until when its code is good, in milliseconds since the epoch.
    pub expires_at: u64,
}

/// The node keeps the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferKept {
    /// Until when, in milliseconds since the epoch.
    pub expires_at: u64,
}

/// An attempt has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttemptBegun {
    /// Its number, from 1.
    pub attempt: u32,
}

/// An attempt, as far as it has come.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = PairingAttemptView)]
pub struct AttemptView {
    /// Its number, from 1.
    pub attempt: u32,
    /// The person's first message.
    pub hello: Hello,
    /// The device's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The person's confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<Confirm>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<PairingResult>,
}

impl AttemptView {
    /// How many messages were sent.
    pub fn messages(&self) -> u32 {
        1 + u32::from(self.answer.is_some())
            + u32::from(self.confirm.is_some())
            + u32::from(self.result.is_some())
    }
}

/// `GET /v1/pairings/{nameplate}/attempts`: the newest attempt, if there is one that the device has
/// not seen.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewestAttempt {
    /// The attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<AttemptView>,
}
