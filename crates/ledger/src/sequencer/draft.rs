//! Executing a block from commands.

use std::collections::BTreeSet;

use assent_model::machine::{CorruptState, Machine, StateKey};
use assent_model::time::Timestamp;

use super::assembly::{Assembly, Outcomes};
use super::{LeafContent, Missing, Sequencer, Step};
use crate::block::Accepted;
use crate::status_map::CorruptNode;

/// A block that is being executed.
pub struct Draft<M: Machine> {
    block: Assembly<M>,
    commands: Vec<M::Command>,
    outcomes: Outcomes<M>,
}

impl<M: Machine> Draft<M> {
    pub(super) fn new(
        sequencer: Sequencer<M>,
        now: Timestamp,
        commands: Vec<M::Command>,
    ) -> Draft<M> {
        let time = now.max(sequencer.head.time);
        let outcomes = Vec::with_capacity(commands.len());
        Draft {
            block: Assembly::new(sequencer, time),
            commands,
            outcomes,
        }
    }

    /// Executes commands until something must be loaded or all are done.
    ///
    /// Each command is decided in the state that the one before left, so what a command needs is
    /// asked again right before its turn: the one before may have led it to another piece.
    pub fn run(mut self) -> Step<M, Draft<M>> {
        while let Some(command) = self.commands.get(self.outcomes.len()) {
            let context = self.block.context();
            if !M::missing(self.block.state(), command, context).is_empty() {
                return Step::Needs(self.missing_state(), self);
            }
            let decision = M::decide(self.block.state(), command, context);
            let outcome = decision.map(|events| self.record(events));
            self.outcomes.push(outcome);
        }
        if let Some(missing) = self.block.missing_nodes() {
            return Step::Needs(missing, self);
        }
        let (block, uncommitted) = self.block.seal(self.outcomes);
        Step::Done(block, uncommitted)
    }

    /// What all commands that are not executed yet need, to be loaded in one go.
    fn missing_state(&self) -> Missing {
        let waiting = &self.commands[self.outcomes.len()..];
        let (state, context) = (self.block.state(), self.block.context());
        let keys = waiting
            .iter()
            .flat_map(|command| M::missing(state, command, context));
        let state = keys.collect::<BTreeSet<_>>().into_iter().collect();
        Missing {
            state,
            ..Missing::default()
        }
    }

    fn record(&mut self, events: Vec<M::Event>) -> Accepted<M::Event> {
        let first_index = self.block.next_index();
        let context = self.block.context();
        for event in &events {
            self.block.record(event, |index| {
                LeafContent {
                    event,
                    height: context.height,
                    index,
                    time: context.time,
                }
                .encode()
            });
        }
        Accepted {
            first_index,
            events,
        }
    }

    /// Takes in a piece of state that was missing, or the knowledge that there is none.
    ///
    /// # Errors
    /// [`CorruptState`] where the bytes are not a piece of that kind.
    pub fn load_state(&mut self, key: &StateKey, value: Option<&[u8]>) -> Result<(), CorruptState> {
        self.block.load_state(key, value)
    }

    /// Takes in a node of the status map that was missing, or the knowledge that there is none.
    ///
    /// # Errors
    /// [`CorruptNode`] where it is not the node that the status root commits to.
    pub fn load_node(&mut self, path: &str, encoded: Option<&[u8]>) -> Result<(), CorruptNode> {
        self.block.load_node(path, encoded)
    }
}
