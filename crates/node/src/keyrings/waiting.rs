//! Devices that wait for the keys of their person. They are in memory alone, for ten minutes: what
//! they wait for comes with the keyring, sealed to the key that they show and the node only relays.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use assent_api::problem::{Code, FieldError, Problem};
use assent_api::v1::devices::{WaitForKeys, WaitingDevice};
use assent_model::ids::PartyId;
use assent_model::time::{Span, Timestamp};

use super::bounds;
use crate::contacts::allowance::Allowance;
use crate::http::failure::Failure;

/// How long a device waits.
const PATIENCE: Span = Span::from_minutes(10);
/// How many of a party wait at a time.
const WAITING_MAX: usize = 3;
/// The most parties whose devices wait; beyond it the node asks everybody to come back later.
const PARTIES_MAX: usize = 10_000;

type Waiting = BTreeMap<PartyId, Vec<WaitingDevice>>;

/// The devices that wait.
#[derive(Debug)]
pub struct WaitingRoom {
    by_party: Allowance<PartyId>,
    waiting: Mutex<Waiting>,
}

impl WaitingRoom {
    /// Nobody waits.
    pub(super) fn new() -> Self {
        Self {
            by_party: Allowance::new(20, Span::from_minutes(60)),
            waiting: Mutex::default(),
        }
    }

    /// Those who still wait.
    fn waiting(&self, now: Timestamp) -> MutexGuard<'_, Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, devices| {
            devices.retain(|device| now.as_millis() < device.expires_at);
            !devices.is_empty()
        });
        waiting
    }

    /// Lets a device wait; until when. One that waits already waits anew.
    ///
    /// # Errors
    /// Its name or label is out of bounds, too many wait, or devices ask too often.
    pub fn enter(
        &self,
        party: PartyId,
        device: WaitForKeys,
        now: Timestamp,
    ) -> Result<u64, Failure> {
        check(&device)?;
        let mut waiting = self.waiting(now);
        if waiting.len() >= PARTIES_MAX && !waiting.contains_key(&party) {
            return Err(Code::RateLimited.into());
        }
        let known = waiting.get(&party).map_or(&[][..], Vec::as_slice);
        let others = known.iter().filter(|one| one.device_id != device.device_id);
        if others.count() >= WAITING_MAX {
            return Err(Code::TooManyDevices.into());
        }
        self.by_party.take(party, now)?;
        let expires_at = (now + PATIENCE).as_millis();
        let own = waiting.entry(party).or_default();
        own.retain(|one| one.device_id != device.device_id);
        own.push(WaitingDevice {
            device_id: device.device_id,
            sealing_key: device.sealing_key,
            label: device.label,
            expires_at,
        });
        Ok(expires_at)
    }

    /// The devices of a party that wait, in the order in which they came.
    pub fn of(&self, party: PartyId, now: Timestamp) -> Vec<WaitingDevice> {
        self.waiting(now).get(&party).cloned().unwrap_or_default()
    }

    /// Lets a device wait no longer; whether it did.
    pub fn leave(&self, party: PartyId, device_id: &str, now: Timestamp) -> bool {
        let mut waiting = self.waiting(now);
        let Some(own) = waiting.get_mut(&party) else {
            return false;
        };
        let before = own.len();
        own.retain(|one| one.device_id != device_id);
        own.len() < before
    }

    /// Forgets the devices of a party.
    pub fn forget(&self, party: PartyId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&party);
    }
}

fn check(device: &WaitForKeys) -> Result<(), Failure> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: &str| {
        errors.push(FieldError {
            pointer: pointer.to_owned(),
            detail: detail.to_owned(),
        });
    };
    if !bounds::is_name(&device.device_id) {
        wrong("/device_id", bounds::NAME);
    }
    if !bounds::is_label(&device.label) {
        wrong("/label", bounds::LABEL);
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Problem {
        errors,
        ..Problem::new(Code::KeyringInvalid)
    }
    .into())
}
