//! The person's side over a node: enters a code and sees it through.

use std::future::Future;
use std::time::Duration;

use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, Holder, OfferView, PairingMessage, PairingRefusal,
    PairingResult,
};
use assent_api::v1::streams::StreamView;
use assent_model::ids::StreamId;
use assent_model::names::ChainId;
use assent_model::time::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::{Entering, Nameplate, Offer, Paired, PairingCode};
use crate::http::{ClientError, Identified, NodeClient};
use crate::keys::Pseudonym;
use crate::statements::Signer;

/// How long the device is waited for, from beginning to end.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The status of a stream that is not closed.
const OPEN: &str = "open";

/// What the person's side needs of a node: over HTTP it is [`RemoteMailbox`]; a node that keeps
/// somebody's keys has one of its own.
pub trait Mailbox: Sync {
    /// Why it fails.
    type Error: std::error::Error + Send + Sync + 'static;

    /// What is offered under a nameplate.
    fn look_up(
        &self,
        plate: Nameplate,
    ) -> impl Future<Output = Result<OfferView, Self::Error>> + Send;

    /// Begins an attempt, as the pseudonym that will hold the stream.
    fn begin(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        hello: Hello,
    ) -> impl Future<Output = Result<AttemptBegun, Self::Error>> + Send;

    /// An attempt; waits for some time until it has more messages than were `seen`.
    fn follow(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> impl Future<Output = Result<AttemptView, Self::Error>> + Send;

    /// Sends a message.
    fn say(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
    ) -> impl Future<Output = Result<AttemptView, Self::Error>> + Send;

    /// A stream as the ledger knows it.
    fn stream(
        &self,
        stream: StreamId,
    ) -> impl Future<Output = Result<StreamView, Self::Error>> + Send;

    /// Signs for the chain, now.
    fn signer(&self) -> Signer;
}

/// Why no device was paired.
#[derive(Debug, thiserror::Error)]
pub enum EnterError<E: std::error::Error> {
    /// The node does not help.
    #[error("the node did not take part in the pairing")]
    Mailbox(#[source] E),
    /// One of the two sides does not go on.
    #[error(transparent)]
    Refused(PairingRefusal),
    /// The device was heard of no more after it was told everything: it may be paired yet.
    #[error("the device was told everything, and has not said what became of it")]
    Unanswered,
}

impl<E: std::error::Error> EnterError<E> {
    /// Whether the device may be paired nonetheless: keep the holder's key.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

/// Enters a code. `offer` is what [`Mailbox::look_up`] gave and the person has seen; `holder` was made
/// for this stream and is stored already, as the stream may be open where this fails.
///
/// # Errors
/// [`EnterError`].
pub async fn enter<M: Mailbox>(
    mailbox: &M,
    code: &PairingCode,
    offer: Offer,
    holder: &Pseudonym,
) -> Result<Paired, EnterError<M::Error>> {
    let until = Instant::now() + PATIENCE;
    let plate = code.nameplate();
    let (entering, hello) = Entering::begin(code, offer.clone(), named(holder));
    let begun = mailbox.begin(holder, plate, hello).await;
    let visit = Visit {
        mailbox,
        holder,
        plate,
        attempt: begun.map_err(EnterError::Mailbox)?.attempt,
        until,
    };
    let view = visit
        .wait(1, |view| view.answer.is_some() || view.result.is_some())
        .await?;
    let answer = match view.map(|view| (view.answer, view.result)) {
        Some((_, Some(PairingResult::Refused { code }))) => return Err(EnterError::Refused(code)),
        Some((Some(answer), _)) => answer,
        Some((None, _)) | None => return Err(visit.give_up(PairingRefusal::GivenUp).await),
    };
    let holding = mailbox
        .signer()
        .stream_holding(holder, offer.stream, offer.device);
    let (paired, confirm) = match entering.complete(&answer, holding.compact()) {
        Ok(agreed) => agreed,
        Err(refusal) => return Err(visit.give_up(refusal).await),
    };
    visit.say(PairingMessage::Confirm { confirm }).await?;
    let view = visit.wait(3, |view| view.result.is_some()).await?;
    match view.and_then(|view| view.result) {
        Some(PairingResult::Refused { code }) => Err(EnterError::Refused(code)),
        // The ledger's word counts: a device that lost its connection has opened the stream or not.
        Some(PairingResult::Paired {}) | None => visit.opened(&paired).await.map(|()| paired),
    }
}

fn named(holder: &Pseudonym) -> Holder {
    Holder {
        id: holder.surrogate_id(),
        key: *holder.key.verifying_key(),
    }
}

/// One attempt.
struct Visit<'a, M> {
    mailbox: &'a M,
    holder: &'a Pseudonym,
    plate: Nameplate,
    attempt: u32,
    until: Instant,
}

impl<M: Mailbox> Visit<'_, M> {
    /// Waits for more messages until there is what is waited for; nothing when it takes too long.
    async fn wait(
        &self,
        mut seen: u32,
        is_it: impl Fn(&AttemptView) -> bool + Send,
    ) -> Result<Option<AttemptView>, EnterError<M::Error>> {
        loop {
            let next = self
                .mailbox
                .follow(self.holder, self.plate, self.attempt, seen);
            let Ok(view) = timeout_at(self.until, next).await else {
                return Ok(None);
            };
            let view = view.map_err(EnterError::Mailbox)?;
            if is_it(&view) {
                return Ok(Some(view));
            }
            seen = view.messages();
        }
    }

    async fn say(&self, message: PairingMessage) -> Result<(), EnterError<M::Error>> {
        let said = self
            .mailbox
            .say(self.holder, self.plate, self.attempt, message);
        said.await.map(drop).map_err(EnterError::Mailbox)
    }

    /// Tells the device that it is over, so that it says so as well.
    async fn give_up(&self, code: PairingRefusal) -> EnterError<M::Error> {
        let result = PairingResult::Refused { code };
        // Whether it hears of it or not, this side goes no further.
        let _ = self.say(PairingMessage::Result { result }).await;
        EnterError::Refused(code)
    }

    /// Whether the ledger has the stream that was agreed on.
    async fn opened(&self, paired: &Paired) -> Result<(), EnterError<M::Error>> {
        let (offer, holder) = (&paired.terms.offer, &paired.terms.holder);
        let Ok(view) = self.mailbox.stream(offer.stream).await else {
            return Err(EnterError::Unanswered);
        };
        let is_agreed = view.status == OPEN
            && (view.device, view.device_key) == (offer.device, offer.device_key)
            && (view.holder, view.holder_key) == (holder.id, holder.key);
        if is_agreed {
            Ok(())
        } else {
            Err(EnterError::Refused(PairingRefusal::NotRecorded))
        }
    }
}

/// The mailbox of a node, over HTTP.
#[derive(Clone, Copy)]
pub struct RemoteMailbox<'a> {
    /// The node.
    pub node: &'a NodeClient,
    /// Its chain.
    pub chain: &'a ChainId,
    /// The time.
    pub now: &'a (dyn Fn() -> Timestamp + Send + Sync),
}

impl Mailbox for RemoteMailbox<'_> {
    type Error = ClientError;

    async fn look_up(&self, plate: Nameplate) -> Result<OfferView, ClientError> {
        self.node.pairing(plate).await
    }

    async fn begin(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        hello: Hello,
    ) -> Result<AttemptBegun, ClientError> {
        let signer = self.signer();
        let who = identified(&signer, holder);
        self.node.begin_pairing(who, plate, &hello).await
    }

    async fn follow(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> Result<AttemptView, ClientError> {
        let signer = self.signer();
        let who = identified(&signer, holder);
        self.node.follow_pairing(who, plate, attempt, seen).await
    }

    async fn say(
        &self,
        holder: &Pseudonym,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
    ) -> Result<AttemptView, ClientError> {
        let signer = self.signer();
        let who = identified(&signer, holder);
        self.node
            .answer_pairing(who, plate, attempt, &message)
            .await
    }

    async fn stream(&self, stream: StreamId) -> Result<StreamView, ClientError> {
        self.node.stream(stream).await
    }

    fn signer(&self) -> Signer {
        Signer::new(self.chain.clone(), (self.now)())
    }
}

fn identified<'s>(signer: &'s Signer, holder: &'s Pseudonym) -> Identified<'s> {
    Identified {
        signer,
        caller: holder.into(),
    }
}
