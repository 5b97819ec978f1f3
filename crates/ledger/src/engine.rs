//! The seam between who orders commands and who executes them.
//!
//! An [`Engine`] decides which commands are in the next block and when that block is final. It
//! knows nothing of rules, state and log: a driver (the node) passes what the engine orders to the
//! [`Sequencer`](crate::sequencer::Sequencer) and to the store. [`LocalEngine`] orders within one
//! process. How the verbs of ABCI 2.0 map to these is in `docs/decisions/0002-engine-seam.md`.

use std::collections::VecDeque;
use std::mem;

use assent_model::time::Timestamp;

use crate::block::BlockHeader;

/// Orders commands. A driver asks for the next step with [`Engine::poll`], does it, and reports.
pub trait Engine {
    /// A verified command.
    type Command;

    /// Offers a command for a coming block.
    ///
    /// # Errors
    /// [`Overloaded`] gives it back where too many are waiting.
    fn submit(&mut self, command: Self::Command) -> Result<(), Overloaded<Self::Command>>;

    /// Says that somebody waits for a block, even for one without commands (to see that the chain
    /// is alive before a release).
    fn request_block(&mut self);

    /// The next thing to do, or nothing for now. `now` becomes the time of a block where it is up
    /// to this engine.
    fn poll(&mut self, now: Timestamp) -> Option<Action<Self::Command>>;

    /// Reports that the block asked for by [`Action::Execute`] was executed, with what header.
    fn executed(&mut self, header: &BlockHeader);

    /// Reports that the block asked for by [`Action::Commit`] is durable.
    fn committed(&mut self);
}

/// What a driver is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<Command> {
    /// Execute the next block, without making it durable.
    Execute(Proposal<Command>),
    /// Make the executed block durable, and only then release its outcomes.
    Commit,
}

/// The content of a block that is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal<Command> {
    /// The time of the block, unless the one before has a later.
    pub time: Timestamp,
    /// The commands, in order.
    pub commands: Vec<Command>,
}

/// Too many commands are waiting; the one offered is inside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("too many commands are waiting")]
pub struct Overloaded<Command>(pub Command);

/// How much a [`LocalEngine`] takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalLimits {
    /// The most commands in a block, at least one.
    pub block_commands_max: usize,
    /// The most commands that wait for a block.
    pub waiting_commands_max: usize,
}

/// The order within one process: first come, first served, one block at a time. While a block is
/// made durable the next commands gather, so that the block is the group commit.
#[derive(Debug)]
pub struct LocalEngine<Command> {
    limits: LocalLimits,
    waiting: VecDeque<Command>,
    block_requested: bool,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Executing,
    Executed,
    Committing,
}

impl<Command> LocalEngine<Command> {
    /// An engine with nothing to do.
    pub fn new(limits: LocalLimits) -> LocalEngine<Command> {
        LocalEngine {
            limits,
            waiting: VecDeque::new(),
            block_requested: false,
            phase: Phase::Idle,
        }
    }

    fn propose(&mut self, time: Timestamp) -> Option<Action<Command>> {
        if self.waiting.is_empty() && !self.block_requested {
            return None;
        }
        self.phase = Phase::Executing;
        self.block_requested = false;
        let count = self.waiting.len().min(self.limits.block_commands_max);
        let commands = self.waiting.drain(..count).collect();
        Some(Action::Execute(Proposal { time, commands }))
    }

    /// Goes from one phase to the next.
    ///
    /// # Panics
    /// Where the driver reports what it was not asked to do.
    fn advance(&mut self, from: Phase, to: Phase) {
        assert_eq!(
            mem::replace(&mut self.phase, to),
            from,
            "the driver does what it is asked"
        );
    }
}

impl<Command> Engine for LocalEngine<Command> {
    type Command = Command;

    fn submit(&mut self, command: Command) -> Result<(), Overloaded<Command>> {
        if self.waiting.len() >= self.limits.waiting_commands_max {
            return Err(Overloaded(command));
        }
        self.waiting.push_back(command);
        Ok(())
    }

    fn request_block(&mut self) {
        self.block_requested = true;
    }

    fn poll(&mut self, now: Timestamp) -> Option<Action<Command>> {
        match self.phase {
            Phase::Idle => self.propose(now),
            Phase::Executed => {
                self.phase = Phase::Committing;
                Some(Action::Commit)
            }
            Phase::Executing | Phase::Committing => None,
        }
    }

    fn executed(&mut self, _header: &BlockHeader) {
        self.advance(Phase::Executing, Phase::Executed);
    }

    fn committed(&mut self) {
        self.advance(Phase::Committing, Phase::Idle);
    }
}
