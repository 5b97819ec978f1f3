//! Small rules to sequence: named counters, and pointers from one name to another.

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::Digest;
use assent_model::machine::{
    Change, Context, CorruptState, Machine, StateKey, StatusUpdate, WorkingSet,
};
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) struct Toy;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Adds to a counter.
    Add(&'static str, u64),
    /// Takes from a counter as much as it has at least.
    Take(&'static str, u64),
    /// Makes a name point at another.
    Point(&'static str, &'static str),
    /// Adds to the counter that a name points at, once for itself and once more.
    AddThrough(&'static str, u64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Event {
    Added {
        name: String,
        by: u64,
        at: Timestamp,
    },
    Taken {
        name: String,
        by: u64,
    },
    Pointed {
        from: String,
        to: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejection {
    TooLittle,
    NoPointer,
}

/// Counters as their decimal text, pointers as the name they point at. `None` is known absence.
#[derive(Default)]
pub(crate) struct State {
    pieces: BTreeMap<StateKey, Option<String>>,
    changed: BTreeSet<StateKey>,
}

fn counter(name: &str) -> StateKey {
    StateKey::new("counter", name)
}

fn pointer(name: &str) -> StateKey {
    StateKey::new("pointer", name)
}

impl State {
    fn unloaded(&self, key: StateKey) -> Vec<StateKey> {
        if self.pieces.contains_key(&key) {
            Vec::new()
        } else {
            vec![key]
        }
    }

    /// Reading what is not loaded is a fault of the sequencer, and fails the test.
    fn read(&self, key: &StateKey) -> Option<&str> {
        self.pieces
            .get(key)
            .expect("asked for before it is read")
            .as_deref()
    }

    fn count(&self, name: &str) -> u64 {
        self.read(&counter(name))
            .map_or(0, |text| text.parse().expect("a number"))
    }

    fn write(&mut self, key: StateKey, value: String) {
        self.read(&key);
        self.changed.insert(key.clone());
        self.pieces.insert(key, Some(value));
    }
}

impl WorkingSet for State {
    fn load(&mut self, key: &StateKey, value: Option<&[u8]>) -> Result<(), CorruptState> {
        let text = value
            .map(|bytes| String::from_utf8(bytes.to_vec()))
            .transpose();
        let text = text.map_err(|_| CorruptState(key.clone()))?;
        assert!(
            self.pieces.insert(key.clone(), text).is_none(),
            "loaded once"
        );
        Ok(())
    }

    fn drain_changes(&mut self) -> Vec<Change> {
        let changed = std::mem::take(&mut self.changed);
        let change = |key: StateKey| {
            let value = self.pieces[&key].clone().map(String::into_bytes);
            Change { key, value }
        };
        changed.into_iter().map(change).collect()
    }

    fn evict(&mut self, pieces: usize) {
        assert!(self.changed.is_empty(), "nothing waits to be drained");
        while self.pieces.len() > pieces {
            self.pieces.pop_first();
        }
    }
}

impl Machine for Toy {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn missing(state: &State, command: &Command, _context: Context) -> Vec<StateKey> {
        match command {
            Command::Add(name, _) | Command::Take(name, _) => state.unloaded(counter(name)),
            Command::Point(from, _) => state.unloaded(pointer(from)),
            Command::AddThrough(name, _) => match state.pieces.get(&pointer(name)) {
                None => vec![pointer(name)],
                Some(None) => Vec::new(),
                Some(Some(target)) => [
                    state.unloaded(counter(name)),
                    state.unloaded(counter(target)),
                ]
                .concat(),
            },
        }
    }

    fn decide(state: &State, command: &Command, context: Context) -> Result<Vec<Event>, Rejection> {
        let added = |name: &str, by| Event::Added {
            name: name.to_owned(),
            by,
            at: context.time,
        };
        match *command {
            Command::Add(_, 0) => Ok(Vec::new()),
            Command::Add(name, by) => Ok(vec![added(name, by)]),
            Command::Take(name, by) if state.count(name) < by => Err(Rejection::TooLittle),
            Command::Take(name, by) => Ok(vec![Event::Taken {
                name: name.to_owned(),
                by,
            }]),
            Command::Point(from, to) => Ok(vec![Event::Pointed {
                from: from.to_owned(),
                to: to.to_owned(),
            }]),
            Command::AddThrough(name, by) => {
                let target = state.read(&pointer(name)).ok_or(Rejection::NoPointer)?;
                Ok(vec![added(name, by), added(target, by)])
            }
        }
    }

    fn evolve(state: &mut State, event: &Event, context: Context) {
        match event {
            Event::Added { name, by, at } => {
                assert_eq!(*at, context.time, "the context of replay is that of then");
                let count = state.count(name) + by;
                state.write(counter(name), count.to_string());
            }
            Event::Taken { name, by } => {
                let count = state.count(name).checked_sub(*by).expect("decided so");
                state.write(counter(name), count.to_string());
            }
            Event::Pointed { from, to } => state.write(pointer(from), to.clone()),
        }
    }

    fn missing_for_event(state: &State, event: &Event) -> Vec<StateKey> {
        match event {
            Event::Added { name, .. } | Event::Taken { name, .. } => state.unloaded(counter(name)),
            Event::Pointed { from, .. } => state.unloaded(pointer(from)),
        }
    }

    fn statuses(state: &State, event: &Event) -> Vec<StatusUpdate> {
        match event {
            Event::Added { name, .. } | Event::Taken { name, .. } => {
                let status = Digest::of(&state.count(name).to_be_bytes());
                vec![StatusUpdate {
                    subject: name.clone(),
                    status,
                }]
            }
            Event::Pointed { .. } => Vec::new(),
        }
    }
}
