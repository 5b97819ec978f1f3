//! Of what was measured when: nothing is sealed under an epoch that somebody reads who may not read it.
//!
//! What a device measured while it was offline is sent later, when others may have come. A grant that
//! does not give the past covers nothing of it. So before a part is sealed, whoever holds the keys of
//! its lane and may not read it is left out of the lane, and let in again with the first part that it
//! may read. Where others read a lane, a newcomer waits for that part from the beginning.

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::channel::Lane;
use assent_model::ids::ConsentId;

use super::readers::Allowed;
use super::{Dated, Keep, Parcel, Uplink, UplinkError};
use crate::channel::{Measured, Moment, Period};
use crate::streams::Standing;

/// What is sealed of the first so many measurements, by lane.
type Sealable = (usize, Vec<(Lane, Measured)>);

/// Who of those who may read a lane may read a part of it.
struct Split {
    covered: BTreeSet<ConsentId>,
    uncovered: BTreeSet<ConsentId>,
}

impl<K: Keep> Uplink<K> {
    /// Takes of a parcel what the same consents cover, and makes the readers of its lanes those who may
    /// read it.
    pub(super) fn settle_coverage(
        &mut self,
        parcel: Parcel<'_>,
        moment: Moment,
    ) -> Result<Sealable, UplinkError> {
        let standing = self.standing.take().ok_or(UplinkError::StandingOld)?;
        let count = covered_alike(&self.allowed(&standing, moment), parcel.dated);
        let lanes = self.memory.publisher.lanes();
        let parts = (parcel.parts)(count).into_iter();
        let parts: BTreeMap<Lane, Measured> = parts
            .filter_map(|(name, part)| Some((lanes.number(&name)?, part)))
            .collect();
        let before = self.memory.publisher.position();
        let parts = self.settle_lanes(&standing, parts, moment);
        self.standing = Some(standing);
        if self.memory.publisher.position() != before {
            self.remember(true)?;
        }
        Ok((count, parts))
    }

    /// Holds back and lets in, and gives the parts that somebody reads or that are archived.
    fn settle_lanes(
        &mut self,
        standing: &Standing,
        parts: BTreeMap<Lane, Measured>,
        moment: Moment,
    ) -> Vec<(Lane, Measured)> {
        let allowed = self.allowed(standing, moment);
        let mut going: BTreeMap<ConsentId, BTreeSet<Lane>> = BTreeMap::new();
        let mut sealed = Vec::new();
        for (lane, part) in parts {
            let split = split(&allowed, lane, part.period);
            if split.covered.is_empty() && !self.is_archived(lane) {
                continue;
            }
            for id in split.uncovered {
                going.entry(id).or_default().insert(lane);
            }
            for id in split.covered {
                self.release(id, lane);
            }
            sealed.push((lane, part));
        }
        for (id, lanes) in going {
            self.hold_back(id, &lanes, moment);
        }
        self.let_in(standing, &[], moment);
        sealed
    }

    fn release(&mut self, id: ConsentId, lane: Lane) {
        if let Some(back) = self.memory.held_back.get_mut(&id) {
            back.remove(&lane);
        }
        self.memory.held_back.retain(|_, lanes| !lanes.is_empty());
    }

    fn hold_back(&mut self, id: ConsentId, lanes: &BTreeSet<Lane>, moment: Moment) {
        let back = self.memory.held_back.entry(id).or_default();
        back.extend(lanes);
        let publisher = &mut self.memory.publisher;
        let held = publisher.readers().find(|(reader, _)| *reader == id);
        let Some((_, held)) = held.filter(|(_, held)| held.iter().any(|lane| lanes.contains(lane)))
        else {
            return;
        };
        let keep: Vec<Lane> = held
            .into_iter()
            .filter(|lane| !lanes.contains(lane))
            .collect();
        if keep.is_empty() {
            publisher.exclude(&[id], moment);
        } else {
            publisher.narrow(id, &keep, moment);
        }
    }

    /// Whoever comes to a lane that others read waits for the first part that it may read: what is sent
    /// before may be older than its grant. Who was granted the past does not wait.
    pub(super) fn hold_newcomers_back(&mut self, standing: &Standing, moment: Moment) {
        let held: BTreeMap<ConsentId, Vec<Lane>> = self.memory.publisher.readers().collect();
        for (id, (grant, lanes)) in self.allowed(standing, moment) {
            let has =
                |id: &ConsentId, lane: &Lane| held.get(id).is_some_and(|held| held.contains(lane));
            let is_shared = |lane: &Lane| {
                self.is_archived(*lane) || held.keys().any(|other| *other != id && has(other, lane))
            };
            let waits = |lane: &Lane| !has(&id, lane) && is_shared(lane);
            let waiting: BTreeSet<Lane> = lanes.into_iter().filter(waits).collect();
            if !waiting.is_empty() && !grant.bounds.has_history() {
                self.memory.held_back.entry(id).or_default().extend(waiting);
            }
        }
    }

    fn is_archived(&self, lane: Lane) -> bool {
        let name = self.memory.publisher.lanes().name(lane);
        name.is_some_and(|name| self.station.archived.contains(&name.dataset_id))
    }
}

/// How many of these measurements, from the first on, each consent covers or does not: each of them, and all together,
/// which a pause may lie between. A lane of amounts that are older than the measurement is another question
/// than the other lanes: without it, a newcomer would get no gas at all of a long batch that begins with some
/// from before its grant.
fn covered_alike(allowed: &Allowed<'_>, dated: &[Dated]) -> usize {
    let cover = |one: Dated| -> Vec<[bool; 2]> {
        let grants = allowed.values().map(|(grant, _)| &grant.bounds);
        grants
            .map(|bounds| [bounds.cover(one.period), bounds.cover(one.measured)])
            .collect()
    };
    let Some((first, rest)) = dated.split_first() else {
        return 0;
    };
    let (covered, mut all) = (cover(*first), *first);
    let alike = rest.iter().take_while(|one| {
        all = Dated {
            period: all.period.and(one.period),
            measured: all.measured.and(one.measured),
        };
        cover(**one) == covered && cover(all) == covered
    });
    1 + alike.count()
}

fn split(allowed: &Allowed<'_>, lane: Lane, period: Period) -> Split {
    let reading = allowed
        .iter()
        .filter(|(_, (_, lanes))| lanes.contains(&lane));
    let (covered, uncovered): (Vec<_>, Vec<_>) =
        reading.partition(|(_, (grant, _))| grant.bounds.cover(period));
    let ids = |all: Vec<(&ConsentId, _)>| all.into_iter().map(|(id, _)| *id).collect();
    Split {
        covered: ids(covered),
        uncovered: ids(uncovered),
    }
}
