//! The rules of consent.

mod ask;
mod change;
mod close;
mod evolve;
mod give;
mod records;

use assent_model::ids::PartyId;
use assent_model::machine::Context;

pub use ask::offer;
pub(crate) use change::change_status;
pub use evolve::committed;
pub(crate) use evolve::{evolve, status, touched};

use super::command::ConsentCommand;
use super::event::ConsentEvent;
use super::rejection::ConsentRejection;
use crate::identity::state::Party;
use crate::state::View;

/// What a rule answers.
type Decision = Result<Vec<ConsentEvent>, ConsentRejection>;

/// Decides on a command of this component.
pub(crate) fn decide(view: &View<'_>, command: &ConsentCommand, context: Context) -> Decision {
    match command {
        ConsentCommand::Ask(request) => ask::ask(view, request, context),
        ConsentCommand::Refuse(refusal) => give::refuse(view, refusal, context),
        ConsentCommand::Give(give) => give::give(view, give, context),
        ConsentCommand::Change(change) => change_status(view, change, context, false),
        ConsentCommand::Acknowledge(acknowledgement) => close::acknowledge(view, acknowledgement),
        ConsentCommand::ExpireRequest(id) => close::expire_request(view, *id, context),
        ConsentCommand::ExpireConsent(id) => close::expire_consent(view, *id, context),
        ConsentCommand::MissAcknowledgement(id) => close::miss_acknowledgement(view, *id, context),
    }
}

/// A provider that still acts.
fn active_provider<'a>(view: &View<'a>, id: PartyId) -> Result<&'a Party, ConsentRejection> {
    view.party(id)
        .filter(|party| party.is_active())
        .ok_or(ConsentRejection::ProviderInactive)
}
