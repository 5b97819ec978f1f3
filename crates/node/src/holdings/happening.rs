//! From the events of the log to what a person is told about them.

use std::sync::Arc;

use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::Author;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::link::event::LinkEvent;
use assent_model::ids::ServiceId;
use assent_model::names::PurposeId;
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord, ResourceSet};
use assent_model::records::link::LinkStatus;
use assent_model::records::release::{UseAction, UseReceipt};
use assent_model::time::Timestamp;

use super::{HeldConsent, Place};

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    /// Where in the log.
    pub(crate) index: u64,
    /// Which of what this entry of the log says: one entry holds the receipts of many uses.
    pub(crate) nth: u32,
    /// When.
    pub(crate) at: Timestamp,
    /// To what.
    pub(crate) about: Place,
    /// What.
    pub(crate) what: What,
}

/// Who changed a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The person.
    Person,
    /// The operator, for a person who lost the key.
    Operator,
    /// The person, by removing or restoring a link.
    Link,
}

/// A use of a consent, or an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use {
    /// What was done.
    pub(crate) action: UseAction,
    /// By which service.
    pub(crate) service: ServiceId,
    /// For which purpose.
    pub(crate) purpose: PurposeId,
    /// With which data.
    pub(crate) data: Arc<ResourceSet>,
    /// The code of a refusal.
    pub(crate) refusal: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// A service asked.
    Asked,
    /// The person said no.
    Refused,
    /// Nobody answered in time.
    RequestExpired,
    /// The person consented.
    Given,
    /// The person said the same again.
    Affirmed,
    /// A new consent took the place of this one.
    Superseded,
    /// Less data from then on.
    Narrowed,
    /// No use until further notice.
    Paused(By),
    /// Use is possible again.
    Resumed(By),
    /// Over for good.
    Withdrawn(By),
    /// Over as agreed.
    Expired,
    /// The service said that it has seen the end.
    Acknowledged,
    /// The service did not say so in time.
    Missed,
    /// A service was linked.
    Linked,
    /// The link was removed.
    LinkRemoved,
    /// The link was restored.
    LinkRestored,
    /// A service used the consent, or tried to.
    Used(Use),
    /// The account was opened.
    Registered,
    /// The account has new keys.
    KeysRotated,
    /// The account has a new key by its recovery key.
    Recovered,
    /// The account ended.
    Deactivated,
}

/// What an event says about accounts, links and requests.
pub(super) fn plain(event: &Event) -> Option<What> {
    Some(match event {
        Event::Identity(IdentityEvent::Registered { .. }) => What::Registered,
        Event::Identity(IdentityEvent::KeysRotated { .. }) => What::KeysRotated,
        Event::Identity(IdentityEvent::Recovered { .. }) => What::Recovered,
        Event::Identity(IdentityEvent::Deactivated { .. }) => What::Deactivated,
        Event::Link(LinkEvent::Created { .. }) => What::Linked,
        Event::Link(LinkEvent::StatusChanged { record }) => match record.content().sl_status {
            LinkStatus::Active => What::LinkRestored,
            LinkStatus::Removed => What::LinkRemoved,
        },
        Event::Consent(ConsentEvent::Requested { .. }) => What::Asked,
        Event::Consent(ConsentEvent::Refused { .. }) => What::Refused,
        Event::Consent(ConsentEvent::RequestExpired { .. }) => What::RequestExpired,
        _ => return None,
    })
}

/// What an event says about a consent. Of a pair, what both records say is told once.
pub(super) fn of_consent(
    event: &ConsentEvent,
    held: &mut HeldConsent,
    is_source: bool,
) -> Vec<What> {
    let what = match event {
        ConsentEvent::Acknowledged { .. } => What::Acknowledged,
        ConsentEvent::AcknowledgementMissed { .. } => What::Missed,
        _ if is_source => return Vec::new(),
        ConsentEvent::Given { record, .. } => {
            let common = &record.content().common_part;
            held.custody = common.custody;
            held.current = (ConsentStatus::Active, common.resource_set.clone());
            What::Given
        }
        ConsentEvent::Affirmed { .. } => What::Affirmed,
        ConsentEvent::Superseded { .. } => What::Superseded,
        ConsentEvent::Expired { .. } => What::Expired,
        ConsentEvent::StatusChanged {
            record,
            author,
            by_link,
            ..
        } => {
            let by = match author {
                _ if *by_link => By::Link,
                Author::Person => By::Person,
                Author::Operator => By::Operator,
            };
            return changes(record.content(), by, held);
        }
        _ => return Vec::new(),
    };
    vec![what]
}

/// A status record can narrow and change the status at once.
fn changes(said: &ConsentStatusRecord, by: By, held: &mut HeldConsent) -> Vec<What> {
    let mut changes = Vec::new();
    if said.resource_set != held.current.1 {
        changes.push(What::Narrowed);
    }
    if said.consent_status != held.current.0 {
        changes.push(match said.consent_status {
            ConsentStatus::Active => What::Resumed(by),
            ConsentStatus::Disabled => What::Paused(by),
            ConsentStatus::Withdrawn => What::Withdrawn(by),
        });
    }
    held.current = (said.consent_status, said.resource_set.clone());
    changes
}

/// What a receipt says about a consent.
pub(super) fn of_receipt(receipt: &UseReceipt, held: &mut HeldConsent) -> What {
    What::Used(Use {
        action: receipt.action,
        service: receipt.service_id,
        purpose: receipt.purpose_id.clone(),
        data: held.shared(&receipt.resource_set),
        refusal: receipt.refusal.clone(),
    })
}
