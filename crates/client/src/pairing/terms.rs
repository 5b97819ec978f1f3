//! What the two sides agree on.

use assent_api::v1::pairings::{Holder, Offer};
use assent_crypto::digest::Digest;
use assent_crypto::domains::PAIRING_TERMS;
use assent_crypto::pake::Share;
use assent_model::canonical;
use assent_model::ids::SurrogateId;
use assent_model::records::stream::StreamHolding;
use assent_model::statement::Verified;
use serde::{Deserialize, Serialize};

/// Everything that the two sides agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The device's side.
    pub offer: Offer,
    /// The person's side.
    pub holder: Holder,
}

impl Terms {
    /// The terms that somebody who signed this agrees on: nothing, where it is about another stream or
    /// device, or names another holder than signed it.
    pub fn of(offer: Offer, holding: &Verified<StreamHolding>) -> Option<Self> {
        let holder = Holder {
            id: SurrogateId::of(holding.signer()),
            key: *holding.signer(),
        };
        let wanted = StreamHolding {
            stream_id: offer.stream,
            device: offer.device,
            holder: holder.id,
        };
        (*holding.content() == wanted).then_some(Self { offer, holder })
    }

    /// The terms and both shares, for one attempt.
    pub(super) fn transcript(&self, shown: &Share, entered: &Share) -> Digest {
        let terms = canonical::encode(self);
        let parts: [&[u8]; 3] = [&terms, shown.as_bytes(), entered.as_bytes()];
        Digest::tagged(PAIRING_TERMS, &parts)
    }
}
