//! Kantara Consent Receipt Specification 1.1.0 (2018), the JSON form of its section 6.

use assent_model::description::{ProcessingBasis, Provider};
use assent_model::vocabulary::{PurposeCategory, Recipient};
use serde::{Deserialize, Serialize};

use super::{PurposeMissing, ReceiptSource};
use crate::v1::consents::pick;

/// The `version` of receipts that this module writes.
pub const VERSION: &str = "KI-CR-v1.1.0";

/// What stands where the specification wants a telephone number: descriptions hold none.
const NO_PHONE: &str = "not stated";

/// A consent receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConsentReceipt {
    /// [`VERSION`].
    pub version: String,
    /// Country code of the law that the controller answers to.
    pub jurisdiction: String,
    /// When consent was given, in seconds since the epoch.
    pub consent_timestamp: u64,
    /// How it was collected.
    pub collection_method: String,
    /// The consent record.
    #[serde(rename = "consentReceiptID")]
    pub consent_receipt_id: String,
    /// The language of the notice.
    pub language: String,
    /// The pseudonym.
    pub pii_principal_id: String,
    /// Who decides about the processing.
    pub pii_controllers: Vec<Controller>,
    /// The privacy policy.
    pub policy_url: String,
    /// For what.
    pub services: Vec<Service>,
    /// Whether special categories of data are among it.
    pub sensitive: bool,
    /// Which ones.
    pub spi_cat: Vec<String>,
}

/// A controller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Controller {
    /// Its name.
    pub pii_controller: String,
    /// Whether it acts for another.
    pub on_behalf: bool,
    /// Whom to ask.
    pub contact: String,
    /// Where it sits.
    pub address: Address,
    /// Where to write.
    pub email: String,
    /// Where to call.
    pub phone: String,
    /// Its home page.
    pub pii_controller_url: String,
}

/// A postal address (schema.org `PostalAddress`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Address {
    /// All of it.
    pub street_address: String,
    /// Country code.
    pub address_country: String,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Service {
    /// Its name.
    pub service: String,
    /// What it processes the data for.
    pub purposes: Vec<Purpose>,
}

/// A purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Purpose {
    /// In words.
    pub purpose: String,
    /// Always `EXPLICIT`.
    pub consent_type: String,
    /// Its kind, as the specification lists them.
    pub purpose_category: Vec<String>,
    /// The data.
    pub pii_category: Vec<String>,
    /// Whether the service is there for it.
    pub primary_purpose: bool,
    /// What happens when the consent ends.
    pub termination: String,
    /// Whether others receive the data.
    pub third_party_disclosure: bool,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party_name: Option<String>,
}

/// The receipt.
///
/// # Errors
/// The description does not have the purpose.
pub fn receipt(of: &ReceiptSource<'_>) -> Result<ConsentReceipt, PurposeMissing> {
    let common = &of.record.common_part;
    let purpose = of.purpose()?;
    let data: Vec<String> = of
        .chosen(purpose)
        .iter()
        .map(|chosen| chosen.name.to_owned())
        .collect();
    let sensitive = purpose.special_categories;
    Ok(ConsentReceipt {
        version: VERSION.into(),
        jurisdiction: of.controller().jurisdiction.clone(),
        consent_timestamp: of.given_at.as_seconds(),
        collection_method: "consent form, signed with the person's key".into(),
        consent_receipt_id: common.cr_id.to_string(),
        language: common.notice.language.to_string(),
        pii_principal_id: common.surrogate_id.to_string(),
        pii_controllers: vec![controller(of.controller(), &of.requester.instance.url)],
        policy_url: purpose.policy.policy_ref.clone(),
        services: vec![Service {
            service: of.requester.name.clone(),
            purposes: vec![purpose_of(of, purpose, data.clone())],
        }],
        sensitive,
        spi_cat: if sensitive { data } else { Vec::new() },
    })
}

fn controller(provider: &Provider, url: &str) -> Controller {
    Controller {
        pii_controller: provider.name.clone(),
        on_behalf: false,
        contact: provider
            .data_protection_officer
            .clone()
            .unwrap_or_else(|| provider.contact.clone()),
        address: Address {
            street_address: provider.address.clone(),
            address_country: provider.jurisdiction.clone(),
        },
        email: provider.contact.clone(),
        phone: NO_PHONE.into(),
        pii_controller_url: url.to_owned(),
    }
}

fn purpose_of(of: &ReceiptSource<'_>, purpose: &ProcessingBasis, data: Vec<String>) -> Purpose {
    let third_parties = third_parties(purpose);
    Purpose {
        purpose: pick(&purpose.name, of.language()).to_owned(),
        consent_type: "EXPLICIT".into(),
        purpose_category: vec![category(purpose.category).into()],
        pii_category: data,
        primary_purpose: matches!(
            purpose.category,
            PurposeCategory::ServiceProvision | PurposeCategory::RequestedServiceProvision
        ),
        termination: pick(&purpose.termination, of.language()).to_owned(),
        third_party_disclosure: !third_parties.is_empty(),
        third_party_name: (!third_parties.is_empty()).then(|| third_parties.join(", ")),
    }
}

/// Everybody who receives the data beside the service and those who act for it.
fn third_parties(purpose: &ProcessingBasis) -> Vec<String> {
    let named = purpose
        .share_with
        .iter()
        .map(|other| other.org_name.clone());
    let kinds = purpose
        .recipients
        .iter()
        .filter_map(|recipient| match recipient {
            Recipient::Ours => None,
            Recipient::Delivery => Some("delivery services"),
            Recipient::Same => Some("others with the same practices"),
            Recipient::OtherRecipient => Some("others with other practices"),
            Recipient::Unrelated => Some("unrelated third parties"),
            Recipient::Public => Some("the public"),
        });
    named.chain(kinds.map(str::to_owned)).collect()
}

/// The nearest entry of the list in the specification's appendix.
const fn category(category: PurposeCategory) -> &'static str {
    match category {
        PurposeCategory::ServiceProvision => "1 - Core Function",
        PurposeCategory::RequestedServiceProvision
        | PurposeCategory::CustomerManagement
        | PurposeCategory::PaymentManagement => "2 - Contracted Service",
        PurposeCategory::ServicePersonalisation => "5 - Personalized Experience",
        PurposeCategory::Marketing => "6 - Marketing",
        PurposeCategory::LegalCompliance => "12 - Legally Required Data Retention",
        PurposeCategory::FraudPreventionAndDetection
        | PurposeCategory::EnforceSecurity
        | PurposeCategory::PublicBenefit => "15 - Protecting Our Interests",
        PurposeCategory::ServiceOptimisation | PurposeCategory::ResearchAndDevelopment => {
            "16 - Improve Performance"
        }
    }
}
