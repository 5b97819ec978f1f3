//! What the two sides send each other, as JSON.

use assent_crypto::digest::Digest;
use assent_crypto::domains::PAIRING_TERMS;
use assent_crypto::pake::{Confirmation, Share};
use assent_crypto::signature::VerifyingKey;
use assent_model::canonical;
use assent_model::ids::{PartyId, StreamId, SurrogateId};
use serde::{Deserialize, Serialize};

/// What a device offers. It stands at the relay for as long as the code is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The device.
    pub device: PartyId,
    /// The key that it signs with now.
    pub device_key: VerifyingKey,
    /// The stream that it opened for this pairing.
    pub stream: StreamId,
    /// The digest of the first record of the stream's channel.
    pub root: Digest,
    /// What the person sees before they confirm, in the words of whoever installed the device.
    pub label: String,
}

/// Who will hold the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The pseudonym that the person made for this stream.
    pub id: SurrogateId,
    /// Its signing key.
    pub key: VerifyingKey,
}

/// Everything that the two sides agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The device's side.
    pub offer: Offer,
    /// The person's side.
    pub holder: Holder,
}

/// The person's first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// Who enters the code.
    pub holder: Holder,
    /// Their share of the key exchange.
    pub share: Share,
}

/// The device's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The device's share of the key exchange.
    pub share: Share,
    /// Its word that it has the key and agrees on the terms.
    pub confirmation: Confirmation,
}

/// The person's last message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The person's word that they have the key and agree on the terms and on what follows.
    pub confirmation: Confirmation,
    /// What the person says for the ledger: their word that they hold the stream, signed. It is
    /// certainly theirs; what it says is for the device to verify.
    pub holding: String,
}

impl Terms {
    /// The terms and both shares, for one attempt.
    pub(super) fn transcript(&self, shown: &Share, entered: &Share) -> Digest {
        let terms = canonical::encode(self);
        let parts: [&[u8]; 3] = [&terms, shown.as_bytes(), entered.as_bytes()];
        Digest::tagged(PAIRING_TERMS, &parts)
    }
}
