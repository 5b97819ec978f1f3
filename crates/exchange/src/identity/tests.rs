use assent_model::ids::PartyId;
use assent_model::records::identity::{
    Deactivation, Genesis, KeyRole, KeyRotation, PartyKind, Recovery, Registration, WalletRelease,
};
use assent_model::statement::Verified;
use assent_model::time::Span;

use super::command::IdentityCommand;
use super::rejection::IdentityRejection;
use super::state::{Party, PartyStatus, WalletBuild};
use crate::command::Command;
use crate::fixture::{CHAIN, World, digest, genesis, name, party, public, sealing_key};
use crate::precedence::{Row, Signed, check, check_covered, codes, outcome};

fn draft<T>(
    world: World,
    signer: &'static str,
    content: T,
    wrap: fn(Verified<T>) -> Command,
) -> Signed<T> {
    Signed {
        world,
        signer,
        content,
        wrap,
    }
}

fn opening() -> Signed<Genesis> {
    draft(World::void(), "operator", genesis(), |genesis| {
        Command::Identity(IdentityCommand::Open(genesis))
    })
}

const OPENING: &[Row<Signed<Genesis>>] = &[
    (|d| d.content.operator = party("gym"), "party-mismatch"),
    (|d| d.world = World::empty(), "chain-open"),
];

fn registration() -> Signed<Registration> {
    let mut world = World::empty();
    let content = world.registration("ann", PartyKind::Person);
    draft(world, "ann", content, |registration| {
        Command::Identity(IdentityCommand::Register(registration))
    })
}

const REGISTRATION: &[Row<Signed<Registration>>] = &[
    (
        |d| d.content.recovery = d.world.possession("ann", "ann", KeyRole::Recovery),
        "keys-equal",
    ),
    (
        |d| d.content.recovery = d.world.possession("ann recovery", "ann", KeyRole::Signing),
        "possession-unproven",
    ),
    (
        |d| d.world.register("ann", PartyKind::Person),
        "party-id-taken",
    ),
    (|d| d.signer = "bob", "party-mismatch"),
];

fn rotation() -> Signed<KeyRotation> {
    let mut world = World::of(&["gym"], &[]);
    let content = KeyRotation {
        party: party("gym"),
        signing: world.possession("gym 2", "gym", KeyRole::Signing),
        sealing_key: None,
    };
    draft(world, "gym", content, |rotation| {
        Command::Identity(IdentityCommand::Rotate(rotation))
    })
}

const ROTATION: &[Row<Signed<KeyRotation>>] = &[
    (
        |d| d.content.signing = d.world.possession("gym recovery", "gym", KeyRole::Signing),
        "keys-equal",
    ),
    (
        |d| d.content.signing = d.world.possession("gym recovery", "lab", KeyRole::Signing),
        "possession-unproven",
    ),
    (|d| d.signer = "gym 2", "wrong-key"),
    (|d| deactivate(&mut d.world, "gym"), "party-deactivated"),
    (|d| d.content.party = party("nobody"), "party-unknown"),
];

fn recovery() -> Signed<Recovery> {
    let mut world = World::of(&["gym"], &[]);
    let content = Recovery {
        party: party("gym"),
        signing: world.possession("gym 2", "gym", KeyRole::Signing),
        sealing_key: sealing_key("gym 2"),
    };
    draft(world, "gym recovery", content, |recovery| {
        Command::Identity(IdentityCommand::Recover(recovery))
    })
}

const RECOVERY: &[Row<Signed<Recovery>>] = &[
    (
        |d| d.content.signing = d.world.possession("gym recovery", "gym", KeyRole::Signing),
        "keys-equal",
    ),
    (
        |d| d.content.signing = d.world.possession("gym 2", "gym", KeyRole::Recovery),
        "possession-unproven",
    ),
    (|d| d.signer = "gym", "wrong-key"),
    (|d| deactivate(&mut d.world, "gym"), "party-deactivated"),
    (|d| d.content.party = party("nobody"), "party-unknown"),
];

fn deactivation() -> Signed<Deactivation> {
    let content = Deactivation {
        party: party("gym"),
    };
    draft(World::of(&["gym"], &[]), "gym", content, |deactivation| {
        Command::Identity(IdentityCommand::Deactivate(deactivation))
    })
}

const DEACTIVATION: &[Row<Signed<Deactivation>>] = &[
    (|d| d.signer = "operator", "wrong-key"),
    (|d| deactivate(&mut d.world, "gym"), "party-deactivated"),
    (|d| d.content.party = party("nobody"), "party-unknown"),
];

fn release() -> Signed<WalletRelease> {
    draft(World::empty(), "operator", wallet("build"), |release| {
        Command::Identity(IdentityCommand::PublishWallet(release))
    })
}

const RELEASE: &[Row<Signed<WalletRelease>>] = &[
    (
        |d| {
            let published = d.world.sign("operator", wallet("build"));
            d.world
                .accept(&Command::Identity(IdentityCommand::PublishWallet(
                    published,
                )));
        },
        "wallet-known",
    ),
    (|d| d.signer = "gym", "wrong-key"),
];

fn wallet(build: &str) -> WalletRelease {
    WalletRelease {
        digest: digest(build),
        origin: name("https://wallet.example"),
    }
}

fn deactivate(world: &mut World, of: &str) {
    let deactivation = world.sign(of, Deactivation { party: party(of) });
    world.accept(&Command::Identity(IdentityCommand::Deactivate(
        deactivation,
    )));
}

fn rotate(world: &mut World, of: &str, from: &str, to: &str) -> &'static str {
    let content = KeyRotation {
        party: party(of),
        signing: world.possession(to, of, KeyRole::Signing),
        sealing_key: Some(sealing_key(to)),
    };
    let rotation = world.sign(from, content);
    submit(world, IdentityCommand::Rotate(rotation))
}

fn recover(world: &mut World, of: &str, with: &str, to: &str) -> &'static str {
    let content = Recovery {
        party: party(of),
        signing: world.possession(to, of, KeyRole::Signing),
        sealing_key: sealing_key(to),
    };
    let recovery = world.sign(with, content);
    submit(world, IdentityCommand::Recover(recovery))
}

fn submit(world: &mut World, command: IdentityCommand) -> &'static str {
    match world.submit(&Command::Identity(command)) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

fn stored(world: &World, of: PartyId) -> Party {
    world.ledger.stored(of)
}

#[test]
fn refusals_come_in_order() {
    check(opening(), OPENING);
    check(registration(), REGISTRATION);
    check(rotation(), ROTATION);
    check(recovery(), RECOVERY);
    check(deactivation(), DEACTIVATION);
    check(release(), RELEASE);
}

#[test]
fn every_refusal_is_walked() {
    let walked = [
        codes(OPENING),
        codes(REGISTRATION),
        codes(ROTATION),
        codes(RECOVERY),
        codes(DEACTIVATION),
        codes(RELEASE),
    ];
    check_covered(
        &walked,
        IdentityRejection::ALL
            .iter()
            .map(|rejection| rejection.code()),
    );
}

#[test]
fn a_rotated_key_signs_and_the_old_one_no_longer_does() {
    let mut world = World::of(&["gym"], &[]);
    assert_eq!(rotate(&mut world, "gym", "gym", "gym 2"), "accepted");
    let gym = stored(&world, party("gym"));
    assert_eq!(gym.signing_key, public("gym 2"));
    assert_eq!(gym.sealing_key, sealing_key("gym 2"));
    assert_eq!(rotate(&mut world, "gym", "gym", "gym 3"), "wrong-key");
    assert_eq!(rotate(&mut world, "gym", "gym 2", "gym 3"), "accepted");
}

#[test]
fn rotation_without_a_sealing_key_leaves_the_old_one() {
    let mut rotation = rotation();
    assert_eq!(outcome(&mut rotation), "accepted");
    let command = crate::precedence::Draft::command(&mut rotation);
    rotation.world.accept(&command);
    let gym = stored(&rotation.world, party("gym"));
    assert_eq!(gym.sealing_key, sealing_key("gym"));
}

#[test]
fn the_recovery_key_replaces_a_lost_key() {
    let mut world = World::of(&["gym"], &[]);
    let with_recovery_key = recover(&mut world, "gym", "gym recovery", "gym 2");
    assert_eq!(with_recovery_key, "accepted");
    assert_eq!(rotate(&mut world, "gym", "gym", "gym 3"), "wrong-key");
    assert_eq!(stored(&world, party("gym")).signing_key, public("gym 2"));
}

#[test]
fn an_operator_key_that_was_replaced_is_worth_nothing() {
    let mut world = World::empty();
    let rotated = rotate(&mut world, "operator", "operator", "operator 2");
    assert_eq!(rotated, "accepted");
    let recovered = recover(&mut world, "operator", "operator", "operator 3");
    assert_eq!(recovered, "wrong-key");
    let content = Deactivation {
        party: party("operator"),
    };
    let deactivation = world.sign("operator", content);
    let deactivated = submit(&mut world, IdentityCommand::Deactivate(deactivation));
    assert_eq!(deactivated, "wrong-key");
}

#[test]
fn possession_of_long_ago_or_elsewhere_proves_nothing() {
    let mut late = rotation();
    late.world.wait(Span::from_minutes(10));
    assert_eq!(outcome(&mut late), "possession-unproven");

    let mut elsewhere = rotation();
    elsewhere.world.audience = "assent:other";
    elsewhere.content.signing = elsewhere.world.possession("gym 2", "gym", KeyRole::Signing);
    elsewhere.world.audience = CHAIN;
    assert_eq!(outcome(&mut elsewhere), "possession-unproven");
}

#[test]
fn deactivation_is_final_and_takes_either_key() {
    let mut with_recovery_key = deactivation();
    with_recovery_key.signer = "gym recovery";
    assert_eq!(outcome(&mut with_recovery_key), "accepted");

    let mut world = World::of(&["gym"], &[]);
    deactivate(&mut world, "gym");
    let gym = stored(&world, party("gym"));
    assert_eq!(gym.status, PartyStatus::Deactivated);
    let content = world.registration("gym", PartyKind::Organisation);
    let registration = world.sign("gym", content);
    let registered = submit(&mut world, IdentityCommand::Register(registration));
    assert_eq!(registered, "party-id-taken");
}

#[test]
fn a_build_of_the_wallet_is_published_by_the_operator_of_now_and_stays() {
    let mut world = World::empty();
    let publish = |world: &mut World, signer: &str, build: &str| {
        let release = world.sign(signer, wallet(build));
        submit(world, IdentityCommand::PublishWallet(release))
    };
    assert_eq!(publish(&mut world, "operator", "first"), "accepted");
    assert_eq!(
        rotate(&mut world, "operator", "operator", "operator 2"),
        "accepted"
    );
    assert_eq!(publish(&mut world, "operator", "second"), "wrong-key");
    assert_eq!(publish(&mut world, "operator 2", "second"), "accepted");
    for build in ["first", "second"] {
        let kept: WalletBuild = world.ledger.stored(digest(build));
        assert_eq!(kept.origin.as_str(), "https://wallet.example");
        assert_eq!(publish(&mut world, "operator 2", build), "wallet-known");
    }
}
