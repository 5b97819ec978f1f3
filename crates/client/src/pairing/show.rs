//! The device's side over a node: shows one code and sees it through.

use std::time::Duration;

use assent_api::v1::pairings::{
    AttemptView, Confirm, PairingMessage, PairingRefusal, PairingResult,
};
use assent_api::v1::streams::OpenStream;
use assent_model::names::ChainId;
use assent_model::records::stream::StreamHolding;
use assent_model::statement::{self, Verified};
use assent_model::time::Timestamp;
use tokio::time::Instant;

use super::{Nameplate, Offer, Paired, PairingCode, Showing, Terms};
use crate::http::{ClientError, Identified, NodeClient};
use crate::keys::PartyKeys;
use crate::statements::Signer;

/// How often another code is drawn where its nameplate is taken.
const DRAWS: u32 = 20;
/// How long a person who has the device's answer is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait before asking again a node that did not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// A device at a node.
#[derive(Clone, Copy)]
pub struct Device<'a> {
    /// The node.
    pub node: &'a NodeClient,
    /// Its chain.
    pub chain: &'a ChainId,
    /// The keys of the device, which is registered.
    pub keys: &'a PartyKeys,
    /// The time.
    pub now: &'a (dyn Fn() -> Timestamp + Send + Sync),
}

/// What a device that shows a code tells whoever stands before it.
#[derive(Debug)]
pub enum Told<'a> {
    /// This code is to be entered.
    Code {
        /// The code.
        code: &'a PairingCode,
        /// Until when it is good.
        expires: Timestamp,
    },
    /// Somebody has entered a code; whether it is this one is not known yet.
    Attempt,
    /// The attempt has failed. The code is good as long as [`show`] does not return.
    Refused(PairingRefusal),
}

/// Why a code has paired nobody.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The node does not help.
    #[error("the node did not take part in the pairing")]
    Client(#[from] ClientError),
    /// The code is over: show another.
    #[error(transparent)]
    Over(PairingRefusal),
}

/// Shows one code until it has paired the device, has expired, or was guessed at too often: then show
/// another. `offer` names the stream; store its channel before, as the stream is open when this
/// returns, or when nobody hears of it any more because the device has lost power.
///
/// # Errors
/// [`ShowError`].
pub async fn show(
    device: &Device<'_>,
    offer: &Offer,
    mut told: impl FnMut(Told<'_>) + Send,
) -> Result<Paired, ShowError> {
    let (plate, mut showing) = device.offer(offer).await?;
    told(Told::Code {
        code: showing.code(),
        expires: showing.expires(),
    });
    let outcome = device.attend(plate, &mut showing, &mut told).await;
    if outcome.is_err() {
        // It would be gone in minutes; the answer changes nothing.
        let signer = device.signer();
        let who = device.identified(&signer);
        let _ = device.node.end_pairing(who, plate).await;
    }
    outcome
}

impl Device<'_> {
    fn signer(&self) -> Signer {
        Signer::new(self.chain.clone(), (self.now)())
    }

    fn identified<'s>(&'s self, signer: &'s Signer) -> Identified<'s> {
        Identified {
            signer,
            caller: self.keys.into(),
        }
    }

    /// Leaves the offer under the nameplate of a code that nobody else shows.
    async fn offer(&self, offer: &Offer) -> Result<(Nameplate, Showing), ClientError> {
        let mut draws = 0;
        loop {
            let showing = Showing::begin(PairingCode::random(), offer.clone(), (self.now)());
            let plate = showing.code().nameplate();
            let signer = self.signer();
            let who = self.identified(&signer);
            draws += 1;
            match self.node.offer_pairing(who, plate, offer).await {
                Ok(_) => return Ok((plate, showing)),
                Err(error) if error.code() == Some("nameplate-taken") && draws < DRAWS => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn attend(
        &self,
        plate: Nameplate,
        showing: &mut Showing,
        told: &mut (impl FnMut(Told<'_>) + Send),
    ) -> Result<Paired, ShowError> {
        let mut seen = 0;
        loop {
            let now = (self.now)();
            if showing.is_over(now) {
                let expired = now >= showing.expires();
                return Err(ShowError::Over(if expired {
                    PairingRefusal::Expired
                } else {
                    PairingRefusal::TooManyAttempts
                }));
            }
            let signer = self.signer();
            let who = self.identified(&signer);
            let newest = match self.node.await_pairing(who, plate, seen).await {
                // The node keeps no offer longer than its code is good.
                Err(error) if error.code() == Some("not-found") => {
                    return Err(ShowError::Over(PairingRefusal::Expired));
                }
                // As long as the code is good, so is another try.
                Err(error) if error.is_passing() => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                newest => newest?.attempt,
            };
            let Some(attempt) = newest else { continue };
            seen = attempt.attempt;
            told(Told::Attempt);
            match self.hold(plate, showing, attempt).await? {
                Ok(paired) => return Ok(paired),
                Err(refusal) => {
                    showing.give_up();
                    told(Told::Refused(refusal));
                }
            }
        }
    }

    /// Takes part in one attempt.
    async fn hold(
        &self,
        plate: Nameplate,
        showing: &mut Showing,
        attempt: AttemptView,
    ) -> Result<Result<Paired, PairingRefusal>, ClientError> {
        let number = attempt.attempt;
        if let Some(PairingResult::Refused { code }) = attempt.result {
            return Ok(Err(code));
        }
        let outcome = match showing.answer(&attempt.hello, (self.now)()) {
            Err(refusal) => Err(refusal),
            Ok(answer) => {
                let answer = PairingMessage::Answer { answer };
                match self.say(plate, number, &answer).await {
                    Ok(view) => match self.confirmed(plate, view).await? {
                        Ok(confirm) => self.open(showing, &confirm).await?,
                        Err(refusal) => return Ok(Err(refusal)),
                    },
                    // The person has gone on without it.
                    Err(error) if error.code() == Some("pairing-turn") => {
                        return Ok(Err(PairingRefusal::GivenUp));
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let result = match &outcome {
            Ok(_) => PairingResult::Paired {},
            Err(code) => PairingResult::Refused { code: *code },
        };
        // The stream is what counts, and it is open or not, whatever becomes of this word.
        let _ = self
            .say(plate, number, &PairingMessage::Result { result })
            .await;
        Ok(outcome)
    }

    async fn say(
        &self,
        plate: Nameplate,
        attempt: u32,
        message: &PairingMessage,
    ) -> Result<AttemptView, ClientError> {
        let signer = self.signer();
        let who = self.identified(&signer);
        self.node.answer_pairing(who, plate, attempt, message).await
    }

    /// What the person says to the answer.
    async fn confirmed(
        &self,
        plate: Nameplate,
        mut view: AttemptView,
    ) -> Result<Result<Confirm, PairingRefusal>, ClientError> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(PairingResult::Refused { code }) = view.result {
                return Ok(Err(code));
            }
            if let Some(confirm) = view.confirm {
                return Ok(Ok(confirm));
            }
            if Instant::now() >= until {
                return Ok(Err(PairingRefusal::GivenUp));
            }
            let signer = self.signer();
            let who = self.identified(&signer);
            let (number, seen) = (view.attempt, view.messages());
            view = self.node.follow_pairing(who, plate, number, seen).await?;
        }
    }

    /// Opens the stream, once the person has the code and says that they hold it.
    async fn open(
        &self,
        showing: &mut Showing,
        confirm: &Confirm,
    ) -> Result<Result<Paired, PairingRefusal>, ClientError> {
        let paired = match showing.complete(confirm, (self.now)()) {
            Ok(paired) => paired,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(holding) = agreed(&paired) else {
            return Ok(Err(PairingRefusal::HoldingInvalid));
        };
        let opening = self.signer().stream_opening(self.keys, &holding);
        let body = OpenStream {
            statement: opening.compact().to_owned(),
        };
        match self.node.open_stream(&body).await {
            Ok(_) => Ok(Ok(paired)),
            // Where it is not known whether the stream was opened, the device looks again.
            Err(ClientError::Problem(problem)) if problem.status < 500 => {
                Ok(Err(PairingRefusal::NotRecorded))
            }
            Err(error) => Err(error),
        }
    }
}

/// The person's word, if it is about what was agreed on.
fn agreed(paired: &Paired) -> Option<Verified<StreamHolding>> {
    let holding = statement::verify::<StreamHolding>(&paired.holding).ok()?;
    let terms = Terms::of(paired.terms.offer.clone(), &holding)?;
    (terms == paired.terms).then_some(holding)
}
