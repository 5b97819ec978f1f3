//! A second, simpler model of what events mean: it believes nothing that it cannot check.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_exchange::collection::Piece;
use assent_exchange::consent::committed;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Author, Closure, Consent, Pause, Status};
use assent_exchange::event::Event;
use assent_exchange::identity::state::{Chain, ChainKey, Party};
use assent_exchange::link::event::LinkEvent;
use assent_exchange::link::state::Link;
use assent_model::ids::{ConsentId, LinkId};
use assent_model::machine::Context;
use assent_model::records::consent::{
    ConsentRecord, ConsentStatus, ConsentStatusRecord, ResourceSet, RolePart, Superseded,
};
use assent_model::records::link::LinkStatus;
use assent_model::statement::{self, Content, Recorded};
use assent_model::time::Timestamp;

use crate::fixture::Ledger;

/// What is known of a consent from the events alone.
struct Chained {
    key: VerifyingKey,
    /// Where a next record must join, and where the last one joined.
    head: Digest,
    head_before: Digest,
    status: Status,
    resource_set: ResourceSet,
    valid_until: Option<Timestamp>,
    link: Option<LinkId>,
    other: Option<ConsentId>,
}

/// Follows events.
#[derive(Default)]
pub(crate) struct Auditor {
    consents: BTreeMap<ConsentId, Chained>,
    links: BTreeMap<LinkId, (VerifyingKey, LinkStatus)>,
}

impl Auditor {
    /// Takes in what happened, and checks that it could.
    pub(crate) fn observe(&mut self, event: &Event, context: Context, ledger: &Ledger) {
        match event {
            Event::Link(LinkEvent::Created { record, .. }) => {
                let created = (*record.signer(), LinkStatus::Active);
                let before = self.links.insert(record.content().slr_id, created);
                assert_eq!(before, None, "a link is created once");
            }
            Event::Link(LinkEvent::StatusChanged { record }) => {
                let link = self.links.get_mut(&record.content().slr_id);
                let (key, status) = link.expect("a link");
                check_signed_by(record, key);
                *status = record.content().sl_status;
            }
            Event::Consent(event) => self.observe_consent(event, context, ledger),
            Event::Identity(_) | Event::Service(_) | Event::Release(_) | Event::Stream(_) => {}
        }
    }

    fn observe_consent(&mut self, event: &ConsentEvent, context: Context, ledger: &Ledger) {
        match event {
            ConsentEvent::Given { record, .. } => self.given(record),
            ConsentEvent::Superseded {
                cr_id, by, record, ..
            } => {
                let consent = self.changing(*cr_id);
                consent.head_before = std::mem::replace(&mut consent.head, *record);
                consent.status = Status::Superseded { by: *by };
            }
            ConsentEvent::StatusChanged {
                record,
                author,
                by_link,
                ..
            } => {
                if *author == Author::Operator {
                    let chain: Chain = ledger.stored(ChainKey);
                    let operator: Party = ledger.stored(chain.operator);
                    check_signed_by(record, &operator.signing_key);
                }
                self.status_changed(record, *author, *by_link);
            }
            ConsentEvent::Expired { cr_id } => {
                let consent = self.changing(*cr_id);
                let is_due = consent.valid_until.is_some_and(|end| end <= context.time);
                assert!(is_due, "a consent expires at its end");
                consent.status = Status::Expired;
            }
            ConsentEvent::Affirmed { cr_id, .. } => {
                let consent = &self.consents[cr_id];
                assert!(!consent.status.is_final(), "what ended is not given again");
            }
            ConsentEvent::Acknowledged { acknowledgement } => {
                let said = acknowledgement.content();
                let consent = &self.consents[&said.cr_id];
                assert_eq!(said.status_digest, consent.head);
                assert!(consent.status.is_final());
            }
            ConsentEvent::AcknowledgementMissed { cr_id } => {
                assert!(self.consents[cr_id].status.is_final());
            }
            ConsentEvent::Requested { .. }
            | ConsentEvent::Refused { .. }
            | ConsentEvent::RequestExpired { .. } => {}
        }
    }

    fn given(&mut self, record: &Recorded<ConsentRecord>) {
        let common = &record.content().common_part;
        check_signed_by(record, record.signer());
        let (link, other) = match &record.content().role_specific_part {
            RolePart::Within { slr_id } => (Some(*slr_id), None),
            RolePart::Sink {
                slr_id,
                source_cr_id,
                ..
            } => (Some(*slr_id), Some(*source_cr_id)),
            RolePart::Source { sink_cr_id, .. } => (None, Some(*sink_cr_id)),
        };
        if let Some(link) = &link {
            let (key, status) = &self.links[link];
            assert_eq!((record.signer(), *status), (key, LinkStatus::Active));
        }
        if let Some(Superseded { cr_id, prev }) = &common.supersedes {
            let old = &self.consents[cr_id];
            assert_eq!(old.status, Status::Superseded { by: common.cr_id });
            assert_eq!(old.head_before, *prev, "the chain is unbroken");
            assert_eq!(old.head, record.digest());
            assert_eq!(old.key, *record.signer());
        }
        let given = Chained {
            key: *record.signer(),
            head: record.digest(),
            head_before: Digest::ZERO,
            status: Status::Active,
            resource_set: common.resource_set.clone(),
            valid_until: common.valid_until,
            link,
            other,
        };
        let before = self.consents.insert(common.cr_id, given);
        assert!(before.is_none(), "a consent is given once");
    }

    fn status_changed(
        &mut self,
        record: &Recorded<ConsentStatusRecord>,
        author: Author,
        by_link: bool,
    ) {
        let said = record.content();
        let link = self.link_of(said.cr_id);
        let is_removed = self.links[&link].1 == LinkStatus::Removed;
        let consent = self.changing(said.cr_id);
        assert_eq!(said.prev, consent.head, "the chain is unbroken");
        let is_narrower = said.resource_set.iter().all(|(dataset, concepts)| {
            let before = consent.resource_set.get(dataset);
            before.is_some_and(|before| concepts.is_subset(before))
        });
        assert!(is_narrower, "nothing is added to a consent");
        let cause = if by_link { Pause::Link } else { Pause::Person };
        let after = match (said.consent_status, consent.status) {
            (ConsentStatus::Withdrawn, _) => Status::Withdrawn,
            (ConsentStatus::Disabled, paused @ Status::Disabled { .. }) => paused,
            (ConsentStatus::Disabled, _) => Status::Disabled { cause },
            (ConsentStatus::Active, before) => {
                assert_eq!(author, Author::Person, "only the person enables");
                assert!(!is_removed, "nothing is active on a removed link");
                let is_own_pause = before == Status::Disabled { cause };
                assert!(before == Status::Active || is_own_pause);
                Status::Active
            }
        };
        match author {
            Author::Person => check_signed_by(record, &consent.key),
            Author::Operator => assert_eq!(said.resource_set, consent.resource_set),
        }
        consent.head_before = std::mem::replace(&mut consent.head, record.digest());
        consent.status = after;
        consent.resource_set = said.resource_set.clone();
    }

    /// A consent that has not ended: nothing else ever changes (invariant 4).
    fn changing(&mut self, cr_id: ConsentId) -> &mut Chained {
        let consent = self.consents.get_mut(&cr_id).expect("a consent");
        assert!(!consent.status.is_final(), "an end is final");
        consent
    }

    /// The link that a consent, or the other record of its pair, names.
    fn link_of(&self, cr_id: ConsentId) -> LinkId {
        let consent = &self.consents[&cr_id];
        let other = consent.other.and_then(|other| self.consents[&other].link);
        consent.link.or(other).expect("one of the two names a link")
    }

    /// Compares what is stored with what the events say.
    pub(crate) fn check(&self, ledger: &Ledger, statuses: &BTreeMap<String, Digest>) {
        for (cr_id, seen) in &self.consents {
            let current = committed(seen.head, seen.status);
            assert_eq!(statuses[&cr_id.to_string()], current);
            let stored: Consent = ledger.stored(cr_id);
            assert_eq!(stored.head, seen.head);
            assert_eq!(stored.status, seen.status);
            assert_eq!(stored.resource_set, seen.resource_set);
            assert_eq!(stored.role.link(), seen.link);
            let owes = stored.closure != Closure::NotOwed;
            let ended_by_person =
                matches!(seen.status, Status::Withdrawn | Status::Superseded { .. });
            assert_eq!(owes, ended_by_person);
            if let Some(other) = seen.other {
                self.check_pair(*cr_id, seen, other);
            }
        }
        let prefix = format!("{}/", Consent::KIND);
        let stored = ledger.store.keys();
        let stored = stored.filter(|key| key.as_str().starts_with(&prefix));
        assert_eq!(stored.count(), self.consents.len());
        for (slr_id, (_, status)) in &self.links {
            self.check_link(&ledger.stored(slr_id), *slr_id, *status);
        }
    }

    /// The two records of a pair exist both, and agree (invariant 7).
    fn check_pair(&self, cr_id: ConsentId, seen: &Chained, other: ConsentId) {
        let pair = self.consents.get(&other).expect("the other record");
        assert_eq!(pair.other, Some(cr_id));
        assert_eq!(pair.resource_set, seen.resource_set);
        let same_status = match (seen.status, pair.status) {
            (Status::Superseded { by: a }, Status::Superseded { by: b }) => {
                self.consents[&a].other == Some(b)
            }
            (a, b) => a == b,
        };
        assert!(same_status, "{:?} {:?}", seen.status, pair.status);
    }

    fn check_link(&self, stored: &Link, slr_id: LinkId, status: LinkStatus) {
        let count = |wanted: Status| {
            let here = self.consents.values();
            let here = here.filter(|c| c.link == Some(slr_id) && c.status == wanted);
            i64::try_from(here.count()).expect("few consents")
        };
        assert_eq!(stored.status, status);
        assert_eq!(stored.active_consents, count(Status::Active));
        let paused = count(Status::Disabled { cause: Pause::Link });
        assert_eq!(stored.paused_consents, paused);
        let idle = match status {
            LinkStatus::Active => stored.paused_consents,
            LinkStatus::Removed => stored.active_consents,
        };
        assert_eq!(idle, 0, "consents follow their link");
    }
}

/// The log's own copy of a statement verifies, by this key.
fn check_signed_by<T: Content>(record: &Recorded<T>, key: &VerifyingKey) {
    let verified = statement::verify::<T>(record.compact()).expect("a verifiable statement");
    assert_eq!(verified.signer(), key);
}
