//! A typed part of the working set: the pieces of one kind that are in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use assent_model::machine::{Change, CorruptState, StateKey};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A piece of state with an id of its own.
pub trait Piece: Serialize + DeserializeOwned {
    /// The collection, as it stands in the [`StateKey`].
    const KIND: &'static str;
    /// What tells one piece from another.
    type Id: Display + FromStr + Ord + Clone;
}

/// The key of a piece.
pub(crate) fn key<P: Piece>(id: &P::Id) -> StateKey {
    StateKey::new(P::KIND, id)
}

#[derive(Debug)]
struct Slot<P> {
    /// `None` is knowledge too: there is no such piece.
    piece: Option<P>,
    loaded_at: u64,
}

/// The loaded pieces of one kind.
#[derive(Debug)]
pub struct Collection<P: Piece> {
    slots: BTreeMap<P::Id, Slot<P>>,
    /// What changed since the last drain, so that a block costs as much as it changes and not as
    /// much as is in memory.
    changed: BTreeSet<P::Id>,
    loads: u64,
}

impl<P: Piece> Default for Collection<P> {
    fn default() -> Self {
        Self {
            slots: BTreeMap::new(),
            changed: BTreeSet::new(),
            loads: 0,
        }
    }
}

/// What memory knows of a piece.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known<'a, P> {
    /// It is loaded: here it is, or there is none.
    Loaded(Option<&'a P>),
    /// It must be loaded first.
    Unknown,
}

impl<P: Piece> Collection<P> {
    pub(crate) fn known(&self, id: &P::Id) -> Known<'_, P> {
        match self.slots.get(id) {
            Some(slot) => Known::Loaded(slot.piece.as_ref()),
            None => Known::Unknown,
        }
    }

    /// The piece, for changing it.
    ///
    /// # Panics
    /// It is not there: an event speaks of something that no rule has seen.
    pub(crate) fn expect_mut(&mut self, id: &P::Id) -> &mut P {
        let slot = self
            .slots
            .get_mut(id)
            .expect("the pieces that an event changes are loaded");
        self.changed.insert(id.clone());
        slot.piece
            .as_mut()
            .expect("an event changes only what exists")
    }

    /// Adds or replaces a piece.
    pub(crate) fn put(&mut self, id: P::Id, piece: P) {
        self.loads += 1;
        self.changed.insert(id.clone());
        self.slots.insert(
            id,
            Slot {
                piece: Some(piece),
                loaded_at: self.loads,
            },
        );
    }

    /// Takes in a stored piece if `key` is of this collection; says whether it was.
    pub(crate) fn load(
        &mut self,
        key: &StateKey,
        value: Option<&[u8]>,
    ) -> Result<bool, CorruptState> {
        let Some((kind, id)) = key.as_str().split_once('/') else {
            return Ok(false);
        };
        if kind != P::KIND {
            return Ok(false);
        }
        let id = id.parse().map_err(|_| CorruptState(key.clone()))?;
        let piece = value
            .map(serde_json::from_slice)
            .transpose()
            .map_err(|_| CorruptState(key.clone()))?;
        self.loads += 1;
        self.slots.insert(
            id,
            Slot {
                piece,
                loaded_at: self.loads,
            },
        );
        Ok(true)
    }

    pub(crate) fn drain_changes(&mut self, changes: &mut Vec<Change>) {
        for id in std::mem::take(&mut self.changed) {
            let piece = self.slots.get(&id).and_then(|slot| slot.piece.as_ref());
            changes.push(Change {
                key: key::<P>(&id),
                value: piece
                    .map(|piece| serde_json::to_vec(piece).expect("pieces have a JSON form")),
            });
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Forgets the half that was loaded longest ago.
    pub(crate) fn forget_half(&mut self) {
        let mut ages: Vec<u64> = self.slots.values().map(|slot| slot.loaded_at).collect();
        let middle = ages.len() / 2;
        if ages.is_empty() {
            return;
        }
        let (_, median, _) = ages.select_nth_unstable(middle);
        let median = *median;
        self.slots
            .retain(|id, slot| self.changed.contains(id) || slot.loaded_at > median);
    }
}
