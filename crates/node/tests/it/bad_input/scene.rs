//! A node with a story on it, and what there was before anybody sent something bad.

use assent_node::http::openapi::Operation;

use crate::calls::{Answered, Calls};
use crate::household::{Cast, Pair};
use crate::traces::{Snapshot, Traces};
use crate::world::World;

/// The largest body that the node takes.
pub(super) const BODY_BYTES_MAX: usize = 64 * 1024;

pub(super) struct Scene {
    pub(super) world: World,
    pub(super) cast: Cast,
    pub(super) pair: Pair,
    traces: Traces,
    before: Snapshot,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let world = World::with(|config| config.body_bytes_max = BODY_BYTES_MAX).await;
        let cast = Cast::enter(&world).await;
        let pair = cast.give(&world, true).await;
        // Whatever still runs for the story is done when another block is.
        world.running.node().intake.fresh_block().await.unwrap();
        let traces = Traces::of(&world).await;
        let before = traces.snapshot(&world).await;
        Self {
            world,
            cast,
            pair,
            traces,
            before,
        }
    }

    /// The story has gone on: only what comes now may leave nothing behind.
    pub(super) async fn go_on(&mut self) {
        self.before = self.traces.snapshot(&self.world).await;
    }

    /// Calls of somebody who may call this operation.
    pub(super) fn calls(&self, operation: &Operation) -> Calls<'_> {
        if operation.needs_proof() {
            Calls::of(&self.world, &self.cast.adviser)
        } else {
            Calls::anonymous(&self.world)
        }
    }

    /// Checks the answer, and that nothing came of the request.
    pub(super) async fn refused(&self, name: &str, answer: &Answered, status: u16, code: &str) {
        let problem = answer
            .problem()
            .unwrap_or_else(|| panic!("{name}: {}", answer.text()));
        assert_eq!(
            (problem.status, problem.code.as_str()),
            (status, code),
            "{name}"
        );
        answer.is_problem(status, code);
        assert_eq!(
            self.traces.snapshot(&self.world).await,
            self.before,
            "{name}"
        );
    }
}
