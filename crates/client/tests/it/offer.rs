//! What is offered of which dataset, and how often and from which age in words: the table that the wallet in the browser is
//! held against too.

use std::collections::BTreeMap;

use assent_api::v1::consents::notice;
use assent_crypto::digest::Digest;
use assent_exchange::consent::{offer, state::Offer};
use assent_model::description::MinimumAge;
use assent_model::ids::PartyId;
use assent_model::names::{ConceptId, DatasetId};
use assent_model::records::service::{DatasetOutline, Outline, PurposeOutline};
use assent_model::vocabulary::{LegalBasis, Resolution};
use serde::Deserialize;
use std::collections::BTreeSet;

use crate::cast::{PURPOSE, describe_requester, name};

#[derive(Deserialize)]
struct Table {
    how_often: BTreeMap<String, BTreeMap<Resolution, String>>,
    minimum_age: BTreeMap<String, BTreeMap<String, Worded>>,
    offers: Vec<Case>,
}

/// The rule of age in words.
#[derive(Debug, PartialEq, Deserialize)]
struct Worded {
    rule: String,
    statement: String,
}

#[derive(Deserialize)]
struct Case {
    what: String,
    purpose: Wanted,
    datasets: Vec<DatasetOutline>,
    offer: Option<BTreeMap<DatasetId, Offered>>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Wanted {
    required: BTreeSet<ConceptId>,
    optional: BTreeSet<ConceptId>,
    resolution: Option<Resolution>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Offered {
    required: BTreeSet<ConceptId>,
    optional: BTreeSet<ConceptId>,
}

fn table() -> Table {
    serde_json::from_str(include_str!("../../../../fixtures/wallet/offers.json")).unwrap()
}

fn spelled(offer: Offer) -> BTreeMap<DatasetId, Offered> {
    let offered = offer.into_iter().map(|(id, offered)| {
        let (required, optional) = (offered.required, offered.optional);
        (id, Offered { required, optional })
    });
    offered.collect()
}

#[test]
fn offers_are_those_of_the_table() {
    for case in table().offers {
        let purpose = PurposeOutline {
            purpose_id: name(PURPOSE),
            legal_basis: LegalBasis::Consent,
            conditions: Digest::ZERO,
            required: case.purpose.required,
            optional: case.purpose.optional,
            resolution: case.purpose.resolution,
        };
        let source = Outline {
            datasets: case.datasets,
            purposes: Vec::new(),
        };
        let made = offer(&purpose, &source).map_err(|refusal| refusal.code().to_owned());
        let expected = case.offer.ok_or_else(|| case.refusal.unwrap_or_default());
        assert_eq!(made.map(spelled), expected, "{}", case.what);
    }
}

#[test]
fn a_notice_says_how_often() {
    let mut described = describe_requester(PartyId::from_bytes([7; 20]));
    for (language, words) in table().how_often {
        for resolution in Resolution::ALL.iter().copied().map(Some).chain([None]) {
            described.datasets[0].resolution = resolution;
            let outline = described.outline();
            let offered = offer(&outline.purposes[0], &outline).unwrap();
            let (purpose, language) = (&described.purposes[0], language.parse().unwrap());
            let notice = notice(&described, purpose, None, &offered, None, &language);
            let said = resolution.map(|resolution| words[&resolution].clone());
            assert_eq!(notice.datasets[0].how_often, said, "{language}");
        }
    }
}

#[test]
fn a_notice_says_from_which_age() {
    let mut described = describe_requester(PartyId::from_bytes([7; 20]));
    for (language, words) in table().minimum_age {
        let language = language.parse().unwrap();
        let mut said = |age: Option<MinimumAge>| {
            described.minimum_age = age;
            let outline = described.outline();
            let offered = offer(&outline.purposes[0], &outline).unwrap();
            let purpose = &described.purposes[0];
            notice(&described, purpose, None, &offered, None, &language).minimum_age
        };
        assert_eq!(said(None), None);
        for (years, expected) in words {
            let age = MinimumAge::try_from(years.parse::<u8>().unwrap()).unwrap();
            let said = said(Some(age)).unwrap();
            assert_eq!(said.years, age);
            let (rule, statement) = (said.rule, said.statement);
            assert_eq!(Worded { rule, statement }, expected, "{language}");
        }
    }
}
