//! Receipts against what their specifications ask for.

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::description::{
    DataMapping, Dataset, Policy, ProcessingBasis, Provider, ServiceDescription, ServiceInstance,
    ShareWith, Storage,
};
use assent_model::ids::{
    ConsentId, LinkId, PartyId, RequestId, ServiceId, StatusRecordId, SurrogateId,
};
use assent_model::records::Custody;
use assent_model::records::consent::{
    CommonPart, ConsentRecord, ConsentStatus, FirstStatus, NoticeRef, ResourceSet, RolePart,
    UsageRules,
};
use assent_model::time::Timestamp;
use assent_model::vocabulary::{
    CollectionMethod, LegalBasis, ProcessingCategory, PurposeCategory, Recipient, Resolution,
    StorageDuration, StorageLocation, ValueKind,
};
use serde_json::Value;

use super::{By, Change, Happening, PurposeMissing, ReceiptSource, iso_8601, iso_27560, kantara};

const GIVEN_AT: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn name<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a well-formed name")
}

fn texts(english: &str, dutch: &str) -> BTreeMap<assent_model::names::Language, String> {
    [
        (name("en"), english.to_owned()),
        (name("nl"), dutch.to_owned()),
    ]
    .into()
}

/// An adviser that asks for readings; `edit` makes it another.
fn adviser(edit: impl FnOnce(&mut ProcessingBasis)) -> ServiceDescription {
    let mut purpose = ProcessingBasis {
        purpose_id: name("advice"),
        name: texts("Advice on saving energy", "Advies over energie besparen"),
        description: texts("Finds what uses most.", "Vindt wat het meest verbruikt."),
        category: PurposeCategory::RequestedServiceProvision,
        legal_basis: LegalBasis::Consent,
        processing_categories: [ProcessingCategory::Analyse, ProcessingCategory::Profile].into(),
        required_concepts: [name("energy/power")].into(),
        optional_concepts: [name("energy/gas")].into(),
        resolution: None,
        policy: Policy {
            policy_ref: "https://adviser.example/privacy".into(),
            policy_version: "3".into(),
            policy_hash: Digest::of(b"policy"),
        },
        storage: Storage {
            location: StorageLocation::Eu,
            duration: StorageDuration::StatedPurpose,
            period: texts("13 months", "13 maanden"),
        },
        recipients: [Recipient::Ours].into(),
        share_with: Vec::new(),
        obligations: Vec::new(),
        collection_method: CollectionMethod::FromAnotherService,
        termination: texts("All readings are deleted.", "Alle standen worden gewist."),
        automated_decisions: BTreeMap::new(),
        consequences_of_refusal: BTreeMap::new(),
        risks: BTreeMap::new(),
        special_categories: false,
    };
    edit(&mut purpose);
    described("Energy adviser", vec![purpose])
}

fn described(service: &str, purposes: Vec<ProcessingBasis>) -> ServiceDescription {
    let key = SigningKey::from_seed(Digest::of(service.as_bytes()).as_bytes());
    let mapping = |concept: &str, english: &str, dutch: &str| DataMapping {
        property: concept.into(),
        concept_id: name(concept),
        name: texts(english, dutch),
        kind: ValueKind::Quantity,
    };
    ServiceDescription {
        service_id: ServiceId::from_bytes([7; 20]),
        version: 1,
        name: service.into(),
        description: texts("A service.", "Een dienst."),
        logo: None,
        keywords: Vec::new(),
        provider: Provider {
            party_id: PartyId::of(key.verifying_key()),
            business_id: "NL-1".into(),
            name: format!("{service} B.V."),
            address: "Dam 1, Amsterdam".into(),
            jurisdiction: "NL".into(),
            contact: "hello@adviser.example".into(),
            data_protection_officer: None,
            representative: None,
            supervisory_authority: "Autoriteit Persoonsgegevens".into(),
        },
        instance: ServiceInstance {
            url: "https://adviser.example".into(),
            linking_redirect_uris: Vec::new(),
            consent_redirect_uris: Vec::new(),
            data_endpoint: None,
        },
        minimum_age: None,
        datasets: vec![Dataset {
            dataset_id: name("readings"),
            title: texts("Readings", "Standen"),
            description: texts("Every ten seconds.", "Elke tien seconden."),
            publisher: None,
            contact_point: None,
            keywords: Vec::new(),
            spatial: None,
            data_structure_specification: None,
            issued: None,
            modified: None,
            resolution: Some(Resolution::QuarterHour),
            data_mappings: vec![
                mapping("energy/power", "Power", "Vermogen"),
                mapping("energy/gas", "Gas", "Gas"),
            ],
        }],
        purposes,
    }
}

fn chosen(concepts: &[&str]) -> ResourceSet {
    let concepts: BTreeSet<_> = concepts.iter().map(|concept| name(concept)).collect();
    [(name("readings"), concepts)].into()
}

fn record(requester: &ServiceDescription, purpose: &str) -> ConsentRecord {
    ConsentRecord {
        common_part: CommonPart {
            cr_id: ConsentId::from_bytes([1; 20]),
            cr_pair_id: None,
            request_id: RequestId::from_bytes([2; 20]),
            surrogate_id: SurrogateId::from_bytes([3; 20]),
            service: requester.reference(),
            resource_set: chosen(&["energy/power", "energy/gas"]),
            usage_rules: UsageRules {
                purpose_id: name(purpose),
                legal_basis: LegalBasis::Consent,
                conditions: Digest::of(b"conditions"),
            },
            notice: NoticeRef {
                language: name("nl"),
                version: 1,
                digest: Digest::of(b"notice"),
            },
            form: Digest::of(b"form"),
            valid_from: GIVEN_AT,
            valid_until: None,
            custody: Custody::Independent,
            supersedes: None,
        },
        role_specific_part: RolePart::Within {
            slr_id: LinkId::from_bytes([4; 20]),
        },
        status_record: FirstStatus {
            record_id: StatusRecordId::from_bytes([5; 20]),
            consent_status: ConsentStatus::Active,
        },
    }
}

fn source_of<'a>(
    record: &'a ConsentRecord,
    requester: &'a ServiceDescription,
    history: &'a [Happening],
) -> ReceiptSource<'a> {
    ReceiptSource {
        record,
        record_digest: Digest::of(b"record"),
        given_at: GIVEN_AT,
        resource_set: &record.common_part.resource_set,
        history,
        requester,
        source: None,
        node_url: "https://node.example/",
        issued_at: GIVEN_AT,
    }
}

fn kantara_of(edit: impl FnOnce(&mut ProcessingBasis)) -> Value {
    let requester = adviser(edit);
    let record = record(&requester, "advice");
    let receipt =
        kantara::receipt(&source_of(&record, &requester, &[])).expect("the purpose is described");
    serde_json::to_value(receipt).expect("receipts have a JSON form")
}

/// A type in the specification's tables.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Seconds,
    Flag,
    Object,
    Texts,
}

/// What section 6 of the Kantara specification and its published schema require, by path. The
/// schema itself is not among our files: its terms do not let everybody hand it on.
const KANTARA_REQUIRED: &[(&str, Kind)] = &[
    ("version", Kind::Text),
    ("jurisdiction", Kind::Text),
    ("consentTimestamp", Kind::Seconds),
    ("collectionMethod", Kind::Text),
    ("consentReceiptID", Kind::Text),
    ("language", Kind::Text),
    ("piiPrincipalId", Kind::Text),
    ("piiControllers/*/piiController", Kind::Text),
    ("piiControllers/*/onBehalf", Kind::Flag),
    ("piiControllers/*/contact", Kind::Text),
    ("piiControllers/*/address", Kind::Object),
    ("piiControllers/*/email", Kind::Text),
    ("piiControllers/*/phone", Kind::Text),
    ("piiControllers/*/piiControllerUrl", Kind::Text),
    ("policyUrl", Kind::Text),
    ("services/*/service", Kind::Text),
    ("services/*/purposes/*/purpose", Kind::Text),
    ("services/*/purposes/*/consentType", Kind::Text),
    ("services/*/purposes/*/purposeCategory", Kind::Texts),
    ("services/*/purposes/*/piiCategory", Kind::Texts),
    ("services/*/purposes/*/primaryPurpose", Kind::Flag),
    ("services/*/purposes/*/termination", Kind::Text),
    ("services/*/purposes/*/thirdPartyDisclosure", Kind::Flag),
    ("sensitive", Kind::Flag),
    ("spiCat", Kind::Texts),
];

/// The faults of a receipt against the table; empty when it has none.
fn kantara_faults(receipt: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, kind) in KANTARA_REQUIRED {
        let found = at(receipt, path);
        if found.is_empty() || !found.iter().all(|value| is_kind(value, *kind)) {
            faults.push((*path).to_owned());
        }
    }
    for purpose in at(receipt, "services/*/purposes/*") {
        let discloses = purpose["thirdPartyDisclosure"] == true;
        if discloses != purpose["thirdPartyName"].is_string() {
            faults.push("thirdPartyName".into());
        }
    }
    faults
}

fn at<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    path.split('/').fold(vec![value], |values, step| {
        let step_into = |value: &'v Value| -> Vec<&'v Value> {
            match value {
                Value::Array(items) if step == "*" => items.iter().collect(),
                _ => value.get(step).into_iter().collect(),
            }
        };
        values.into_iter().flat_map(step_into).collect()
    })
}

fn is_kind(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.as_str().is_some_and(|text| !text.is_empty()),
        // Milliseconds would be a date in the distant future.
        Kind::Seconds => value
            .as_u64()
            .is_some_and(|seconds| seconds < 100_000_000_000),
        Kind::Flag => value.is_boolean(),
        Kind::Object => value.is_object(),
        Kind::Texts => value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string)),
    }
}

#[test]
fn kantara_receipts_have_everything_that_is_required() {
    let share = |purpose: &mut ProcessingBasis| {
        purpose.recipients.insert(Recipient::Delivery);
        purpose.share_with.push(ShareWith {
            org_name: "Grid".into(),
            org_url: "https://grid.example".into(),
            business_type: "grid operator".into(),
            required: true,
        });
    };
    for receipt in [
        kantara_of(|_| ()),
        kantara_of(share),
        kantara_of(|purpose| purpose.special_categories = true),
    ] {
        assert_eq!(kantara_faults(&receipt), [""; 0], "{receipt:#}");
    }
}

/// The check above finds what is missing or of another type.
#[test]
fn faults_of_kantara_receipts_are_found() {
    for (path, _) in KANTARA_REQUIRED {
        let mut receipt = kantara_of(|_| ());
        let pointer = format!("/{}", path.replace('*', "0"));
        *receipt
            .pointer_mut(&pointer)
            .expect("a full receipt has it") = Value::Null;
        assert_eq!(kantara_faults(&receipt), [*path]);
    }
}

#[test]
fn kantara_receipts_say_what_the_consent_says() {
    let receipt = kantara_of(|purpose| {
        purpose.special_categories = true;
        purpose.recipients.insert(Recipient::Public);
    });
    for (path, expected) in [
        ("version", Value::from("KI-CR-v1.1.0")),
        ("jurisdiction", "NL".into()),
        ("consentTimestamp", 1_767_225_600.into()),
        ("language", "nl".into()),
        (
            "piiControllers/*/piiController",
            "Energy adviser B.V.".into(),
        ),
        (
            "services/*/purposes/*/purpose",
            "Advies over energie besparen".into(),
        ),
        (
            "services/*/purposes/*/purposeCategory/*",
            "2 - Contracted Service".into(),
        ),
        ("services/*/purposes/*/thirdPartyName", "the public".into()),
        ("sensitive", true.into()),
    ] {
        assert_eq!(at(&receipt, path), [&expected], "{path}");
    }
    let names = [Value::from("Gas"), "Vermogen".into()];
    assert_eq!(at(&receipt, "spiCat/*"), names.iter().collect::<Vec<_>>());
}

#[test]
fn kantara_knows_every_category() {
    for category in PurposeCategory::ALL {
        let receipt = kantara_of(|purpose| purpose.category = *category);
        let found = at(&receipt, "services/*/purposes/*/purposeCategory/*");
        let number = found[0]
            .as_str()
            .and_then(|text| text.split(" - ").next()?.parse::<u8>().ok());
        assert!(
            number.is_some_and(|number| (1..=16).contains(&number)),
            "{category:?}"
        );
    }
}

fn iso_of(edit: impl FnOnce(&mut ProcessingBasis), history: &[Happening]) -> Value {
    let requester = adviser(edit);
    let record = record(&requester, "advice");
    iso_27560::receipt(&source_of(&record, &requester, history)).expect("the purpose is described")
}

#[test]
fn iso_says_how_fine_a_stream_is() {
    for (resolution, said) in [
        (None, None),
        (Some(Resolution::Day), Some("P1D")),
        (Some(Resolution::QuarterHour), Some("PT15M")),
        (Some(Resolution::Second), Some("PT1S")),
    ] {
        let mut requester = adviser(|_| ());
        requester.datasets[0].resolution = resolution;
        let record = record(&requester, "advice");
        let receipt = iso_27560::receipt(&source_of(&record, &requester, &[])).expect("described");
        let path =
            "dpv:hasRecordOfActivity/dpv:hasProcess/dpv:hasPersonalData/*/dcat:temporalResolution";
        let found: Vec<_> = at(&receipt, path).into_iter().map(Value::as_str).collect();
        let count = if said.is_some() { 2 } else { 0 };
        assert_eq!(found, vec![said; count], "{resolution:?}");
    }
}

/// Every term with a prefix of the vocabulary that stands in the document.
fn terms_of(value: &Value, terms: &mut BTreeSet<String>) {
    let mut note = |text: &str| {
        if ["dpv:", "eu-gdpr:", "legal-eu:"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            terms.insert(text.to_owned());
        }
    };
    match value {
        Value::String(text) => note(text),
        Value::Array(items) => items.iter().for_each(|item| terms_of(item, terms)),
        Value::Object(members) => {
            members.keys().for_each(|key| note(key));
            members.values().for_each(|member| terms_of(member, terms));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

const ALL_HAPPENINGS: [Change; 6] = [
    Change::Disabled,
    Change::Enabled,
    Change::Narrowed,
    Change::Withdrawn,
    Change::Superseded,
    Change::Expired,
];

#[test]
fn iso_receipts_use_terms_that_the_vocabulary_has() {
    let known: BTreeSet<&str> = include_str!("../../../../../fixtures/dpv/terms.txt")
        .lines()
        .collect();
    let history: Vec<Happening> = [By::Person, By::Operator, By::Time]
        .into_iter()
        .flat_map(|by| {
            ALL_HAPPENINGS.map(|change| Happening {
                change,
                at: GIVEN_AT,
                by,
            })
        })
        .collect();
    let mut terms = BTreeSet::new();
    for category in PurposeCategory::ALL {
        terms_of(
            &iso_of(|purpose| purpose.category = *category, &history),
            &mut terms,
        );
    }
    for basis in LegalBasis::ALL {
        terms_of(
            &iso_of(|purpose| purpose.legal_basis = *basis, &[]),
            &mut terms,
        );
    }
    for location in StorageLocation::ALL {
        terms_of(
            &iso_of(|purpose| purpose.storage.location = *location, &[]),
            &mut terms,
        );
    }
    for duration in StorageDuration::ALL {
        terms_of(
            &iso_of(|purpose| purpose.storage.duration = *duration, &[]),
            &mut terms,
        );
    }
    for method in CollectionMethod::ALL {
        terms_of(
            &iso_of(|purpose| purpose.collection_method = *method, &[]),
            &mut terms,
        );
    }
    let everything = |purpose: &mut ProcessingBasis| {
        purpose.processing_categories = ProcessingCategory::ALL.iter().copied().collect();
        purpose.recipients = Recipient::ALL.iter().copied().collect();
        purpose.special_categories = true;
    };
    terms_of(&iso_of(everything, &[]), &mut terms);
    assert!(terms.len() > 60, "the walk finds terms");
    let unknown: Vec<_> = terms
        .iter()
        .filter(|term| !known.contains(term.as_str()))
        .collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

/// The fields that the guide of the vocabulary requires of receipt and record.
#[test]
fn iso_receipts_have_everything_that_is_required() {
    let receipt = iso_of(|_| (), &[]);
    for field in [
        "@id",
        "@type",
        "dct:identifier",
        "dct:conformsTo",
        "dct:created",
        "dpv:hasRecordOfActivity",
    ] {
        assert!(!receipt[field].is_null(), "{field}");
    }
    let record = &receipt["dpv:hasRecordOfActivity"];
    for field in [
        "@id",
        "@type",
        "dct:identifier",
        "dct:conformsTo",
        "dpv:hasDataSubject",
        "dpv:hasDataController",
        "dpv:hasJurisdiction",
        "dpv:hasApplicableLaw",
        "dpv:hasProcess",
        "dpv:hasConsentControl",
        "dpv:hasRight",
        "dpv:hasNotice",
        "dpv:hasConsentStatus",
    ] {
        assert!(!record[field].is_null(), "{field}");
    }
    let process = &record["dpv:hasProcess"];
    for field in [
        "dpv:hasPurpose",
        "dpv:hasPersonalData",
        "dpv:hasRecipient",
        "dpv:hasStorageCondition",
    ] {
        assert!(!process[field].is_null(), "{field}");
    }
}

#[test]
fn iso_receipts_tell_the_whole_history() {
    let by = By::Operator;
    let history = ALL_HAPPENINGS.map(|change| Happening {
        change,
        at: GIVEN_AT,
        by,
    });
    let receipt = iso_of(|_| (), &history);
    let told = at(
        &receipt,
        "dpv:hasRecordOfActivity/dpv:hasConsentStatus/*/dpv:hasIndicationMethod",
    );
    let expected = [
        "given by a statement signed with the person's key",
        "paused",
        "resumed",
        "narrowed",
        "withdrawn",
        "superseded by another consent",
        "ended as agreed",
    ];
    assert_eq!(told, expected);
}

#[test]
fn data_of_another_service_is_named_as_that_service_names_it() {
    let requester = adviser(|_| ());
    let archive = described("Meter archive", Vec::new());
    let record = record(&requester, "advice");
    let source = ReceiptSource {
        source: Some(&archive),
        ..source_of(&record, &requester, &[])
    };
    let receipt = iso_27560::receipt(&source).expect("the purpose is described");
    let path =
        "dpv:hasRecordOfActivity/dpv:hasProcess/dpv:hasPersonalData/*/dpv:hasDataSource/dct:title";
    assert_eq!(at(&receipt, path), ["Meter archive"; 2]);
}

#[test]
fn a_purpose_that_is_not_described_gives_no_receipt() {
    let requester = adviser(|_| ());
    let record = record(&requester, "marketing");
    let source = source_of(&record, &requester, &[]);
    assert_eq!(kantara::receipt(&source), Err(PurposeMissing));
    assert_eq!(iso_27560::receipt(&source), Err(PurposeMissing));
}

#[test]
fn times_are_iso_8601() {
    for (millis, expected) in [
        (0, "1970-01-01T00:00:00Z"),
        (1_767_225_600_123, "2026-01-01T00:00:00.123Z"),
        (u64::MAX, "9999-12-30T22:00:00.999999999Z"),
    ] {
        assert_eq!(iso_8601(Timestamp::from_millis(millis)), expected);
    }
}
