//! What devices and their holders sign about a stream.

use assent_crypto::signature::SigningKey;
use assent_model::ids::{PartyId, StreamId};
use assent_model::records::stream::{StreamClosing, StreamHolding, StreamOpening};
use assent_model::statement::{Nested, Verified};

use super::Signer;
use crate::keys::{PartyKeys, Pseudonym};

impl Signer {
    /// The person's word that they hold a stream of this device.
    pub fn stream_holding(
        &self,
        holder: &Pseudonym,
        stream_id: StreamId,
        device: PartyId,
    ) -> Verified<StreamHolding> {
        let holding = StreamHolding {
            stream_id,
            device,
            holder: holder.surrogate_id(),
        };
        self.sign(&holder.key, holding)
    }

    /// Opens the stream that a person holds, as the device that writes it.
    pub fn stream_opening(
        &self,
        device: &PartyKeys,
        holding: &Verified<StreamHolding>,
    ) -> Verified<StreamOpening> {
        let opening = StreamOpening {
            stream_id: holding.content().stream_id,
            device: device.party_id(),
            holding: Nested::from(holding),
        };
        self.sign(&device.signing, opening)
    }

    /// Ends a stream, with the key of its device or of its holder.
    pub fn stream_closing(&self, key: &SigningKey, stream_id: StreamId) -> Verified<StreamClosing> {
        self.sign(key, StreamClosing { stream_id })
    }
}
