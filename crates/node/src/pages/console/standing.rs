//! The consents of a service as they stand: counted, and found by purpose and status.

use std::collections::BTreeMap;
use std::sync::Arc;

use assent_exchange::consent::state::{Closure, Consent, Status};
use assent_model::ids::{ConsentId, ServiceId};
use assent_model::names::PurposeId;
use assent_model::time::Timestamp;

use crate::http::failure::Failure;
use crate::node::Node;

/// The most consents that are looked through for one page: the newest. A page says when there are
/// more.
pub(super) const LOOKED_AT_MAX: u32 = 10_000;

/// A consent, and where it stands in the list of its service.
pub(super) struct Standing {
    pub(super) position: u64,
    pub(super) cr_id: ConsentId,
    pub(super) consent: Arc<Consent>,
}

/// The newest consents of a service, and whether there are older ones that were not looked at.
pub(super) async fn newest(
    node: &Node,
    service: ServiceId,
) -> Result<(Vec<Standing>, bool), Failure> {
    let list = format!("{service}/consents");
    let rows = node.store.newest(&list, None, LOOKED_AT_MAX + 1).await?;
    let is_cut = rows.len() > LOOKED_AT_MAX as usize;
    let mut places: Vec<(u64, ConsentId)> = Vec::with_capacity(rows.len());
    for (position, member) in rows.iter().take(LOOKED_AT_MAX as usize) {
        let id = member.parse();
        places.push((*position, id.map_err(|_| Failure::unavailable())?));
    }
    let ids: Vec<ConsentId> = places.iter().map(|(_, id)| *id).collect();
    let consents = node.state.get_all::<Consent>(&ids).await?;
    let standing = |((position, cr_id), consent): ((u64, ConsentId), Option<_>)| {
        consent.map(|consent| Standing {
            position,
            cr_id,
            consent,
        })
    };
    let found = places.into_iter().zip(consents).filter_map(standing);
    Ok((found.collect(), is_cut))
}

/// The word of a status: what it is at `now`, recorded or not yet.
pub(super) fn status(consent: &Consent, now: Timestamp) -> &'static str {
    match consent.status {
        Status::Withdrawn => "withdrawn",
        Status::Superseded { .. } => "superseded",
        Status::Expired => "expired",
        Status::Active | Status::Disabled { .. } if consent.has_ended(now) => "expired",
        Status::Active => "active",
        Status::Disabled { .. } => "paused",
    }
}

/// All statuses, in the order in which they are shown.
pub(super) const STATUSES: [&str; 5] = ["active", "paused", "withdrawn", "superseded", "expired"];

/// How many consents have which status, purpose by purpose.
pub(super) fn counted(
    found: &[Standing],
    now: Timestamp,
) -> BTreeMap<PurposeId, BTreeMap<&'static str, usize>> {
    let mut counts: BTreeMap<PurposeId, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for one in found {
        let purpose = one.consent.usage_rules.purpose_id.clone();
        let of_purpose = counts.entry(purpose).or_default();
        *of_purpose.entry(status(&one.consent, now)).or_default() += 1;
    }
    counts
}

/// What a service owes after the end of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Debt {
    /// The deadline has passed.
    Overdue,
    /// It can still be met.
    Owed {
        /// Before when.
        by: Timestamp,
    },
}

/// What is owed for a consent at `now`, if anything.
pub(super) fn debt(consent: &Consent, now: Timestamp) -> Option<Debt> {
    match consent.closure {
        Closure::Owed { by } if by <= now => Some(Debt::Overdue),
        Closure::Owed { by } => Some(Debt::Owed { by }),
        Closure::Missed => Some(Debt::Overdue),
        Closure::NotOwed | Closure::Acknowledged { .. } => None,
    }
}
