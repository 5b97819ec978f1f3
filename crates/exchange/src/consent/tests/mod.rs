mod asking;
mod changing;
mod closing;
mod giving;

use assent_model::machine::StateKey;
use assent_model::records::consent::ConsentStatus;
use assent_model::records::identity::Deactivation;

use super::command::ConsentCommand;
use super::rejection::ConsentRejection;
use super::state::Status;
use crate::collection::Piece;
use crate::command::Command;
use crate::fixture::{World, consent, link, party};
use crate::identity::command::IdentityCommand;
use crate::link::state::Link;
use crate::precedence::check_covered;

#[test]
fn every_refusal_is_walked() {
    let walked = [
        asking::walked(),
        giving::walked(),
        changing::walked(),
        closing::walked(),
    ];
    check_covered(
        &walked.concat(),
        ConsentRejection::ALL
            .iter()
            .map(|rejection| rejection.code()),
    );
}

fn submit(world: &mut World, command: ConsentCommand) -> &'static str {
    match world.submit(&Command::Consent(command)) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

/// The person changes the status of a consent, and of the other record of its pair.
fn change(world: &mut World, id: &str, to: ConsentStatus) -> &'static str {
    let change = world.change(consent(id), to);
    submit(world, ConsentCommand::Change(change))
}

fn status(world: &World, id: &str) -> Status {
    world.consent(consent(id)).status
}

fn deactivate(world: &mut World, of: &str) {
    let deactivation = world.sign(of, Deactivation { party: party(of) });
    let command = IdentityCommand::Deactivate(deactivation);
    world.accept(&Command::Identity(command));
}

/// Makes the rules believe that so many consents are active on Ann's link with *gym*.
fn set_active_consents(world: &mut World, active_consents: i64) {
    let edited = Link {
        active_consents,
        ..world.linked("ann at gym")
    };
    let key = StateKey::new(Link::KIND, link("ann at gym"));
    let value = serde_json::to_vec(&edited).expect("a link has a JSON form");
    world.ledger.store.insert(key.clone(), value);
    world.ledger.load(vec![key]);
}
