//! `/v1/pairings` and `/v1/streams`: pairing a device, and what the ledger knows of its stream.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::Outcome;
use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, Nameplate, NewestAttempt, Offer, OfferKept, OfferView,
    PairingMessage,
};
use assent_api::v1::streams::{CloseStream, OpenStream, StreamView};
use assent_model::ids::StreamId;

use super::{ClientError, Identified, NodeClient};

impl NodeClient {
    /// Has the node keep what a device offers, until the code expires.
    pub async fn offer_pairing(
        &self,
        device: Identified<'_>,
        plate: Nameplate,
        offer: &Offer,
    ) -> Result<OfferKept, ClientError> {
        let path = format!("v1/pairings/{plate}");
        self.put_as(device, &path, offer, None).await
    }

    /// What is offered under a nameplate.
    pub async fn pairing(&self, plate: Nameplate) -> Result<OfferView, ClientError> {
        self.get(&format!("v1/pairings/{plate}")).await
    }

    /// Takes an offer back.
    pub async fn end_pairing(
        &self,
        device: Identified<'_>,
        plate: Nameplate,
    ) -> Result<(), ClientError> {
        self.delete_as(device, &format!("v1/pairings/{plate}"))
            .await
    }

    /// Begins an attempt, as the pseudonym that will hold the stream.
    pub async fn begin_pairing(
        &self,
        holder: Identified<'_>,
        plate: Nameplate,
        hello: &Hello,
    ) -> Result<AttemptBegun, ClientError> {
        let path = format!("v1/pairings/{plate}/attempts");
        self.post_as(holder, &path, hello).await
    }

    /// Waits, for some seconds at most, for an attempt after the one with this number.
    pub async fn await_pairing(
        &self,
        device: Identified<'_>,
        plate: Nameplate,
        after: u32,
    ) -> Result<NewestAttempt, ClientError> {
        let path = format!("v1/pairings/{plate}/attempts?after={after}");
        self.get_as(device, &path).await
    }

    /// An attempt; waits, for some seconds at most, until it has more messages than were `seen`.
    pub async fn follow_pairing(
        &self,
        who: Identified<'_>,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> Result<AttemptView, ClientError> {
        let path = format!("v1/pairings/{plate}/attempts/{attempt}?seen={seen}");
        self.get_as(who, &path).await
    }

    /// Sends the next message of an attempt.
    pub async fn answer_pairing(
        &self,
        who: Identified<'_>,
        plate: Nameplate,
        attempt: u32,
        message: &PairingMessage,
    ) -> Result<AttemptView, ClientError> {
        let path = format!("v1/pairings/{plate}/attempts/{attempt}");
        self.post_as(who, &path, message).await
    }

    /// Opens the stream of a device.
    pub async fn open_stream(&self, body: &OpenStream) -> Result<Outcome, ClientError> {
        self.post("v1/streams", body).await
    }

    /// A stream.
    pub async fn stream(&self, stream: StreamId) -> Result<StreamView, ClientError> {
        self.get(&format!("v1/streams/{stream}")).await
    }

    /// Ends a stream, and the pairing with it.
    pub async fn close_stream(
        &self,
        stream: StreamId,
        body: &CloseStream,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/streams/{stream}/closing"), body)
            .await
    }
}
