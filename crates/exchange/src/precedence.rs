//! Tables that walk the refusals of a command in the order in which they are checked.

use assent_model::statement::{Content, Verified};

use crate::command::Command;
use crate::fixture::World;

/// A command before it is signed, and the world that it is meant for.
pub(crate) trait Draft {
    /// The world.
    fn world(&mut self) -> &mut World;

    /// Signs the command as it stands.
    fn command(&mut self) -> Command;
}

/// Breaks one more thing; with it the command is refused with this code.
pub(crate) type Row<D> = (fn(&mut D), &'static str);

/// A command that is accepted as it stands is refused with ever earlier codes the more is broken:
/// the last row breaks what is checked first, and everything below it is broken as well.
pub(crate) fn check<D: Draft>(mut draft: D, rows: &[Row<D>]) {
    assert_eq!(outcome(&mut draft), "accepted");
    for (break_one_more, code) in rows {
        break_one_more(&mut draft);
        assert_eq!(outcome(&mut draft), *code);
    }
}

/// The code of the refusal, or `accepted`.
pub(crate) fn outcome<D: Draft>(draft: &mut D) -> &'static str {
    let command = draft.command();
    match draft.world().decide(&command) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

/// The codes at the ends of the rows.
pub(crate) fn codes<D>(rows: &[Row<D>]) -> Vec<&'static str> {
    rows.iter().map(|(_, code)| *code).collect()
}

/// Every code of `all`, and nothing else, stands at the end of some row.
pub(crate) fn check_covered(walked: &[Vec<&'static str>], all: impl Iterator<Item = &'static str>) {
    let mut walked = walked.concat();
    walked.sort_unstable();
    walked.dedup();
    let mut all: Vec<_> = all.collect();
    all.sort_unstable();
    assert_eq!(walked, all);
}

/// A command of one statement.
pub(crate) struct Signed<T> {
    pub(crate) world: World,
    /// The name of the key that signs.
    pub(crate) signer: &'static str,
    pub(crate) content: T,
    pub(crate) wrap: fn(Verified<T>) -> Command,
}

impl<T: Content> Draft for Signed<T> {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn command(&mut self) -> Command {
        let statement = self.world.sign(self.signer, self.content.clone());
        (self.wrap)(statement)
    }
}
