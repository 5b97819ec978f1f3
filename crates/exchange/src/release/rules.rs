//! The rules of releases.

use assent_model::records::release::{UseAction, UseReceipt};

use super::command::ReleaseCommand;
use super::event::ReleaseEvent;
use super::rejection::ReleaseRejection;
use crate::state::View;

/// The longest code of a refusal, in characters.
const REFUSAL_CODE_LENGTH_MAX: usize = 64;

/// Decides on a command of this component.
pub(crate) fn decide(
    view: &View<'_>,
    command: &ReleaseCommand,
) -> Result<Vec<ReleaseEvent>, ReleaseRejection> {
    let ReleaseCommand::Record(batch) = command;
    if view
        .chain()
        .is_none_or(|chain| chain.token_key != *batch.signer())
    {
        return Err(ReleaseRejection::WrongKey);
    }
    let receipts = &batch.content().receipts;
    if receipts.is_empty() {
        return Err(ReleaseRejection::BatchEmpty);
    }
    if !receipts.iter().all(names_refusal) {
        return Err(ReleaseRejection::ReceiptInvalid);
    }
    Ok(vec![ReleaseEvent::Recorded {
        batch: batch.record(),
    }])
}

/// Whether a code stands exactly where something was refused, and is a code: no free text, which
/// could hold anything, gets into the log (invariant 11).
fn names_refusal(receipt: &UseReceipt) -> bool {
    let is_code = |text: &String| {
        (1..=REFUSAL_CODE_LENGTH_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    match receipt.action {
        UseAction::Refused => receipt.refusal.as_ref().is_some_and(is_code),
        UseAction::TokenIssued | UseAction::Released | UseAction::Processed => {
            receipt.refusal.is_none()
        }
    }
}
