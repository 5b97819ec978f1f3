//! The person's side over a node: enters a code and sees it through.

use std::future::Future;
use std::time::Duration;

use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, PairingMessage, PairingRefusal, PairingResult,
};
use assent_api::v1::streams::StreamView;
use assent_model::ids::StreamId;
use assent_model::names::ChainId;
use assent_model::records::stream::StreamHolding;
use assent_model::statement::Verified;
use assent_model::time::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::{Entering, Nameplate, Offer, Paired, PairingCode, Terms};
use crate::http::{ClientError, Identified, NodeClient};
use crate::keys::Pseudonym;
use crate::statements::Signer;

/// How long the device is waited for, from beginning to end.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The status of a stream that is not closed.
const OPEN: &str = "open";

/// What the person's side needs of a node, in the name of the pseudonym that will hold the stream: over
/// HTTP it is [`RemoteMailbox`]; a node that enters a code for somebody has one of its own.
pub trait Mailbox: Sync {
    /// Why it fails.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Begins an attempt.
    fn begin(
        &self,
        plate: Nameplate,
        hello: Hello,
    ) -> impl Future<Output = Result<AttemptBegun, Self::Error>> + Send;

    /// An attempt; waits for some time until it has more messages than were `seen`.
    fn follow(
        &self,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> impl Future<Output = Result<AttemptView, Self::Error>> + Send;

    /// Sends a message.
    fn say(
        &self,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
    ) -> impl Future<Output = Result<AttemptView, Self::Error>> + Send;

    /// A stream as the ledger knows it.
    fn stream(
        &self,
        stream: StreamId,
    ) -> impl Future<Output = Result<StreamView, Self::Error>> + Send;
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

/// Enters a code. `offer` is what the node has under the nameplate of the code and the person has seen;
/// `holding` is the word of the pseudonym that was made for this stream, whose key is stored already:
/// the stream may be open where this fails. Whoever calls this needs the word and not the key, which
/// can be elsewhere.
///
/// # Errors
/// [`EnterError`]; [`PairingRefusal::HoldingInvalid`] before anybody hears of it.
pub async fn enter<M: Mailbox>(
    mailbox: &M,
    code: &PairingCode,
    offer: Offer,
    holding: &Verified<StreamHolding>,
) -> Result<Paired, EnterError<M::Error>> {
    let until = Instant::now() + PATIENCE;
    let plate = code.nameplate();
    let holder = Terms::of(offer.clone(), holding).map(|terms| terms.holder);
    let holder = holder.ok_or(EnterError::Refused(PairingRefusal::HoldingInvalid))?;
    let (entering, hello) = Entering::begin(code, offer, holder);
    let begun = mailbox.begin(plate, hello).await;
    let visit = Visit {
        mailbox,
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

/// One attempt.
struct Visit<'a, M> {
    mailbox: &'a M,
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
            let next = self.mailbox.follow(self.plate, self.attempt, seen);
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
        let said = self.mailbox.say(self.plate, self.attempt, message);
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
    /// Signs the requests: the pseudonym that will hold the stream.
    pub holder: &'a Pseudonym,
}

impl RemoteMailbox<'_> {
    fn signer(&self) -> Signer {
        Signer::new(self.chain.clone(), (self.now)())
    }

    fn identified<'s>(&'s self, signer: &'s Signer) -> Identified<'s> {
        Identified {
            signer,
            caller: self.holder.into(),
        }
    }
}

impl Mailbox for RemoteMailbox<'_> {
    type Error = ClientError;

    async fn begin(&self, plate: Nameplate, hello: Hello) -> Result<AttemptBegun, ClientError> {
        let signer = self.signer();
        let who = self.identified(&signer);
        self.node.begin_pairing(who, plate, &hello).await
    }

    async fn follow(
        &self,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
    ) -> Result<AttemptView, ClientError> {
        let signer = self.signer();
        let who = self.identified(&signer);
        self.node.follow_pairing(who, plate, attempt, seen).await
    }

    async fn say(
        &self,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
    ) -> Result<AttemptView, ClientError> {
        let signer = self.signer();
        let who = self.identified(&signer);
        self.node
            .answer_pairing(who, plate, attempt, &message)
            .await
    }

    async fn stream(&self, stream: StreamId) -> Result<StreamView, ClientError> {
        self.node.stream(stream).await
    }
}
