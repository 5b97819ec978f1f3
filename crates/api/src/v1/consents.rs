//! Consent requests, forms, consents, acknowledgements.

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::digest::{Digest, Salt};
use assent_model::description::{MinimumAge, ProcessingBasis, Provider, ServiceDescription, Texts};
use assent_model::ids::{ConsentId, RequestId, ServiceId, SurrogateId};
use assent_model::names::{ConceptId, DatasetId, Language, PurposeId};
use assent_model::records::consent::{ResourceSet, UsageRules};
use assent_model::records::service::DescriptionRef;
use assent_model::vocabulary::Resolution;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/consent-requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskConsent {
    /// A `ConsentRequest` statement.
    pub request: String,
}

/// `POST /v1/consent-requests/{request}/refusal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseConsent {
    /// A `ConsentRefusal` statement.
    pub refusal: String,
}

/// A consent request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestView {
    /// The request.
    #[schema(value_type = String)]
    pub request_id: RequestId,
    /// Who is asked.
    #[schema(value_type = String)]
    pub surrogate_id: SurrogateId,
    /// `requested`, `given`, `refused` or `expired`.
    pub status: String,
    /// The consent that answered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub cr_id: Option<ConsentId>,
    /// The `ConsentRequest` statement.
    pub request: String,
}

/// `GET /v1/consent-requests/{request}/form?language=en`: what to show the person. The notice is
/// what the digest in the consent record covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormView {
    /// The request.
    #[schema(value_type = String)]
    pub request_id: RequestId,
    /// Digest of the canonical [`Notice`].
    #[schema(value_type = String)]
    pub notice_digest: Digest,
    /// The exact text.
    #[schema(value_type = Object)]
    pub notice: Notice,
    /// The usage rules that the record must carry.
    #[schema(value_type = Object)]
    pub usage_rules: UsageRules,
    /// The service that asks, as the record must name it.
    #[schema(value_type = Object)]
    pub service: DescriptionRef,
    /// The source, as the record must name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub source: Option<DescriptionRef>,
    /// The requester's key, for the source's record.
    pub pop_key: String,
}

/// The notice: everything that the person is shown before answering (GDPR articles 13 and 14,
/// ISO/IEC 29184), in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Version of the wording around the description's own texts.
    pub version: u32,
    /// The language of the texts.
    pub language: Language,
    /// The name of the service that asks.
    pub service_name: String,
    /// The service that asks.
    pub service: DescriptionRef,
    /// Who offers it.
    pub provider: Provider,
    /// The purpose with all its conditions.
    pub purpose: ProcessingBasis,
    /// Where the data comes from, when it is another service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<NoticeSource>,
    /// From which age a person may answer by themselves, where the service says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<NoticeAge>,
    /// What can be chosen from.
    pub datasets: Vec<NoticeDataset>,
    /// The latest end that is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_max: Option<u64>,
    /// How to withdraw, and the rights of the person.
    pub rights: Vec<String>,
}

/// The source in a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSource {
    /// The source.
    pub service: DescriptionRef,
    /// What people call it.
    pub name: String,
    /// Who offers it.
    pub provider: Provider,
}

/// The rule of age in a notice, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeAge {
    /// From so many years on.
    pub years: MinimumAge,
    /// What that means.
    pub rule: String,
    /// What the person confirms by saying yes.
    pub statement: String,
}

/// A dataset in a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeDataset {
    /// Which dataset.
    pub dataset_id: DatasetId,
    /// What people call it.
    pub title: String,
    /// How often a value comes, in words, where it is a stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how_often: Option<String>,
    /// What is needed, with names.
    pub required: BTreeMap<ConceptId, String>,
    /// What may be left out, with names.
    pub optional: BTreeMap<ConceptId, String>,
}

/// The form as the person submitted it. Its salted commitment is in the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmittedForm {
    /// The request that it answers.
    pub request_id: RequestId,
    /// The notice that was shown.
    pub notice: Notice,
    /// What was chosen.
    pub resource_set: ResourceSet,
    /// The end that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<u64>,
    /// Whether the person has confirmed the statement about age that the notice has. Absent where
    /// the notice has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub age_confirmed: bool,
}

/// `POST /v1/consents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveConsent {
    /// A `ConsentRecord` statement: `within` or `sink`.
    pub record: String,
    /// The source's `ConsentRecord` statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_record: Option<String>,
    /// The form as submitted.
    #[schema(value_type = Object)]
    pub form: SubmittedForm,
    /// The salt of the form's commitment.
    #[schema(value_type = String)]
    pub form_salt: Salt,
    /// For the source: base64url of an `AliasDisclosure`, sealed to the source's provider (HPKE,
    /// info `assent/v1/seal/alias`, aad = the source's `cr_id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_alias: Option<String>,
}

/// What is sealed to a source: the certificate of a pair's alias, and the salt of the commitment
/// to it in the source's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliasDisclosure {
    /// An `AliasCertificate` statement.
    pub certificate: String,
    /// The salt.
    pub salt: Salt,
}

/// `POST /v1/consents/{consent}/statuses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStatus {
    /// A `ConsentStatusRecord` statement.
    pub record: String,
    /// The same for the other record of a pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<String>,
}

/// `POST /v1/acknowledgements`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// An `Acknowledgement` statement.
    pub acknowledgement: String,
}

/// A consent with its chain of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentView {
    /// The consent.
    #[schema(value_type = String)]
    pub cr_id: ConsentId,
    /// The other record of a pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub counterpart: Option<ConsentId>,
    /// `within`, `sink` or `source`.
    pub role: String,
    /// The service that the record is for.
    #[schema(value_type = String)]
    pub service_id: ServiceId,
    /// The pseudonym.
    #[schema(value_type = String)]
    pub surrogate_id: SurrogateId,
    /// The purpose.
    #[schema(value_type = String)]
    pub purpose_id: PurposeId,
    /// `active`, `disabled`, `withdrawn`, `superseded` or `expired`.
    pub status: String,
    /// What may be delivered now, by dataset.
    #[schema(value_type = Object)]
    pub resource_set: ResourceSet,
    /// What cannot be dropped without withdrawing.
    #[schema(value_type = Vec<String>)]
    pub required: BTreeSet<ConceptId>,
    /// Digest of the last record, for the next one's `prev`.
    #[schema(value_type = String)]
    pub head: Digest,
    /// `not-owed`, `owed`, `acknowledged` or `missed`.
    pub closure: String,
    /// The consent record.
    pub record: String,
    /// The status records, oldest first.
    pub statuses: Vec<String>,
    /// For the provider of a source: the sealed [`AliasDisclosure`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_alias: Option<String>,
}

/// Picks the text for a language: the wanted one, else English, else the first.
pub fn pick<'a>(texts: &'a Texts, language: &Language) -> &'a str {
    let english = || {
        texts
            .iter()
            .find(|(tag, _)| tag.as_str() == "en")
            .map(|(_, text)| text)
    };
    texts
        .get(language)
        .or_else(english)
        .or_else(|| texts.values().next())
        .map_or("", String::as_str)
}

/// Builds the notice from what the requester and the source describe. Pure, so that a wallet can
/// rebuild what it is asked to sign and compare digests.
pub fn notice(
    service: &ServiceDescription,
    purpose: &ProcessingBasis,
    source: Option<&ServiceDescription>,
    offer: &assent_exchange::consent::state::Offer,
    valid_until_max: Option<u64>,
    language: &Language,
) -> Notice {
    let holder = source.unwrap_or(service);
    Notice {
        version: 1,
        language: language.clone(),
        service_name: service.name.clone(),
        service: service.reference(),
        provider: service.provider.clone(),
        purpose: purpose.clone(),
        source: source.map(|source| NoticeSource {
            service: source.reference(),
            name: source.name.clone(),
            provider: source.provider.clone(),
        }),
        minimum_age: service.minimum_age.map(|age| notice_age(age, language)),
        datasets: offer
            .iter()
            .map(|(id, offered)| notice_dataset(holder, id, offered, language))
            .collect(),
        valid_until_max,
        rights: rights(language)
            .iter()
            .map(|text| (*text).to_owned())
            .collect(),
    }
}

/// What every notice says about the person's rights, in the language of the notice where there is a
/// translation, else in English. Version 1 of the wording.
fn rights(language: &Language) -> &'static [&'static str] {
    let primary = language.as_str().split('-').next().unwrap_or_default();
    match primary {
        "nl" => RIGHTS_IN_DUTCH,
        "da" => RIGHTS_IN_DANISH,
        _ => RIGHTS,
    }
}

/// How often a stream of this resolution has a value, in the language of the notice where there is a
/// translation, else in English. Version 1 of the wording.
fn how_often(resolution: Resolution, language: &Language) -> &'static str {
    let primary = language.as_str().split('-').next().unwrap_or_default();
    match (primary, resolution) {
        ("nl", Resolution::Second) => "elke seconde",
        ("nl", Resolution::QuarterHour) => "elk kwartier",
        ("nl", Resolution::Day) => "één keer per dag",
        ("da", Resolution::Second) => "hvert sekund",
        ("da", Resolution::QuarterHour) => "hvert kvarter",
        ("da", Resolution::Day) => "én gang om dagen",
        (_, Resolution::Second) => "every second",
        (_, Resolution::QuarterHour) => "every quarter of an hour",
        (_, Resolution::Day) => "once a day",
    }
}

/// The rule of age, in the language of the notice where there is a translation, else in English.
/// Version 1 of the wording.
fn notice_age(years: MinimumAge, language: &Language) -> NoticeAge {
    let primary = language.as_str().split('-').next().unwrap_or_default();
    let (rule, statement) = match primary {
        "nl" => (
            format!(
                "Vanaf {years} jaar beslist u zelf over deze toestemming. Voor wie jonger is, beslist een ouder of voogd."
            ),
            format!("Ik ben {years} jaar of ouder."),
        ),
        "da" => (
            format!(
                "Fra {years} år bestemmer du selv over dette samtykke. For den, der er yngre, bestemmer en forælder eller værge."
            ),
            format!("Jeg er {years} år eller ældre."),
        ),
        _ => (
            format!(
                "From the age of {years} you decide about this consent yourself. For anybody younger, a parent or guardian decides."
            ),
            format!("I am {years} years old or older."),
        ),
    };
    NoticeAge {
        years,
        rule,
        statement,
    }
}

const RIGHTS_IN_DUTCH: &[&str] = &[
    "U kunt deze toestemming altijd intrekken, even makkelijk als u haar geeft. Wat daarvoor rechtmatig was, blijft dat.",
    "U kunt de aanbieder vragen om inzage in uw gegevens, en om ze te verbeteren, te wissen, de verwerking te beperken of ze over te dragen.",
    "U kunt bezwaar maken tegen de verwerking en een klacht indienen bij de toezichthouder.",
];

const RIGHTS_IN_DANISH: &[&str] = &[
    "Du kan til enhver tid trække dette samtykke tilbage, lige så let som du giver det. Det, der var lovligt før, berøres ikke.",
    "Du kan bede udbyderen om indsigt i dine data og om at få dem rettet, slettet, begrænset eller udleveret.",
    "Du kan gøre indsigelse mod behandlingen og klage til tilsynsmyndigheden.",
];

const RIGHTS: &[&str] = &[
    "You can withdraw this consent at any time, as easily as you give it. Withdrawal does not affect what was lawful before.",
    "You can ask the provider for access to your data, and to correct, erase, restrict or hand over your data.",
    "You can object to the processing, and complain to the supervisory authority.",
];

fn notice_dataset(
    holder: &ServiceDescription,
    id: &DatasetId,
    offered: &assent_exchange::consent::state::OfferedDataset,
    language: &Language,
) -> NoticeDataset {
    let dataset = holder
        .datasets
        .iter()
        .find(|dataset| dataset.dataset_id == *id);
    let name = |concept: &ConceptId| {
        let mapping =
            dataset.and_then(|d| d.data_mappings.iter().find(|m| m.concept_id == *concept));
        let text = mapping.map_or(concept.as_str(), |mapping| pick(&mapping.name, language));
        (concept.clone(), text.to_owned())
    };
    NoticeDataset {
        dataset_id: id.clone(),
        title: dataset
            .map_or(id.as_str(), |dataset| pick(&dataset.title, language))
            .to_owned(),
        how_often: dataset
            .and_then(|dataset| dataset.resolution)
            .map(|resolution| how_often(resolution, language).to_owned()),
        required: offered.required.iter().map(name).collect(),
        optional: offered.optional.iter().map(name).collect(),
    }
}
