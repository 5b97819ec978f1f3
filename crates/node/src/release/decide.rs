//! Decisions: may this data be released now? Fail-closed, and aware of a withdrawal at once.

use std::collections::BTreeMap;

use assent_api::v1::releases::{Decision, DecisionRequest, UseReport};
use assent_crypto::signature::KeyId;
use assent_exchange::consent::state::{Consent, Role, Status};
use assent_exchange::identity::state::Party;
use assent_model::ids::{ConsentId, ReceiptId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::release::{UseAction, UseReceipt};
use assent_model::statement::Verified;
use assent_model::time::Timestamp;

use crate::http::failure::Failure;
use crate::node::Node;

/// Why a release or token is refused. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The person has just stopped the consent.
    Stopping,
    /// The consent is paused.
    Disabled,
    /// The consent was withdrawn, or another took its place.
    Withdrawn,
    /// The consent has reached its end.
    Expired,
    /// The consent does not hold yet.
    NotYetValid,
    /// The record is not a source's.
    WrongRole,
    /// Another key proved possession than the consent names.
    WrongHolder,
    /// The data is wanted for another purpose.
    WrongPurpose,
    /// The dataset is outside the consent.
    DatasetNotCovered,
}

impl Refusal {
    /// All of them, in checking order.
    pub const ALL: &'static [Self] = &[
        Self::Stopping,
        Self::Disabled,
        Self::Withdrawn,
        Self::Expired,
        Self::NotYetValid,
        Self::WrongRole,
        Self::WrongHolder,
        Self::WrongPurpose,
        Self::DatasetNotCovered,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stopping => "consent-stopping",
            Self::Disabled => "consent-disabled",
            Self::Withdrawn => "consent-withdrawn",
            Self::Expired => "consent-expired",
            Self::NotYetValid => "consent-not-yet-valid",
            Self::WrongRole => "wrong-role",
            Self::WrongHolder => "wrong-holder",
            Self::WrongPurpose => "wrong-purpose",
            Self::DatasetNotCovered => "dataset-not-covered",
        }
    }

    /// The same words for the same code.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Stopping => "The person has just stopped the consent",
            Self::Disabled => "The consent is paused",
            Self::Withdrawn => "The consent was withdrawn",
            Self::Expired => "The consent has expired",
            Self::NotYetValid => "The consent is not valid yet",
            Self::WrongRole => "The consent record is not a source's",
            Self::WrongHolder => "Another key proved possession than the consent names",
            Self::WrongPurpose => "The data is wanted for another purpose",
            Self::DatasetNotCovered => "The dataset is outside the consent",
        }
    }
}

/// Why a consent cannot be used at `now`, whatever for.
pub(crate) fn standing_refusal(
    node: &Node,
    cr_id: ConsentId,
    consent: &Consent,
    now: Timestamp,
) -> Option<Refusal> {
    let clock = node.clock.now().max(now);
    match consent.status {
        _ if node.stopping.holds(cr_id) => Some(Refusal::Stopping),
        Status::Disabled { .. } => Some(Refusal::Disabled),
        Status::Withdrawn | Status::Superseded { .. } => Some(Refusal::Withdrawn),
        Status::Expired => Some(Refusal::Expired),
        Status::Active if consent.has_ended(clock) => Some(Refusal::Expired),
        Status::Active if consent.valid_from > clock => Some(Refusal::NotYetValid),
        Status::Active => None,
    }
}

/// The receipt of a use of `consent`, or of its refusal.
pub(crate) fn receipt_for(
    cr_id: ConsentId,
    consent: &Consent,
    action: UseAction,
    refusal: Option<Refusal>,
    at: Timestamp,
) -> UseReceipt {
    UseReceipt {
        receipt_id: ReceiptId::random(),
        cr_id,
        service_id: consent.service.service_id,
        action: if refusal.is_some() {
            UseAction::Refused
        } else {
            action
        },
        purpose_id: consent.usage_rules.purpose_id.clone(),
        resource_set: consent.resource_set.clone(),
        refusal: refusal.map(|refusal| refusal.code().to_owned()),
        at,
    }
}

/// Decides on one release. The receipt is durable before the answer, whichever it is.
///
/// # Errors
/// The caller is not the source's provider, or the node cannot answer: then nothing is released.
pub async fn decide(node: &Node, request: &Verified<DecisionRequest>) -> Result<Decision, Failure> {
    let asked = request.content();
    let consent = node
        .state
        .get::<Consent>(&asked.cr_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    authenticate(node, &consent, request.signer()).await?;
    node.use_once(request)?;
    let head = node.fresh_head().await?;
    // Read again: the block that was waited for may have changed the consent.
    let consent = node
        .state
        .get::<Consent>(&asked.cr_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let refusal = refusal(node, asked, &consent, head.header.time);
    let mut receipt = receipt_for(
        asked.cr_id,
        &consent,
        UseAction::Released,
        refusal,
        node.clock.now(),
    );
    receipt.resource_set = requested_part(asked, &consent);
    node.receipts.append(&receipt).await?;
    // And once more, now that the receipt is durable: a withdrawal may have come meanwhile.
    let refusal = refusal.or_else(|| {
        node.stopping
            .holds(asked.cr_id)
            .then_some(Refusal::Stopping)
    });
    Ok(Decision {
        allowed: refusal.is_none(),
        refusal: refusal.map(|refusal| refusal.code().to_owned()),
        resource_set: if refusal.is_none() {
            receipt.resource_set
        } else {
            BTreeMap::new()
        },
        receipt_id: Some(receipt.receipt_id),
        height: head.header.height,
        time: head.header.time.as_millis(),
    })
}

async fn authenticate(
    node: &Node,
    consent: &Consent,
    signer: &assent_crypto::signature::VerifyingKey,
) -> Result<(), Failure> {
    let provider = node.state.get::<Party>(&consent.provider).await?;
    let is_provider =
        provider.is_some_and(|party| party.is_active() && party.signing_key == *signer);
    // Whoever is not the provider learns nothing about the consent.
    if is_provider {
        Ok(())
    } else {
        Err(Failure::not_found())
    }
}

fn refusal(
    node: &Node,
    asked: &DecisionRequest,
    consent: &Consent,
    now: Timestamp,
) -> Option<Refusal> {
    if let Some(refusal) = holder_refusal(node, asked.cr_id, consent, &asked.holder, now) {
        return Some(refusal);
    }
    if consent.usage_rules.purpose_id != asked.purpose_id {
        Some(Refusal::WrongPurpose)
    } else if !consent.resource_set.contains_key(&asked.dataset_id) {
        Some(Refusal::DatasetNotCovered)
    } else {
        None
    }
}

/// Why the holder of a key may have nothing under a source's record at `now`, whatever it asks for.
pub(crate) fn holder_refusal(
    node: &Node,
    cr_id: ConsentId,
    consent: &Consent,
    holder: &KeyId,
    now: Timestamp,
) -> Option<Refusal> {
    if let Some(refusal) = standing_refusal(node, cr_id, consent, now) {
        return Some(refusal);
    }
    let Role::Source {
        pop_key,
        counterpart,
        ..
    } = &consent.role
    else {
        return Some(Refusal::WrongRole);
    };
    if node.stopping.holds(*counterpart) {
        Some(Refusal::Stopping)
    } else if pop_key != holder {
        Some(Refusal::WrongHolder)
    } else {
        None
    }
}

/// The part of the consent that is asked for: one dataset.
fn requested_part(asked: &DecisionRequest, consent: &Consent) -> ResourceSet {
    let concepts = consent
        .resource_set
        .get(&asked.dataset_id)
        .cloned()
        .unwrap_or_default();
    BTreeMap::from([(asked.dataset_id.clone(), concepts)])
}

/// Writes down what a requester says that it processed.
///
/// # Errors
/// The caller is not the requester's provider, or claims data outside the consent.
pub async fn report_use(node: &Node, report: &Verified<UseReport>) -> Result<UseReceipt, Failure> {
    let said = report.content();
    let consent = node
        .state
        .get::<Consent>(&said.cr_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    authenticate(node, &consent, report.signer()).await?;
    node.use_once(report)?;
    let mut receipt = receipt_for(
        said.cr_id,
        &consent,
        UseAction::Processed,
        None,
        node.clock.now(),
    );
    receipt.resource_set = said.resource_set.clone();
    node.receipts.append(&receipt).await?;
    Ok(receipt)
}
