//! Who may read: what the standing says is done to the channel.

use std::collections::BTreeMap;

use assent_crypto::channel::Lane;
use assent_model::ids::ConsentId;
use assent_model::statement::STATEMENT_BYTES_MAX;

use super::{CLOCK_TOLERANCE, Keep, STANDING_AGE_MAX, Station, Uplink, UplinkError};
use crate::channel::keys::{self, Handover};
use crate::channel::{Admission, Moment};
use crate::streams::{Standing, StandingGrant};

/// By consent in force, its grant and the lanes of this channel that it may read.
pub(super) type Allowed<'s> = BTreeMap<ConsentId, (&'s StandingGrant, Vec<Lane>)>;

/// Waits for changes of the consents, beside an [`Uplink`].
#[derive(Clone)]
pub struct Watch {
    station: Station,
    mark: Option<String>,
}

impl Watch {
    /// The next standing that differs from the one before, or the same with a newer checkpoint
    /// after some seconds.
    ///
    /// # Errors
    /// The relay cannot be reached, or does not show what it says. Wait a little and ask again.
    pub async fn next(&mut self) -> Result<Standing, UplinkError> {
        let standing = self.station.standing(self.mark.as_deref()).await?;
        self.mark = Some(standing.mark.clone());
        Ok(standing)
    }
}

impl Station {
    async fn standing(&self, after: Option<&str>) -> Result<Standing, UplinkError> {
        let signer = self.signer();
        let who = self.identified(&signer);
        let view = self.node.standing(who, self.stream, after).await?;
        let opening = &self.keys.opening;
        Ok(self
            .trust
            .verify(self.stream, &self.holder, opening, &view)?)
    }
}

impl<K: Keep> Uplink<K> {
    /// Waits for changes of the consents.
    pub fn watch(&self) -> Watch {
        Watch {
            station: self.station.clone(),
            mark: None,
        }
    }

    /// Does at once what a standing asks for: shuts out, lets in, hands keys over.
    ///
    /// # Errors
    /// The relay did not take it. What is decided is kept, and goes out with what is sent next.
    pub async fn follow(&mut self, standing: Standing) -> Result<(), UplinkError> {
        if standing.height < self.memory.height {
            return Ok(());
        }
        let wanting = wanting(&standing);
        self.standing = Some(standing);
        self.refresh().await?;
        self.apply(&wanting)?;
        self.send().await
    }

    /// Makes sure of a standing that is new enough to seal under, and of the readers that it names.
    pub(super) async fn refresh(&mut self) -> Result<(), UplinkError> {
        if self.fetch().await? {
            let wanting = self.standing.as_ref().map(wanting).unwrap_or_default();
            self.apply(&wanting)?;
        }
        Ok(())
    }

    /// Asks for the standing where the one at hand is too old, and says whether it did.
    pub(super) async fn fetch(&mut self) -> Result<bool, UplinkError> {
        let now = self.now();
        let is_fresh = |standing: &Standing, now| {
            now < standing.time + STANDING_AGE_MAX && standing.time < now + CLOCK_TOLERANCE
        };
        if self
            .standing
            .as_ref()
            .is_some_and(|standing| is_fresh(standing, now))
        {
            return Ok(false);
        }
        let standing = self.station.standing(None).await?;
        let is_back = standing.height < self.memory.height;
        if is_back || !is_fresh(&standing, self.now()) {
            return Err(UplinkError::StandingOld);
        }
        self.standing = Some(standing);
        Ok(true)
    }

    /// Makes the readers of the channel those of the standing, as of now: a consent that has run out
    /// since ends here too. `wanting` have lost their keys and get new ones.
    pub(super) fn apply(&mut self, wanting: &[ConsentId]) -> Result<Moment, UplinkError> {
        let standing = self.standing.take().ok_or(UplinkError::StandingOld)?;
        let moment = self.moment(&standing);
        self.memory.height = self.memory.height.max(standing.height);
        let before = self.memory.publisher.position();
        self.shut_out(&standing, moment);
        self.hold_newcomers_back(&standing, moment);
        self.let_in(&standing, wanting, moment);
        self.standing = Some(standing);
        if self.memory.publisher.position() != before {
            self.remember(true)?;
        }
        Ok(moment)
    }

    fn shut_out(&mut self, standing: &Standing, moment: Moment) {
        let allowed = self.allowed(standing, moment);
        let held: Vec<(ConsentId, Vec<Lane>)> = self.memory.publisher.readers().collect();
        let is_gone = |id: &ConsentId| allowed.get(id).is_none_or(|(_, lanes)| lanes.is_empty());
        let gone: Vec<ConsentId> = held.iter().map(|(id, _)| *id).filter(is_gone).collect();
        let narrower: Vec<(ConsentId, Vec<Lane>)> = held
            .iter()
            .filter(|(id, _)| !gone.contains(id))
            .filter_map(|(id, lanes)| {
                let (_, keep) = allowed.get(id)?;
                let is_less = lanes.iter().any(|lane| !keep.contains(lane));
                is_less.then(|| (*id, keep.clone()))
            })
            .collect();
        if !gone.is_empty() {
            self.memory.publisher.exclude(&gone, moment);
        }
        for (id, keep) in narrower {
            self.memory.publisher.narrow(id, &keep, moment);
            // Keys that wait to be sent open more than it may read by now: it gets others.
            if self.memory.keys.remove(&id).is_some() {
                self.memory.sealed_to.remove(&id);
            }
        }
        self.memory.keys.retain(|id, _| !is_gone(id));
        self.memory.sealed_to.retain(|id, _| !is_gone(id));
        let held_back = &mut self.memory.held_back;
        held_back.retain(|id, back| {
            let may_read = |lane: &Lane| allowed.get(id).is_some_and(|(_, all)| all.contains(lane));
            back.retain(may_read);
            !back.is_empty()
        });
    }

    pub(super) fn let_in(&mut self, standing: &Standing, wanting: &[ConsentId], moment: Moment) {
        let held: BTreeMap<ConsentId, Vec<Lane>> = self.memory.publisher.readers().collect();
        for (id, (grant, mut lanes)) in self.allowed(standing, moment) {
            let is_new = self.memory.sealed_to.get(&id) != Some(&grant.digest);
            if is_new && grant.bounds.has_history() {
                self.memory.held_back.remove(&id);
            }
            let back = self.memory.held_back.get(&id);
            lanes.retain(|lane| back.is_none_or(|back| !back.contains(lane)));
            let has = |lane| held.get(&id).is_some_and(|held| held.contains(lane));
            let is_more = lanes.iter().any(|lane| !has(lane));
            let publisher = &mut self.memory.publisher;
            let admission = if is_more || (is_new && !lanes.is_empty()) {
                Some(publisher.admit(id, &lanes, moment))
            } else if wanting.contains(&id) {
                // Who lost its keys gets the same once more: no epoch ends because somebody asks.
                publisher.admitted(id)
            } else {
                None
            };
            if let Some(admission) = admission {
                self.hand_over(grant, admission);
            }
        }
    }

    /// Seals its keys to a reader, with as much of the past as its grant covers and one statement holds.
    fn hand_over(&mut self, grant: &StandingGrant, mut admission: Admission) {
        let lanes: Vec<Lane> = admission.keys.iter().map(|(lane, _)| *lane).collect();
        let publisher = &self.memory.publisher;
        admission.past = publisher.past_keys(&lanes, |period| grant.bounds.cover(period));
        let handover = Handover {
            stream: self.station.stream,
            consent: grant.cr_id,
            grant: grant.digest,
            to: &grant.sealing_key,
        };
        let (signer, device) = (self.station.signer(), &self.station.keys.signing);
        let mut keys = keys::seal(&signer, device, handover, &admission);
        while keys.compact().len() > STATEMENT_BYTES_MAX && !admission.past.is_empty() {
            admission.past.truncate(admission.past.len() * 3 / 4);
            keys = keys::seal(&signer, device, handover, &admission);
        }
        let statement = keys.compact().to_owned();
        self.memory.keys.insert(grant.cr_id, statement);
        self.memory.sealed_to.insert(grant.cr_id, grant.digest);
    }

    /// What each consent that is in force now may read of this channel.
    pub(super) fn allowed<'s>(&self, standing: &'s Standing, moment: Moment) -> Allowed<'s> {
        let lanes = self.memory.publisher.lanes();
        let in_force = standing.grants.iter();
        // A clock that is behind lets nobody read for longer.
        let now = moment.at.max(standing.time);
        let in_force = in_force.filter(|grant| grant.is_in_force(now));
        in_force
            .map(|grant| (grant.cr_id, (grant, lanes.within(&grant.resource_set))))
            .collect()
    }
}

fn wanting(standing: &Standing) -> Vec<ConsentId> {
    let wanting = standing.grants.iter().filter(|grant| grant.wants_keys);
    wanting.map(|grant| grant.cr_id).collect()
}
