use assent_model::names::DatasetId;
use assent_model::records::identity::Deactivation;
use assent_model::records::service::{
    CONCEPTS_MAX, DATASETS_MAX, DatasetOutline, Outline, PURPOSES_MAX, ServiceRegistration,
};

use super::command::ServiceCommand;
use super::rejection::ServiceRejection;
use super::state::{Description, DescriptionId};
use crate::command::Command;
use crate::fixture::{World, description, name, outline, party, registration, service};
use crate::identity::command::IdentityCommand;
use crate::precedence::{Row, Signed, check, check_covered, codes, outcome};

fn second_version() -> Signed<ServiceRegistration> {
    Signed {
        world: World::of(&["gym", "lab"], &[]),
        signer: "gym",
        content: registration("gym", 2),
        wrap: |registration| Command::Service(ServiceCommand::Register(registration)),
    }
}

const REGISTRATION: &[Row<Signed<ServiceRegistration>>] = &[
    (
        |d| d.content.outline.purposes[0].required.clear(),
        "outline-invalid",
    ),
    (
        |d| d.content.outline.datasets = datasets(DATASETS_MAX + 1),
        "outline-too-large",
    ),
    (
        |d| d.content.description = description("gym", 3),
        "version-not-next",
    ),
    (|d| d.content.provider = party("lab"), "wrong-key"),
];

/// `not-the-provider` and `provider-inactive` are about another provider than the rows above.
const FOREIGN_REGISTRATION: &[Row<Signed<ServiceRegistration>>] = &[
    (
        |d| {
            d.content.description = description("gym", 3);
            d.content.provider = party("lab");
            d.signer = "lab";
        },
        "not-the-provider",
    ),
    (|d| d.signer = "gym", "wrong-key"),
    (
        |d| {
            let party = party("lab");
            let deactivation = d.world.sign("lab", Deactivation { party });
            let command = IdentityCommand::Deactivate(deactivation);
            d.world.accept(&Command::Identity(command));
        },
        "provider-inactive",
    ),
];

fn datasets(count: usize) -> Vec<DatasetOutline> {
    let ids = (0..count).map(|number| name::<DatasetId>(&format!("dataset-{number}")));
    ids.map(|dataset_id| DatasetOutline {
        dataset_id,
        concepts: [name("weight")].into(),
        resolution: None,
    })
    .collect()
}

#[test]
fn refusals_come_in_order() {
    check(second_version(), REGISTRATION);
    check(second_version(), FOREIGN_REGISTRATION);
}

#[test]
fn every_refusal_is_walked() {
    let walked = [codes(REGISTRATION), codes(FOREIGN_REGISTRATION)];
    check_covered(
        &walked,
        ServiceRejection::ALL
            .iter()
            .map(|rejection| rejection.code()),
    );
}

fn check_outline(edit: fn(&mut Outline), expected: &str) {
    let mut draft = second_version();
    edit(&mut draft.content.outline);
    assert_eq!(outcome(&mut draft), expected);
}

fn numbered<T: std::str::FromStr + Ord>(count: usize) -> std::collections::BTreeSet<T> {
    (0..count)
        .map(|number| name(&format!("n{number}")))
        .collect()
}

#[test]
fn an_outline_does_not_contradict_itself() {
    check_outline(|_| {}, "accepted");
    check_outline(|o| *o = Outline::default(), "accepted");
    let again = |o: &mut Outline| o.datasets.push(outline().datasets[0].clone());
    check_outline(again, "outline-invalid");
    let again = |o: &mut Outline| o.purposes.push(outline().purposes[0].clone());
    check_outline(again, "outline-invalid");
    let both = |o: &mut Outline| {
        o.purposes[0].optional.insert(name("weight"));
    };
    check_outline(both, "outline-invalid");
}

#[test]
fn an_outline_has_bounds() {
    check_outline(|o| o.datasets = datasets(DATASETS_MAX), "accepted");
    let large = |o: &mut Outline| o.datasets[0].concepts = numbered(CONCEPTS_MAX);
    check_outline(large, "accepted");
    let too_large = |o: &mut Outline| o.datasets[0].concepts = numbered(CONCEPTS_MAX + 1);
    check_outline(too_large, "outline-too-large");
    // What is required counts with what is optional.
    let large = |o: &mut Outline| o.purposes[1].optional = numbered(CONCEPTS_MAX - 1);
    check_outline(large, "accepted");
    let too_large = |o: &mut Outline| o.purposes[1].optional = numbered(CONCEPTS_MAX);
    check_outline(too_large, "outline-too-large");
    let too_many =
        |o: &mut Outline| o.purposes = vec![outline().purposes[0].clone(); PURPOSES_MAX + 1];
    check_outline(too_many, "outline-too-large");
}

#[test]
fn versions_count_from_one_and_supersede() {
    let mut draft = second_version();
    let mut check_version = |of: &str, version, expected: &str| {
        draft.content.description = description(of, version);
        assert_eq!(outcome(&mut draft), expected, "{of} {version}");
    };
    check_version("another of gym", 0, "version-not-next");
    check_version("another of gym", 1, "accepted");
    check_version("another of gym", 2, "version-not-next");
    check_version("gym", 1, "version-not-next");
    check_version("gym", 2, "accepted");
    check_version("gym", 3, "version-not-next");

    draft.world.describe("gym", 2);
    let is_current = |version| {
        let id = DescriptionId {
            service: service("gym"),
            version,
        };
        draft.world.ledger.stored::<Description>(id).is_current
    };
    assert!(!is_current(1));
    assert!(is_current(2));
}
