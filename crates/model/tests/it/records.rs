use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::canonical;
use assent_model::ids::{
    ConsentId, LinkId, PartyId, RequestId, ServiceId, StatusRecordId, SurrogateId,
};
use assent_model::records::Custody;
use assent_model::records::account::AccountPseudonym;
use assent_model::records::consent::{
    Acknowledgement, CommonPart, ConsentRecord, ConsentRefusal, ConsentRequest, ConsentStatus,
    ConsentStatusRecord, FirstStatus, NoticeRef, RolePart, UsageRules,
};
use assent_model::records::identity::{
    Deactivation, Genesis, KeyPossession, KeyRotation, Recovery, Registration,
};
use assent_model::records::link::{
    AliasCertificate, LinkCountersignature, LinkRecord, LinkStatusRecord,
};
use assent_model::records::release::ReceiptBatch;
use assent_model::records::service::{
    CONCEPTS_MAX, DATASETS_MAX, DatasetOutline, DescriptionRef, Outline, PURPOSES_MAX,
    PurposeOutline, ServiceRegistration,
};
use assent_model::statement::Content;
use assent_model::time::Timestamp;
use assent_model::vocabulary::LegalBasis;

pub(crate) fn request() -> ConsentRequest {
    ConsentRequest {
        request_id: RequestId::from_bytes([1; 20]),
        provider: PartyId::from_bytes([2; 20]),
        service: described(3),
        slr_id: LinkId::from_bytes([4; 20]),
        surrogate_id: SurrogateId::from_bytes([5; 20]),
        purpose_id: "coaching".parse().expect("a purpose"),
        source: Some(described(6)),
        answer_by: Timestamp::from_millis(1_700_000_000_000),
        valid_until_max: None,
    }
}

fn described(byte: u8) -> DescriptionRef {
    DescriptionRef {
        service_id: ServiceId::from_bytes([byte; 20]),
        version: 1,
        digest: Digest::ZERO,
    }
}

/// Two families with one `typ` could be taken for one another.
#[test]
fn each_family_has_a_typ_of_its_own() {
    let typs = [
        AccountPseudonym::TYP,
        Acknowledgement::TYP,
        AliasCertificate::TYP,
        ConsentRecord::TYP,
        ConsentRefusal::TYP,
        ConsentRequest::TYP,
        ConsentStatusRecord::TYP,
        Deactivation::TYP,
        Genesis::TYP,
        KeyPossession::TYP,
        KeyRotation::TYP,
        LinkCountersignature::TYP,
        LinkRecord::TYP,
        LinkStatusRecord::TYP,
        ReceiptBatch::TYP,
        Recovery::TYP,
        Registration::TYP,
        ServiceRegistration::TYP,
    ];
    let distinct: BTreeSet<&str> = typs.iter().map(|typ| typ.0).collect();
    assert_eq!(distinct.len(), typs.len());
    for typ in distinct {
        assert!(typ.starts_with("assent-") && typ.ends_with("+jwt"), "{typ}");
    }
}

/// What stands in logs is what a reader of the documentation expects.
#[test]
fn a_consent_record_looks_as_documented() {
    let record = ConsentRecord {
        common_part: CommonPart {
            cr_id: ConsentId::from_bytes([0; 20]),
            cr_pair_id: None,
            request_id: RequestId::from_bytes([0; 20]),
            surrogate_id: SurrogateId::from_bytes([0; 20]),
            service: described(0),
            resource_set: [(
                "body".parse().expect("a dataset"),
                ["weight", "pulse"]
                    .map(|concept| concept.parse().expect("a concept"))
                    .into(),
            )]
            .into(),
            usage_rules: UsageRules {
                purpose_id: "coaching".parse().expect("a purpose"),
                legal_basis: LegalBasis::Consent,
                conditions: Digest::ZERO,
            },
            notice: NoticeRef {
                language: "en".parse().expect("a language"),
                version: 1,
                digest: Digest::ZERO,
            },
            form: Digest::ZERO,
            valid_from: Timestamp::from_millis(1_700_000_000_000),
            valid_until: None,
            custody: Custody::Independent,
            supersedes: None,
        },
        role_specific_part: RolePart::Source {
            alias: Digest::ZERO,
            sink: described(0),
            sink_cr_id: ConsentId::from_bytes([0; 20]),
            pop_key: SigningKey::from_seed(&[1; 32]).verifying_key().thumbprint(),
            token_issuer_key: SigningKey::from_seed(&[2; 32]).verifying_key().thumbprint(),
        },
        status_record: FirstStatus {
            record_id: StatusRecordId::from_bytes([0; 20]),
            consent_status: ConsentStatus::Active,
        },
    };
    let json = String::from_utf8(canonical::encode(&record)).expect("JSON is UTF-8");
    let zero = Digest::ZERO.to_string();
    let json = json.replace(&"a".repeat(32), "0").replace(&zero, "0");
    let expected = concat!(
        r#"{"common_part":{"cr_id":"cns_0","custody":"independent","form":"0","#,
        r#""notice":{"digest":"0","language":"en","version":1},"request_id":"crq_0","#,
        r#""resource_set":{"body":["pulse","weight"]},"#,
        r#""service":{"digest":"0","service_id":"svc_0","version":1},"surrogate_id":"sur_0","#,
        r#""usage_rules":{"conditions":"0","legal_basis":"consent","purpose_id":"coaching"},"#,
        r#""valid_from":1700000000000},"#,
        r#""role_specific_part":{"alias":"0","#,
        r#""pop_key":"UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4","role":"source","#,
        r#""sink":{"digest":"0","service_id":"svc_0","version":1},"sink_cr_id":"cns_0","#,
        r#""token_issuer_key":"aVBtapLd11SUVKIMGJfPzOEDuN0sXcmzJQNVT-_sKEU"},"#,
        r#""status_record":{"consent_status":"active","record_id":"csr_0"}}"#,
    );
    assert_eq!(json, expected);
}

fn outline(datasets: usize, purposes: usize, concepts: usize) -> Outline {
    let concepts: BTreeSet<_> = (0..concepts)
        .map(|number| format!("concept-{number}").parse().expect("a concept"))
        .collect();
    let dataset = |number: usize| DatasetOutline {
        dataset_id: format!("dataset-{number}").parse().expect("a dataset"),
        concepts: concepts.clone(),
        resolution: None,
    };
    let purpose = |number: usize| PurposeOutline {
        purpose_id: format!("purpose-{number}").parse().expect("a purpose"),
        legal_basis: LegalBasis::Consent,
        conditions: Digest::ZERO,
        required: concepts.clone(),
        optional: BTreeSet::new(),
        resolution: None,
    };
    Outline {
        datasets: (0..datasets).map(dataset).collect(),
        purposes: (0..purposes).map(purpose).collect(),
    }
}

#[test]
fn an_outline_is_of_bounded_size() {
    let fits =
        |datasets, purposes, concepts| outline(datasets, purposes, concepts).is_within_bounds();
    assert!(fits(0, 0, 0));
    assert!(fits(DATASETS_MAX, PURPOSES_MAX, CONCEPTS_MAX));
    assert!(!fits(DATASETS_MAX + 1, 0, 0));
    assert!(!fits(0, PURPOSES_MAX + 1, 0));
    assert!(!fits(1, 0, CONCEPTS_MAX + 1));
    assert!(!fits(0, 1, CONCEPTS_MAX + 1));
    let mut shared = outline(0, 1, CONCEPTS_MAX);
    let optional = "one-more".parse().expect("a concept");
    shared.purposes[0].optional.insert(optional);
    assert!(!shared.is_within_bounds());
}

#[test]
fn a_purpose_is_found_by_its_id() {
    let outline = outline(0, 2, 1);
    let found = |id: &str| {
        let id = id.parse().expect("a purpose");
        outline
            .purpose(&id)
            .map(|purpose| purpose.purpose_id.clone())
    };
    assert_eq!(found("purpose-1"), "purpose-1".parse().ok());
    assert_eq!(found("purpose-2"), None);
}
