use assent_crypto::digest::Digest;
use assent_model::ids::StreamId;
use assent_model::records::identity::{Deactivation, PartyKind};
use assent_model::records::stream::{StreamAnchor, StreamClosing, StreamHolding, StreamOpening};
use assent_model::statement::Nested;
use assent_model::time::Span;

use super::command::StreamCommand;
use super::rejection::StreamRejection;
use super::state::{Pairing, Stream, StreamStatus};
use crate::command::Command;
use crate::fixture::{World, bytes, party, pseudonym};
use crate::identity::command::IdentityCommand;
use crate::precedence::{Draft, Row, Signed, check, check_covered, codes, outcome};

fn stream(name: &str) -> StreamId {
    StreamId::from_bytes(bytes(name))
}

struct Opening {
    world: World,
    stream: StreamId,
    device: &'static str,
    signer: &'static str,
    /// Who signs as the holder, and what it signs.
    holder: &'static str,
    edit_holding: fn(&mut StreamHolding),
    /// How old the holder's word is.
    age: Span,
}

impl Draft for Opening {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn command(&mut self) -> Command {
        let mut holding = StreamHolding {
            stream_id: self.stream,
            device: party(self.device),
            holder: pseudonym(self.holder),
        };
        (self.edit_holding)(&mut holding);
        let holding = Nested::from(&self.world.sign(self.holder, holding));
        let opening = StreamOpening {
            stream_id: self.stream,
            device: party(self.device),
            holding,
        };
        self.world.wait(self.age);
        Command::Stream(StreamCommand::Open(self.world.sign(self.signer, opening)))
    }
}

fn opening() -> Opening {
    let mut world = World::empty();
    world.register("meter", PartyKind::Device);
    world.register("gym", PartyKind::Organisation);
    Opening {
        world,
        stream: stream("s"),
        device: "meter",
        signer: "meter",
        holder: "ann's stream",
        edit_holding: |_| {},
        age: Span::from_seconds(0),
    }
}

fn paired() -> World {
    let mut draft = opening();
    let command = draft.command();
    draft.world.accept(&command);
    draft.world
}

fn pair_again(draft: &mut Opening) {
    let mut other = opening();
    std::mem::swap(&mut other.world, &mut draft.world);
    let command = other.command();
    other.world.accept(&command);
    std::mem::swap(&mut other.world, &mut draft.world);
    draft.stream = stream("t");
}

const OPENING: &[Row<Opening>] = &[
    (pair_again, "device-paired"),
    (|d| d.stream = stream("s"), "stream-id-taken"),
    (
        |d| d.edit_holding = |said| said.stream_id = stream("other"),
        "holding-unproven",
    ),
    (|d| d.signer = "gym", "wrong-key"),
    (|d| d.device = "gym", "not-a-device"),
    (
        |d| {
            let deactivation = d.world.sign(
                "gym",
                Deactivation {
                    party: party("gym"),
                },
            );
            let command = IdentityCommand::Deactivate(deactivation);
            d.world.accept(&Command::Identity(command));
        },
        "device-inactive",
    ),
];

fn anchoring() -> Signed<StreamAnchor> {
    Signed {
        world: paired(),
        signer: "meter",
        content: StreamAnchor {
            stream_id: stream("s"),
            sequence: 7,
            head: Digest::of(b"record 7"),
        },
        wrap: |anchor| Command::Stream(StreamCommand::Anchor(anchor)),
    }
}

const ANCHORING: &[Row<Signed<StreamAnchor>>] = &[
    (
        |d| {
            let command = d.command();
            d.world.accept(&command);
        },
        "anchor-not-later",
    ),
    (|d| d.signer = "ann's stream", "wrong-key"),
    (|d| close(&mut d.world), "stream-closed"),
    (|d| d.content.stream_id = stream("t"), "stream-unknown"),
];

fn closing() -> Signed<StreamClosing> {
    Signed {
        world: paired(),
        signer: "ann's stream",
        content: StreamClosing {
            stream_id: stream("s"),
        },
        wrap: |closing| Command::Stream(StreamCommand::Close(closing)),
    }
}

fn close(world: &mut World) {
    let closing = StreamClosing {
        stream_id: stream("s"),
    };
    let closing = world.sign("ann's stream", closing);
    world.accept(&Command::Stream(StreamCommand::Close(closing)));
}

const CLOSING: &[Row<Signed<StreamClosing>>] = &[
    (|d| d.signer = "operator", "wrong-key"),
    (|d| close(&mut d.world), "stream-closed"),
    (|d| d.content.stream_id = stream("t"), "stream-unknown"),
];

#[test]
fn refusals_come_in_order() {
    check(opening(), OPENING);
    check(anchoring(), ANCHORING);
    check(closing(), CLOSING);
}

#[test]
fn every_refusal_is_walked() {
    check_covered(
        &[codes(OPENING), codes(ANCHORING), codes(CLOSING)],
        StreamRejection::ALL
            .iter()
            .map(|rejection| rejection.code()),
    );
}

/// Pairing takes both: neither can bring the other into it, nor use an old word of it.
#[test]
fn nobody_is_paired_against_their_will() {
    let check_opening = |edit: fn(&mut Opening), expected: &str| {
        let mut draft = opening();
        edit(&mut draft);
        assert_eq!(outcome(&mut draft), expected);
    };
    // Somebody else's word, and a word about another device.
    let unproven = "holding-unproven";
    check_opening(
        |d| d.edit_holding = |said| said.holder = pseudonym("bob"),
        unproven,
    );
    check_opening(
        |d| d.edit_holding = |said| said.device = party("gym"),
        unproven,
    );
    check_opening(|d| d.age = Span::from_minutes(11), unproven);
    check_opening(|d| d.signer = "ann's stream", "wrong-key");
}

/// A device that is paired anew writes another stream, under another holder.
#[test]
fn unpairing_frees_the_device_for_another_stream() {
    let mut world = paired();
    close(&mut world);
    assert_eq!(
        world.ledger.stored::<Stream>(stream("s")).status,
        StreamStatus::Closed
    );
    let mut again = opening();
    std::mem::swap(&mut again.world, &mut world);
    assert_eq!(outcome(&mut again), "stream-id-taken");
    again.stream = stream("t");
    again.holder = "ben's stream";
    let command = again.command();
    again.world.accept(&command);
    let stored: Stream = again.world.ledger.stored(stream("t"));
    assert_eq!(stored.holder, pseudonym("ben's stream"));
    assert_eq!(
        again.world.ledger.stored::<Stream>(stream("s")).status,
        StreamStatus::Closed
    );
}

/// The devices that upstream adds and deletes (`decentralized-auth`, `devices-test.js`): what is no event of
/// a device changes nothing, and who was deleted is gone.
#[test]
fn devices_are_those_that_were_added_and_not_deleted() {
    struct Step(&'static str, &'static str);
    let check_devices = |steps: &[Step], expected: &[&'static str]| {
        let mut world = World::empty();
        for meter in ["1", "2", "3"] {
            world.register(meter, PartyKind::Device);
        }
        for Step(event, meter) in steps {
            match *event {
                "added" => {
                    let mut draft = opening();
                    draft.stream = stream(meter);
                    draft.device = meter;
                    draft.signer = meter;
                    std::mem::swap(&mut draft.world, &mut world);
                    let command = draft.command();
                    draft.world.accept(&command);
                    std::mem::swap(&mut draft.world, &mut world);
                }
                "deleted" => {
                    let closing = StreamClosing {
                        stream_id: stream(meter),
                    };
                    let closing = world.sign("ann's stream", closing);
                    world.accept(&Command::Stream(StreamCommand::Close(closing)));
                }
                _ => world.register(meter, PartyKind::Organisation),
            }
        }
        let is_paired = |meter: &&&str| {
            let pairing: Pairing = world.ledger.stored(party(meter));
            pairing.stream.is_some()
        };
        let paired: Vec<&str> = ["1", "2", "3"].iter().filter(is_paired).copied().collect();
        assert_eq!(paired, expected);
    };
    let steps = [
        Step("added", "1"),
        Step("dummy", "somebody"),
        Step("added", "2"),
        Step("deleted", "1"),
        Step("added", "3"),
    ];
    check_devices(&steps, &["2", "3"]);
}

/// The device unpairs as well as the person does.
#[test]
fn either_side_can_unpair() {
    let mut draft = closing();
    draft.signer = "meter";
    assert_eq!(outcome(&mut draft), "accepted");
}
