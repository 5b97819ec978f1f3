//! A description in lines: each part of it, each thing that is said there, each in its own words.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_model::description::{
    Dataset, Logo, ProcessingBasis, Provider, ServiceDescription, Texts as Said,
};
use assent_model::names::{ConceptId, DatasetId, PurposeId};
use assent_model::vocabulary::Resolution;

use crate::pages::consent::word;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// A part of a description, in the order in which parts are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Service,
    Provider,
    Purpose(PurposeId),
    Dataset(DatasetId),
}

/// What is said in a part: lines by their place and the key of their heading.
pub(super) type Facts = BTreeMap<(usize, &'static str), Vec<String>>;

/// All that a description says.
pub(super) fn facts(description: &ServiceDescription, texts: &Texts) -> BTreeMap<Part, Facts> {
    let mut found = BTreeMap::new();
    found.insert(Part::Service, numbered(service(description, texts)));
    found.insert(Part::Provider, numbered(provider(&description.provider)));
    for one in &description.datasets {
        let part = Part::Dataset(one.dataset_id.clone());
        found.insert(part, numbered(dataset(one, texts)));
    }
    for one in &description.purposes {
        let part = Part::Purpose(one.purpose_id.clone());
        let mut said = purpose(one, texts);
        said.extend(handling(one, texts));
        found.insert(part, numbered(said));
    }
    found
}

type Pairs = Vec<(&'static str, Vec<String>)>;

/// The same heading has the same place in every description.
fn numbered(pairs: Pairs) -> Facts {
    let place = |key| ORDER.iter().position(|known| *known == key);
    let said = pairs.into_iter().filter(|(_, lines)| !lines.is_empty());
    said.map(|(key, lines)| {
        let place = place(key).expect("every heading has a place");
        ((place, key), lines)
    })
    .collect()
}

/// All headings, in the order in which they are shown.
const ORDER: &[&str] = &[
    "compare-name",
    "compare-logo",
    "compare-description",
    "compare-keywords",
    "compare-addresses",
    "notice-age",
    "notice-controller",
    "notice-contact",
    "notice-officer",
    "notice-representative",
    "notice-authority",
    "compare-resolution",
    "compare-concepts",
    "compare-details",
    "notice-purpose",
    "notice-what-for",
    "notice-category",
    "notice-legal-basis",
    "notice-processing",
    "notice-required",
    "notice-optional",
    "notice-special",
    "notice-collection",
    "notice-recipients",
    "notice-shared",
    "notice-location",
    "notice-period",
    "notice-obligations",
    "notice-termination",
    "notice-automated",
    "notice-consequences",
    "notice-risks",
    "notice-policy",
];

/// A text in each of its languages.
fn said(texts: &Said) -> Vec<String> {
    let line = |(language, text): (&assent_model::names::Language, &String)| {
        format!("{language}: {}", plain(text))
    };
    texts.iter().map(line).collect()
}

fn given<'a>(texts: impl IntoIterator<Item = &'a Option<String>>) -> Vec<String> {
    texts
        .into_iter()
        .flatten()
        .map(|text| plain(text))
        .collect()
}

fn all(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| plain(text)).collect()
}

fn service(description: &ServiceDescription, texts: &Texts) -> Pairs {
    let instance = &description.instance;
    let mut addresses = vec![plain(&instance.url)];
    addresses.extend(all(&instance.linking_redirect_uris));
    addresses.extend(all(&instance.consent_redirect_uris));
    addresses.extend(given([&instance.data_endpoint]));
    let logo = description.logo.as_ref().and_then(Logo::bytes);
    // Only that it is another can be said in words.
    let logo = logo.map(|png| Digest::of(&png).to_string());
    let age = description.minimum_age;
    let age = age.map(|age| texts.named("compare-age", &age.to_string()));
    vec![
        ("compare-name", vec![plain(&description.name)]),
        ("compare-logo", logo.into_iter().collect()),
        ("compare-description", said(&description.description)),
        ("compare-keywords", all(&description.keywords)),
        ("compare-addresses", addresses),
        ("notice-age", age.into_iter().collect()),
    ]
}

fn provider(provider: &Provider) -> Pairs {
    let controller = [
        &provider.name,
        &provider.business_id,
        &provider.address,
        &provider.jurisdiction,
    ];
    let controller = controller.map(|text| plain(text));
    vec![
        ("notice-controller", controller.to_vec()),
        ("notice-contact", vec![plain(&provider.contact)]),
        ("notice-officer", given([&provider.data_protection_officer])),
        ("notice-representative", given([&provider.representative])),
        (
            "notice-authority",
            vec![plain(&provider.supervisory_authority)],
        ),
    ]
}

fn dataset(dataset: &Dataset, texts: &Texts) -> Pairs {
    let concept = |mapping: &assent_model::description::DataMapping| {
        let names = said(&mapping.name).join("; ");
        let (id, property) = (&mapping.concept_id, plain(&mapping.property));
        format!("{id} ({property}): {names}")
    };
    let mut details = given([
        &dataset.publisher,
        &dataset.contact_point,
        &dataset.spatial,
        &dataset.data_structure_specification,
        &dataset.issued,
        &dataset.modified,
    ]);
    details.extend(all(&dataset.keywords));
    vec![
        ("compare-name", said(&dataset.title)),
        ("compare-description", said(&dataset.description)),
        ("compare-resolution", resolution(dataset.resolution, texts)),
        (
            "compare-concepts",
            dataset.data_mappings.iter().map(concept).collect(),
        ),
        ("compare-details", details),
    ]
}

fn concepts<'a>(concepts: impl IntoIterator<Item = &'a ConceptId>) -> Vec<String> {
    concepts.into_iter().map(ToString::to_string).collect()
}

/// How often streams have a value, or have to.
fn resolution(resolution: Option<Resolution>, texts: &Texts) -> Vec<String> {
    let words = resolution.map(|resolution| word(texts, "resolution", &resolution));
    words.into_iter().collect()
}

/// What is done with which data, and why.
fn purpose(purpose: &ProcessingBasis, texts: &Texts) -> Pairs {
    let processing = purpose.processing_categories.iter();
    let special = purpose
        .special_categories
        .then(|| texts.get("notice-special-text"));
    vec![
        ("notice-purpose", said(&purpose.name)),
        ("notice-what-for", said(&purpose.description)),
        (
            "notice-category",
            vec![word(texts, "purpose", &purpose.category)],
        ),
        (
            "notice-legal-basis",
            vec![word(texts, "legal-basis", &purpose.legal_basis)],
        ),
        (
            "notice-processing",
            processing
                .map(|one| word(texts, "processing", one))
                .collect(),
        ),
        ("notice-required", concepts(&purpose.required_concepts)),
        ("notice-optional", concepts(&purpose.optional_concepts)),
        ("compare-resolution", resolution(purpose.resolution, texts)),
        ("notice-special", special.into_iter().collect()),
        (
            "notice-collection",
            vec![word(texts, "collection", &purpose.collection_method)],
        ),
    ]
}

/// Who gets the data, where it is kept and what becomes of it.
fn handling(purpose: &ProcessingBasis, texts: &Texts) -> Pairs {
    let recipients = purpose.recipients.iter();
    let shared = purpose.share_with.iter().map(|other| {
        let need = if other.required {
            "compare-required"
        } else {
            "compare-optional"
        };
        let (name, url) = (plain(&other.org_name), plain(&other.org_url));
        let kind = plain(&other.business_type);
        format!("{name} ({kind}), {url}: {}", texts.get(need))
    });
    let obligations = purpose
        .obligations
        .iter()
        .map(|one| format!("{}: {}", plain(&one.event), plain(&one.activity)));
    let mut period = said(&purpose.storage.period);
    period.push(word(texts, "duration", &purpose.storage.duration));
    let policy = &purpose.policy;
    let policy = vec![
        plain(&policy.policy_ref),
        plain(&policy.policy_version),
        format!("SHA-256 {}", policy.policy_hash),
    ];
    vec![
        (
            "notice-recipients",
            recipients
                .map(|one| word(texts, "recipient", one))
                .collect(),
        ),
        ("notice-shared", shared.collect()),
        (
            "notice-location",
            vec![word(texts, "location", &purpose.storage.location)],
        ),
        ("notice-period", period),
        ("notice-obligations", obligations.collect()),
        ("notice-termination", said(&purpose.termination)),
        ("notice-automated", said(&purpose.automated_decisions)),
        (
            "notice-consequences",
            said(&purpose.consequences_of_refusal),
        ),
        ("notice-risks", said(&purpose.risks)),
        ("notice-policy", policy),
    ]
}
