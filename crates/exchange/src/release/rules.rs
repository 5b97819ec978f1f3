//! The rules of releases.

use super::command::ReleaseCommand;
use super::event::ReleaseEvent;
use super::rejection::ReleaseRejection;
use crate::state::View;

/// Decides on a command of this component.
pub(crate) fn decide(view: &View<'_>, command: &ReleaseCommand) -> Result<Vec<ReleaseEvent>, ReleaseRejection> {
    let ReleaseCommand::Record(batch) = command;
    if view.chain().is_none_or(|chain| chain.token_key != *batch.signer()) {
        return Err(ReleaseRejection::WrongKey);
    }
    if batch.content().receipts.is_empty() {
        return Err(ReleaseRejection::BatchEmpty);
    }
    Ok(vec![ReleaseEvent::Recorded { batch: batch.record() }])
}
