//! The machine that the components make together.

use assent_model::machine::{Context, Machine, StateKey, StatusUpdate};
use assent_model::statement::STATEMENT_BYTES_MAX;

use crate::command::Command;
use crate::event::Event;
use crate::identity::command::IdentityCommand;
use crate::rejection::Rejection;
use crate::state::{State, View};
use crate::{consent, identity, link, release, service, stream};

/// The rules of Assent as one deterministic machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exchange;

impl Machine for Exchange {
    type State = State;
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn missing(state: &State, command: &Command, context: Context) -> Vec<StateKey> {
        let view = View::new(state);
        // The answer does not count: only what the rules looked for on the way to it.
        let _ = decide_in(&view, command, context);
        view.into_missing()
    }

    fn decide(state: &State, command: &Command, context: Context) -> Result<Vec<Event>, Rejection> {
        let view = View::new(state);
        let decision = decide_in(&view, command, context);
        let missing = view.into_missing();
        assert!(
            missing.is_empty(),
            "a command is decided once all that it reads is loaded: {missing:?}"
        );
        decision
    }

    fn evolve(state: &mut State, event: &Event, context: Context) {
        match event {
            Event::Identity(event) => identity::evolve(state, event),
            Event::Service(event) => service::evolve(state, event),
            Event::Link(event) => link::evolve(state, event),
            Event::Consent(event) => consent::evolve(state, event, context),
            Event::Release(_) => {}
            Event::Stream(event) => stream::evolve(state, event),
        }
    }

    fn missing_for_event(state: &State, event: &Event) -> Vec<StateKey> {
        let view = View::new(state);
        match event {
            Event::Identity(event) => identity::touched(&view, event),
            Event::Service(event) => service::touched(&view, event),
            Event::Link(event) => link::touched(&view, event),
            Event::Consent(event) => consent::touched(&view, event),
            Event::Release(_) => {}
            Event::Stream(event) => stream::touched(&view, event),
        }
        view.into_missing()
    }

    fn statuses(state: &State, event: &Event) -> Vec<StatusUpdate> {
        match event {
            Event::Link(event) => vec![link::status(state, event)],
            Event::Consent(event) => consent::status(state, event).into_iter().collect(),
            Event::Identity(_) | Event::Service(_) | Event::Release(_) | Event::Stream(_) => {
                Vec::new()
            }
        }
    }
}

fn decide_in(
    view: &View<'_>,
    command: &Command,
    context: Context,
) -> Result<Vec<Event>, Rejection> {
    check_claims(view, command, context)?;
    decide_component(view, command, context)
}

/// What holds for every statement, whatever it says: invariant 10, save for the used-once part,
/// which is the sequencer's.
fn check_claims(view: &View<'_>, command: &Command, context: Context) -> Result<(), Rejection> {
    let audience = match (view.chain(), command) {
        (Some(chain), _) => &chain.id,
        // The genesis gives the chain its name.
        (None, Command::Identity(IdentityCommand::Open(genesis))) => &genesis.envelope().aud,
        (None, _) => return Err(Rejection::ChainNotOpen),
    };
    let claims = command.claims();
    if claims
        .iter()
        .any(|claims| claims.length > STATEMENT_BYTES_MAX)
    {
        return Err(Rejection::StatementTooLarge);
    }
    for claims in claims {
        claims.envelope.check(audience, context.time)?;
    }
    Ok(())
}

fn decide_component(
    view: &View<'_>,
    command: &Command,
    context: Context,
) -> Result<Vec<Event>, Rejection> {
    Ok(match command {
        Command::Identity(command) => {
            each(identity::decide(view, command, context)?, Event::Identity)
        }
        Command::Service(command) => each(service::decide(view, command)?, Event::Service),
        Command::Link(command) => link::decide(view, command, context)?,
        Command::Consent(command) => each(consent::decide(view, command, context)?, Event::Consent),
        Command::Release(command) => each(release::decide(view, command)?, Event::Release),
        Command::Stream(command) => each(stream::decide(view, command, context)?, Event::Stream),
    })
}

fn each<T>(events: Vec<T>, wrap: fn(T) -> Event) -> Vec<Event> {
    events.into_iter().map(wrap).collect()
}
