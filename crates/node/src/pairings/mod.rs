//! The mailbox of pairings: what a device that shows a code and a person who enters it send each other,
//! for the ten minutes that a code is good. It is in memory alone, and nothing in it tells the code.
//!
//! A person who guesses has few attempts at one code, and few look-ups, so that nobody goes through
//! the nameplates; who holds one up can hold up pairings of this one code, for minutes.

mod attempt;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assent_api::problem::{Code, FieldError, Problem};
use assent_api::request_proof::Actor;
use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, Nameplate, NewestAttempt, Offer, OfferKept, OfferView,
    PairingMessage, is_label,
};
use assent_client::pairing::{ATTEMPTS, LIFETIME_MILLIS};
use assent_model::ids::{PartyId, SurrogateId};
use assent_model::time::{Span, Timestamp};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::contacts::allowance::Allowance;
use crate::http::failure::Failure;
use crate::network::Network;
use attempt::Attempt;

/// The most codes that are shown at a time: a quarter of all nameplates, so that one that is free is
/// soon drawn.
const OFFERS_MAX: usize = 2000;
/// The most of them that come from one network, so that nobody fills the place of all others.
const OFFERS_OF_NETWORK_MAX: usize = 20;
/// How long an attempt keeps others from beginning one.
const HELD_FOR: Span = Span::from_minutes(1);
/// How long a request waits for the other side.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest statement of a holder, in bytes.
const HOLDING_BYTES_MAX: usize = 4096;

/// On whose account something is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A network that requests come from.
    Network(Network),
    /// Somebody who is signed in at a page of this node.
    Person(PartyId),
}

/// What the node remembers about pairings.
#[derive(Debug)]
pub struct Pairings {
    shown: Mutex<BTreeMap<Nameplate, Shown>>,
    offers_by_device: Allowance<PartyId>,
    look_ups_by_origin: Allowance<Origin>,
    look_ups_by_plate: Allowance<Nameplate>,
    attempts_by_origin: Allowance<Origin>,
    patience: Duration,
}

/// A code that a device shows.
#[derive(Debug)]
struct Shown {
    offer: Offer,
    /// Where the device is.
    network: Network,
    expires: Timestamp,
    attempts: Vec<Attempt>,
    changes: watch::Sender<()>,
}

type Plates<'a> = MutexGuard<'a, BTreeMap<Nameplate, Shown>>;

impl Pairings {
    /// No code is shown.
    pub fn new() -> Self {
        let ten_minutes = Span::from_minutes(10);
        Self {
            shown: Mutex::default(),
            offers_by_device: Allowance::new(30, ten_minutes),
            look_ups_by_origin: Allowance::new(20, ten_minutes),
            look_ups_by_plate: Allowance::new(40, ten_minutes),
            attempts_by_origin: Allowance::new(10, ten_minutes),
            patience: PATIENCE,
        }
    }

    /// The codes that are good still.
    fn shown(&self, now: Timestamp) -> Plates<'_> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.retain(|_, one| now < one.expires);
        shown
    }

    /// Keeps what a device offers, in place of what it offered before.
    ///
    /// # Errors
    /// The offer is not one of this device or its label is none, another device has the nameplate, or
    /// too many codes are shown, in all or from this network.
    pub fn offer(
        &self,
        network: Network,
        device: PartyId,
        plate: Nameplate,
        offer: Offer,
        now: Timestamp,
    ) -> Result<OfferKept, Failure> {
        check(device, &offer)?;
        self.offers_by_device.take(device, now)?;
        let mut shown = self.shown(now);
        if (shown.get(&plate)).is_some_and(|one| one.offer.device != device) {
            return Err(Code::NameplateTaken.into());
        }
        shown.retain(|_, one| one.offer.device != device);
        let of_network = shown.values().filter(|one| one.network == network);
        if of_network.count() >= OFFERS_OF_NETWORK_MAX || shown.len() >= OFFERS_MAX {
            return Err(Code::RateLimited.into());
        }
        let expires = Timestamp::from_millis(now.as_millis() + LIFETIME_MILLIS);
        let one = Shown {
            offer,
            network,
            expires,
            attempts: Vec::new(),
            changes: watch::Sender::new(()),
        };
        shown.insert(plate, one);
        Ok(OfferKept {
            expires_at: expires.as_millis(),
        })
    }

    /// What is offered under a nameplate.
    ///
    /// # Errors
    /// Nothing, or it is asked too often.
    pub fn look_up(
        &self,
        origin: Origin,
        plate: Nameplate,
        now: Timestamp,
    ) -> Result<OfferView, Failure> {
        self.look_ups_by_origin.take(origin, now)?;
        self.look_ups_by_plate.take(plate, now)?;
        let shown = self.shown(now);
        let one = shown.get(&plate).ok_or_else(Failure::not_found)?;
        Ok(OfferView {
            offer: one.offer.clone(),
            expires_at: one.expires.as_millis(),
        })
    }

    /// Takes an offer back.
    ///
    /// # Errors
    /// The device offers nothing there.
    pub fn end(&self, device: PartyId, plate: Nameplate, now: Timestamp) -> Result<(), Failure> {
        let mut shown = self.shown(now);
        of_device(&shown, device, plate)?;
        shown.remove(&plate);
        Ok(())
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// Nothing is offered there, somebody else is at it, the code is used up, the holder is another than
    /// who calls, or it is tried too often.
    pub fn begin(
        &self,
        origin: Origin,
        holder: SurrogateId,
        plate: Nameplate,
        hello: Hello,
        now: Timestamp,
    ) -> Result<AttemptBegun, Failure> {
        let claimed = hello.holder;
        if claimed.id != holder || SurrogateId::of(&claimed.key) != holder {
            return Err(Failure::forbidden());
        }
        self.attempts_by_origin.take(origin, now)?;
        let mut shown = self.shown(now);
        let one = shown.get_mut(&plate).ok_or_else(Failure::not_found)?;
        if let Some(last) = one.attempts.last_mut() {
            if last.is_paired() {
                return Err(Code::PairingSpent.into());
            }
            if last.is_open() && now.since(last.begun) < HELD_FOR {
                return Err(Code::PairingBusy.into());
            }
        }
        if one.attempts.len() >= usize::from(ATTEMPTS) {
            return Err(Code::PairingSpent.into());
        }
        if let Some(last) = one.attempts.last_mut() {
            last.give_up();
        }
        one.attempts.push(Attempt::begin(hello, now));
        let attempt = number(one.attempts.len());
        one.changes.send_replace(());
        Ok(AttemptBegun { attempt })
    }

    /// The newest attempt after the one with this number, as soon as there is one; nothing after some
    /// seconds.
    ///
    /// # Errors
    /// The device offers nothing there, or no longer.
    pub async fn newest(
        &self,
        device: PartyId,
        plate: Nameplate,
        after: u32,
        now: impl Fn() -> Timestamp,
    ) -> Result<NewestAttempt, Failure> {
        let newest = || {
            let shown = self.shown(now());
            let one = of_device(&shown, device, plate)?;
            let attempt = number(one.attempts.len());
            let view = one.attempts.last().filter(|_| attempt > after);
            let attempt = view.map(|last| last.view(attempt));
            let is_it = attempt.is_some();
            Ok((NewestAttempt { attempt }, is_it, one.changes.subscribe()))
        };
        wait(self.patience, newest).await
    }

    /// An attempt, as soon as it has more messages than were seen, or after some seconds.
    ///
    /// # Errors
    /// There is no such attempt, or it is that of others.
    pub async fn follow(
        &self,
        who: Actor,
        plate: Nameplate,
        attempt: u32,
        seen: u32,
        now: impl Fn() -> Timestamp,
    ) -> Result<AttemptView, Failure> {
        let newest = || {
            let mut shown = self.shown(now());
            let one = shown.get_mut(&plate).ok_or_else(Failure::not_found)?;
            let (_, found) = one.party_to(who, attempt)?;
            let view = found.view(attempt);
            let is_it = view.messages() > seen || view.result.is_some();
            Ok((view, is_it, one.changes.subscribe()))
        };
        wait(self.patience, newest).await
    }

    /// Takes the next message of an attempt.
    ///
    /// # Errors
    /// There is no such attempt, it is that of others, or it is not this message's turn.
    pub fn say(
        &self,
        who: Actor,
        plate: Nameplate,
        attempt: u32,
        message: PairingMessage,
        now: Timestamp,
    ) -> Result<AttemptView, Failure> {
        if let PairingMessage::Confirm { confirm } = &message
            && confirm.holding.len() > HOLDING_BYTES_MAX
        {
            return Err(Code::BodyTooLarge.into());
        }
        let mut shown = self.shown(now);
        let one = shown.get_mut(&plate).ok_or_else(Failure::not_found)?;
        let (side, found) = one.party_to(who, attempt)?;
        found.take(side, message)?;
        let view = found.view(attempt);
        one.changes.send_replace(());
        Ok(view)
    }
}

impl Default for Pairings {
    fn default() -> Self {
        Self::new()
    }
}

impl Shown {
    /// An attempt, and which side of it somebody is. Others are told that there is none.
    fn party_to(
        &mut self,
        who: Actor,
        attempt: u32,
    ) -> Result<(attempt::Side, &mut Attempt), Failure> {
        let place = usize::try_from(attempt)
            .ok()
            .and_then(|at| at.checked_sub(1));
        let found = place.and_then(|place| self.attempts.get_mut(place));
        let found = found.ok_or_else(Failure::not_found)?;
        let side = match who {
            Actor::Party(party) if party == self.offer.device => attempt::Side::Device,
            Actor::Surrogate(holder) if holder == found.hello.holder.id => attempt::Side::Holder,
            _ => return Err(Failure::not_found()),
        };
        Ok((side, found))
    }
}

fn of_device<'s>(
    shown: &'s Plates<'_>,
    device: PartyId,
    plate: Nameplate,
) -> Result<&'s Shown, Failure> {
    let one = shown.get(&plate).filter(|one| one.offer.device == device);
    one.ok_or_else(Failure::not_found)
}

/// There are [`ATTEMPTS`] at most.
fn number(attempts: usize) -> u32 {
    u32::try_from(attempts).unwrap_or(u32::MAX)
}

/// Looks again whenever something has changed, until there is what is waited for.
async fn wait<T>(
    patience: Duration,
    look: impl Fn() -> Result<(T, bool, watch::Receiver<()>), Failure>,
) -> Result<T, Failure> {
    let until = Instant::now() + patience;
    loop {
        let (view, is_it, mut changes) = look()?;
        if is_it {
            return Ok(view);
        }
        match timeout_at(until, changes.changed()).await {
            // What is gone is found to be gone.
            Ok(Ok(()) | Err(_)) => {}
            Err(_) => return Ok(view),
        }
    }
}

fn check(device: PartyId, offer: &Offer) -> Result<(), Failure> {
    if offer.device != device {
        return Err(Failure::forbidden());
    }
    if is_label(&offer.label) {
        return Ok(());
    }
    let error = FieldError {
        pointer: "/label".into(),
        detail: "1 to 64 characters, none of them for control".into(),
    };
    Err(Problem {
        errors: vec![error],
        ..Problem::new(Code::OfferInvalid)
    }
    .into())
}
