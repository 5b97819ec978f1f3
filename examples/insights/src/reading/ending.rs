//! Looking at a consent, and what is done when it is not in force any more.

use assent_client::chain_check::{self, CheckedConsent};
use assent_client::statements::link::PinnedLink;
use assent_model::ids::ConsentId;
use assent_model::records::consent::ResourceSet;

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
            expire(insights, household);
            return Standing::Unknown;
        }
        None => return Standing::Over,
    };
    household.heard();
    if is_active(&consent) {
        if household.record().phase == Phase::Paused {
            insights.change(household, |record| record.phase = Phase::Waiting);
        }
        narrow(insights, household, consent.resource_set());
        return Standing::InForce(Box::new(consent));
    }
    let standing = consent.standing();
    if standing == chain_check::Standing::Disabled && consent.is_within_period(now()) {
        if let_go(insights, household, Phase::Paused) {
            acknowledge(insights, &consent).await;
        }
        return Standing::Paused;
    }
    let status = consent.view().status.as_str();
    let phase = match status {
        "withdrawn" => Phase::Withdrawn,
        _ => Phase::Expired,
    };
    let is_gone = let_go(insights, household, phase);
    if status == "active" || !is_gone {
        // Its time is over, and the ledger has not said so yet; or what was read is on the disk yet.
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
/// end for a while: it gives no record then, either.
pub(super) async fn is_in_force(
    insights: &Insights,
    household: &Household,
    before: &CheckedConsent,
) -> bool {
    match current(insights, household).await {
        Some(Ok(consent)) => {
            household.heard();
            is_active(&consent)
                && consent.cr_id() == before.cr_id()
                && consent.resource_set() == before.resource_set()
        }
        Some(Err(ProviderError::Consent(_))) | None => false,
        Some(Err(_)) => household.is_heard_of() && before.is_within_period(now()),
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

/// Deletes every reading and every key, as the description promises; whether nothing of them is on the
/// disk any more.
fn forget(insights: &Insights, household: &Household, phase: Phase) -> bool {
    household.change(|record| {
        record.forget_readings();
        record.phase = phase;
    });
    insights.keep(household)
}

/// The same, once: what is forgotten is not forgotten again, and what could not be deleted is tried anew.
pub(super) fn let_go(insights: &Insights, household: &Household, phase: Phase) -> bool {
    let is_forgotten = {
        let record = household.record();
        record.phase == phase && !record.has_readings()
    };
    if is_forgotten {
        household.is_kept() || insights.keep(household)
    } else {
        forget(insights, household, phase)
    }
}

/// There is no meter: whatever was read of one is deleted, and what could not be is tried anew the next
/// time. What was taken off stays so until there is another.
pub(super) fn without_meter(insights: &Insights, household: &Household) -> bool {
    let phase = match household.record().phase {
        Phase::Unpaired => Phase::Unpaired,
        _ => Phase::Waiting,
    };
    let_go(insights, household, phase)
}

/// Later keys are wanted. The meter and the consent are there, and so what was read stays.
pub(super) fn await_keys(insights: &Insights, household: &Household) {
    let is_said = household.record().phase == Phase::Waiting;
    if !is_said || !household.is_kept() {
        insights.change(household, |record| record.phase = Phase::Waiting);
    }
}

/// Ends what is over by the clock, where the node says nothing. It is told when it can be.
pub(super) fn expire(insights: &Insights, household: &Household) {
    let is_over = household.record().phase_at(now()) == Phase::Expired;
    if is_over {
        let_go(insights, household, Phase::Expired);
    }
}

/// Deletes what the person does not let this service read any more.
pub(super) fn narrow(insights: &Insights, household: &Household, allowed: &ResourceSet) {
    if household.is_within(allowed) {
        return;
    }
    household.change(|record| {
        if let Some(energy) = &mut record.energy {
            energy.keep_within(allowed);
        }
    });
    if insights.keep(household) {
        household.narrowed_to(allowed.clone());
    }
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
