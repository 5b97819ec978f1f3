//! Looking at a consent, and what is done when it is not in force any more.

use assent_client::chain_check::{self, CheckedConsent};
use assent_client::statements::link::PinnedLink;
use assent_model::ids::ConsentId;

use super::is_active;
use crate::household::Phase;
use crate::households::Household;
use crate::insights::Insights;
use crate::now;
use crate::provider::ProviderError;

/// A consent's `closure` when the node waits for an acknowledgement, in vain so far or not.
const WAITS: [&str; 2] = ["owed", "missed"];

/// Where a consent stands, as far as this service can tell.
#[derive(Debug)]
pub enum Standing {
    /// Readings may be read.
    InForce(Box<CheckedConsent>),
    /// Not for now.
    Paused,
    /// Never again.
    Over,
    /// The node cannot be asked. What is there stays; nothing new comes.
    Unknown,
}

/// Looks at the consent of a household, and acts on it when it is not in force.
pub(super) async fn look(insights: &Insights, household: &Household) -> Standing {
    let consent = match current(insights, household).await {
        Some(Ok(consent)) => consent,
        Some(Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a consent is not known"
            );
            return Standing::Unknown;
        }
        None => return Standing::Over,
    };
    if is_active(&consent) {
        if household.record().phase == Phase::Paused {
            insights.change(household, |record| record.phase = Phase::Waiting);
        }
        return Standing::InForce(Box::new(consent));
    }
    let standing = consent.standing();
    if standing == chain_check::Standing::Disabled && consent.is_within_period(now()) {
        if household.record().phase != Phase::Paused {
            forget(insights, household, Phase::Paused);
        }
        acknowledge(insights, &consent).await;
        return Standing::Paused;
    }
    let status = consent.view().status.as_str();
    let phase = match status {
        "withdrawn" => Phase::Withdrawn,
        _ => Phase::Expired,
    };
    if household.record().phase != phase {
        forget(insights, household, phase);
    }
    if status == "active" {
        // Its time is over, and the ledger has not said so yet.
        return Standing::Unknown;
    }
    if acknowledge(insights, &consent).await {
        insights.change(household, |record| record.access = None);
        Standing::Over
    } else {
        // The node is told later: what it waits for is kept.
        Standing::Unknown
    }
}

/// Whether a consent is still in force, as the node shows it now. That the node cannot be asked is no
/// end: it gives no record then, either.
pub(super) async fn is_in_force(
    insights: &Insights,
    household: &Household,
    before: &CheckedConsent,
) -> bool {
    match current(insights, household).await {
        Some(Ok(consent)) => {
            is_active(&consent)
                && consent.cr_id() == before.cr_id()
                && consent.resource_set() == before.resource_set()
        }
        Some(Err(ProviderError::Consent(_))) | None => false,
        Some(Err(_)) => before.is_within_period(now()),
    }
}

async fn current(
    insights: &Insights,
    household: &Household,
) -> Option<Result<CheckedConsent, ProviderError>> {
    let (consent, link) = access(household)?;
    Some(insights.provider.consent(consent, &link).await)
}

fn access(household: &Household) -> Option<(ConsentId, PinnedLink)> {
    let record = household.record();
    Some((record.access.as_ref()?.cr_id, record.link.clone()?))
}

/// Deletes every reading and every key, as the description promises.
pub(super) fn forget(insights: &Insights, household: &Household, phase: Phase) {
    insights.change(household, |record| {
        record.forget_readings();
        record.phase = phase;
    });
}

/// Tells the node that the end was acted on, where it waits for that; whether it knows.
async fn acknowledge(insights: &Insights, consent: &CheckedConsent) -> bool {
    if !WAITS.contains(&consent.view().closure.as_str()) {
        return true;
    }
    match insights.provider.acknowledge(consent).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an end is not acknowledged"
            );
            false
        }
    }
}
