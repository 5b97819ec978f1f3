use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_model::canonical;
use assent_model::description::{
    DataMapping, Dataset, DescriptionError, MinimumAge, Policy, ProcessingBasis, Provider,
    ServiceDescription, ServiceInstance, Storage, Texts,
};
use assent_model::ids::{PartyId, ServiceId};
use assent_model::names::ConceptId;
use assent_model::vocabulary::{
    CollectionMethod, LegalBasis, ProcessingCategory, PurposeCategory, Recipient, StorageDuration,
    StorageLocation, ValueKind,
};

fn texts(text: &str) -> Texts {
    [("en".parse().expect("a language"), text.into())].into()
}

fn concepts(names: &[&str]) -> BTreeSet<ConceptId> {
    let concepts = names.iter().map(|name| name.parse().expect("a concept"));
    concepts.collect()
}

fn dataset(id: &str, names: &[&str]) -> Dataset {
    let mapping = |name: &&str| DataMapping {
        property: format!("{name}-field"),
        concept_id: name.parse().expect("a concept"),
        name: texts(name),
        kind: ValueKind::Quantity,
    };
    Dataset {
        dataset_id: id.parse().expect("a dataset"),
        title: texts(id),
        description: texts(id),
        publisher: None,
        contact_point: None,
        keywords: Vec::new(),
        spatial: None,
        data_structure_specification: None,
        issued: None,
        modified: None,
        resolution: None,
        data_mappings: names.iter().map(mapping).collect(),
    }
}

fn purpose(id: &str, required: &[&str], optional: &[&str]) -> ProcessingBasis {
    ProcessingBasis {
        purpose_id: id.parse().expect("a purpose"),
        name: texts(id),
        description: texts(id),
        category: PurposeCategory::ServiceProvision,
        legal_basis: LegalBasis::Consent,
        processing_categories: [ProcessingCategory::Use].into(),
        required_concepts: concepts(required),
        optional_concepts: concepts(optional),
        resolution: None,
        policy: Policy {
            policy_ref: "https://gym.example/privacy".into(),
            policy_version: "1".into(),
            policy_hash: Digest::ZERO,
        },
        storage: Storage {
            location: StorageLocation::Eu,
            duration: StorageDuration::StatedPurpose,
            period: texts("a year"),
        },
        recipients: [Recipient::Ours].into(),
        share_with: Vec::new(),
        obligations: Vec::new(),
        collection_method: CollectionMethod::FromThePerson,
        termination: texts("Data is erased."),
        automated_decisions: Texts::new(),
        consequences_of_refusal: Texts::new(),
        risks: Texts::new(),
        special_categories: false,
    }
}

fn description() -> ServiceDescription {
    ServiceDescription {
        service_id: ServiceId::from_bytes([1; 20]),
        version: 1,
        name: "Gym".into(),
        description: texts("A gym."),
        logo: None,
        keywords: Vec::new(),
        provider: Provider {
            party_id: PartyId::from_bytes([2; 20]),
            business_id: "1".into(),
            name: "Gym Ltd".into(),
            address: "Street 1".into(),
            jurisdiction: "NL".into(),
            contact: "gym@gym.example".into(),
            data_protection_officer: None,
            representative: None,
            supervisory_authority: "AP".into(),
        },
        instance: ServiceInstance {
            url: "https://gym.example".into(),
            linking_redirect_uris: Vec::new(),
            consent_redirect_uris: Vec::new(),
            data_endpoint: None,
        },
        minimum_age: None,
        datasets: vec![
            dataset("body", &["weight", "pulse"]),
            dataset("person", &["age"]),
        ],
        purposes: vec![
            purpose("coaching", &["weight"], &["age"]),
            purpose("research", &["age"], &[]),
        ],
    }
}

type Edit = fn(&mut ServiceDescription);

/// Each row breaks one more thing, which is checked before all those that are broken already.
const CHECKS: &[(Edit, &str)] = &[
    (
        |d| d.purposes[0].termination.clear(),
        "the text `name, description or termination of a purpose` has no language",
    ),
    (
        |d| d.datasets[0].title.clear(),
        "the text `title of a dataset` has no language",
    ),
    (
        |d| d.description.clear(),
        "the text `description` has no language",
    ),
    (
        |d| d.purposes[0].optional_concepts = concepts(&["weight"]),
        "the concept weight is both required and optional",
    ),
    (
        |d| d.purposes[1].required_concepts.clear(),
        "the purpose research requires no concept",
    ),
    (
        |d| d.purposes[1].purpose_id = d.purposes[0].purpose_id.clone(),
        "two purposes have the id coaching",
    ),
    (
        |d| d.datasets[0] = dataset("body", &["pulse", "pulse"]),
        "the concept pulse stands twice in one dataset",
    ),
    (
        |d| d.datasets[1].dataset_id = d.datasets[0].dataset_id.clone(),
        "two datasets have the id body",
    ),
];

#[test]
fn faults_are_found_in_order() {
    let mut description = description();
    assert_eq!(description.check(), Ok(()));
    let mut faults: Vec<DescriptionError> = Vec::new();
    for (break_one_more, expected) in CHECKS {
        break_one_more(&mut description);
        let fault = description.check().expect_err("a fault");
        assert_eq!(fault.to_string(), *expected);
        faults.push(fault);
    }
    // The last row is checked first; the three texts are one variant.
    faults.reverse();
    assert!(faults[..5].is_sorted());
}

#[test]
fn each_text_of_a_purpose_is_needed() {
    let clears: [fn(&mut ProcessingBasis); 3] = [
        |purpose| purpose.name.clear(),
        |purpose| purpose.description.clear(),
        |purpose| purpose.termination.clear(),
    ];
    for clear in clears {
        let mut description = description();
        clear(&mut description.purposes[1]);
        assert!(matches!(
            description.check(),
            Err(DescriptionError::TextMissing(_))
        ));
    }
}

#[test]
fn the_outline_is_what_rules_read() {
    let description = description();
    let outline = description.outline();
    let ids: Vec<&str> = outline
        .datasets
        .iter()
        .map(|dataset| dataset.dataset_id.as_str())
        .collect();
    assert_eq!(ids, ["body", "person"]);
    assert_eq!(outline.datasets[0].concepts, concepts(&["weight", "pulse"]));
    let coaching = &outline.purposes[0];
    assert_eq!(coaching.required, concepts(&["weight"]));
    assert_eq!(coaching.optional, concepts(&["age"]));
    assert_eq!(coaching.legal_basis, LegalBasis::Consent);
    assert_eq!(coaching.conditions, description.purposes[0].digest());
    assert!(outline.is_within_bounds());
}

#[test]
fn the_reference_pins_the_whole_text() {
    let description = description();
    let reference = description.reference();
    assert_eq!(reference.service_id, description.service_id);
    assert_eq!(
        reference.digest,
        Digest::of(&canonical::encode(&description))
    );
    let mut reworded = description.clone();
    reworded.purposes[0].termination = texts("Data is kept.");
    assert_ne!(reworded.reference().digest, reference.digest);
    // A condition of the purpose changed as well, so consents for the old one do not match it.
    let (old, new) = (description.outline(), reworded.outline());
    assert_ne!(old.purposes[0].conditions, new.purposes[0].conditions);
    assert_eq!(old.purposes[1].conditions, new.purposes[1].conditions);
}

#[test]
fn a_purpose_is_found_by_its_id() {
    let description = description();
    let found = |id: &str| description.purpose(&id.parse().expect("a purpose"));
    assert_eq!(found("research"), Some(&description.purposes[1]));
    assert_eq!(found("nothing"), None);
}

#[test]
fn a_description_survives_its_canonical_encoding() {
    let description = description();
    let bytes = canonical::encode(&description);
    let read: ServiceDescription = canonical::decode(&bytes).expect("canonical");
    assert_eq!(read, description);
}

#[test]
fn an_age_is_one_that_the_law_knows() {
    for years in 0..=u8::MAX {
        let read = serde_json::from_str::<MinimumAge>(&years.to_string());
        let read = read.ok().map(MinimumAge::years);
        assert_eq!(read, (13..=18).contains(&years).then_some(years));
    }
    for spelled in ["-16", "16.5", "\"16\"", "null", "272", "1e1"] {
        let read = serde_json::from_str::<MinimumAge>(spelled);
        assert!(read.is_err(), "{spelled}");
    }
}

#[test]
fn an_age_is_part_of_what_is_digested() {
    let mut described = description();
    let without = described.reference().digest;
    assert!(
        !canonical::encode(&described)
            .windows(11)
            .any(|part| part == b"minimum_age" || part.starts_with(b"logo"))
    );
    described.minimum_age = MinimumAge::try_from(16).ok();
    let at_sixteen = described.reference().digest;
    described.minimum_age = MinimumAge::try_from(13).ok();
    assert_ne!(without, at_sixteen);
    assert_ne!(at_sixteen, described.reference().digest);
}
