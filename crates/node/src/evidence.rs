//! Gathering an evidence bundle: exactly the entries that `docs/reference/evidence.md` asks for,
//! with their proofs under one checkpoint.

use std::collections::{BTreeMap, BTreeSet};

use assent_api::evidence::{EvidenceBundle, EvidenceEntry, FORMAT};
use assent_api::problem::Code;
use assent_api::v1::consents::notice;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Author, Consent, Request};
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::link::event::LinkEvent;
use assent_exchange::service::event::ServiceEvent;
use assent_ledger::block::LogEntry;
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::{StatusKey, StatusMap, StatusProof};
use assent_model::canonical;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::records::consent::ConsentRecord;
use assent_model::records::service::DescriptionRef;
use assent_model::statement::Recorded;
use assent_model::time::Timestamp;

use crate::descriptions;
use crate::history::{audit_path, entries_of};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::sequencing::Head;

/// How often gathering begins anew because a block came in between.
const ATTEMPTS: usize = 8;

/// The bundle for a consent as of a checkpoint that has all receipts until now.
///
/// # Errors
/// There is no such consent, or the node cannot read its store.
pub(crate) async fn bundle(
    node: &Node,
    cr_id: ConsentId,
) -> Result<EvidenceBundle<StatusProof>, Failure> {
    node.state
        .get::<Consent>(&cr_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    node.intake.fresh_block().await?;
    for _ in 0..ATTEMPTS {
        let head = node.head.borrow().clone();
        // The status map has only its newest nodes: when they are not those of this head, a
        // block has come meanwhile.
        if let Some(status) = status_proof(node, &head, cr_id).await? {
            return gather(node, &head, cr_id, status).await;
        }
    }
    Err(Failure::unavailable())
}

/// The proof of a consent's status under the status root of `head`; `None` where a block has come
/// since and the proof cannot be made any more.
pub(crate) async fn status_proof(
    node: &Node,
    head: &Head,
    cr_id: ConsentId,
) -> Result<Option<StatusProof>, Failure> {
    let subject = cr_id.to_string();
    let key = StatusKey::of(&subject);
    let mut map = StatusMap::at(head.header.status_root);
    loop {
        let missing = map.missing([&key]);
        if missing.is_empty() {
            return Ok(map.prove(&subject).ok());
        }
        for (path, stored) in node.store.nodes(&missing).await? {
            if map.load(&path, stored.as_deref()).is_err() {
                return Ok(None);
            }
        }
    }
}

async fn gather(
    node: &Node,
    head: &Head,
    cr_id: ConsentId,
    status: StatusProof,
) -> Result<EvidenceBundle<StatusProof>, Failure> {
    let mut case = Case::new(head.header.log_size);
    let record = case.take_consent(node, cr_id).await?;
    let request_id = record.content().common_part.request_id;
    let request = node
        .state
        .get::<Request>(&request_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    case.take_asking(node, &request, request_id.to_string())
        .await?;
    case.take_parties(node).await?;
    let mut entries = Vec::new();
    for (index, (entry, _)) in &case.entries {
        let leaf =
            String::from_utf8(entry.bytes.clone()).map_err(|_| Failure::from(Code::Internal))?;
        entries.push(EvidenceEntry {
            index: *index,
            leaf,
            proof: audit_path(node, *index, case.log_size).await?,
        });
    }
    Ok(EvidenceBundle {
        format: FORMAT.into(),
        cr_id,
        checkpoint: head.checkpoint.to_string(),
        entries,
        descriptions: case.descriptions(node).await?,
        notice: rebuilt_notice(node, &request, &record).await?,
        status,
    })
}

/// The notice is made again from public descriptions: evidence outlives the erasure of the form.
async fn rebuilt_notice(
    node: &Node,
    request: &Request,
    record: &Recorded<ConsentRecord>,
) -> Result<String, Failure> {
    let service = descriptions::read(node, &request.service).await?;
    let source = match &request.source {
        Some(source) => Some(descriptions::read(node, source).await?),
        None => None,
    };
    let purpose = service
        .purpose(&request.usage_rules.purpose_id)
        .ok_or_else(Failure::not_found)?;
    let until = request.valid_until_max.map(Timestamp::as_millis);
    let language = &record.content().common_part.notice.language;
    let notice = notice(
        &service,
        purpose,
        source.as_ref(),
        &request.offer,
        until,
        language,
    );
    String::from_utf8(canonical::encode(&notice)).map_err(|_| Code::Internal.into())
}

/// The entries of a bundle, by their place in the log.
struct Case {
    log_size: u64,
    entries: BTreeMap<u64, (LogEntry, Event)>,
}

impl Case {
    fn new(log_size: u64) -> Self {
        Self {
            log_size,
            entries: BTreeMap::new(),
        }
    }

    /// Takes the entries about `subject` that are `wanted`, as far as the checkpoint reaches.
    async fn take(
        &mut self,
        node: &Node,
        subject: &str,
        wanted: impl Fn(&Event) -> bool,
    ) -> Result<(), Failure> {
        for entry in entries_of(&node.store, subject).await? {
            let leaf = LeafContent::<Event>::decode(&entry.bytes)
                .map_err(|_| Failure::from(Code::Internal))?;
            if entry.index < self.log_size && wanted(&leaf.event) {
                self.entries.insert(entry.index, (entry, leaf.event));
            }
        }
        Ok(())
    }

    /// All of the consent's history, the other record of a pair, and the record that superseded
    /// it. Hands back the consent's own record.
    async fn take_consent(
        &mut self,
        node: &Node,
        cr_id: ConsentId,
    ) -> Result<Recorded<ConsentRecord>, Failure> {
        let is_history =
            |event: &Event| !matches!(event, Event::Consent(ConsentEvent::Affirmed { .. }));
        self.take(node, &cr_id.to_string(), is_history).await?;
        let record = self.given(cr_id).ok_or_else(Failure::not_found)?;
        let consent = node
            .state
            .get::<Consent>(&cr_id)
            .await?
            .ok_or_else(Failure::not_found)?;
        let superseding = self.entries.values().find_map(|(_, event)| match event {
            Event::Consent(ConsentEvent::Superseded { by, .. }) => Some(*by),
            _ => None,
        });
        let is_given = |event: &Event| matches!(event, Event::Consent(ConsentEvent::Given { .. }));
        for other in consent.role.counterpart().into_iter().chain(superseding) {
            self.take(node, &other.to_string(), is_given).await?;
        }
        Ok(record)
    }

    fn given(&self, cr_id: ConsentId) -> Option<Recorded<ConsentRecord>> {
        self.entries.values().find_map(|(_, event)| match event {
            Event::Consent(ConsentEvent::Given { record, .. })
                if record.content().common_part.cr_id == cr_id =>
            {
                Some(record.clone())
            }
            _ => None,
        })
    }

    /// The genesis, the request, its link, and the registrations of the descriptions they name.
    async fn take_asking(
        &mut self,
        node: &Node,
        request: &Request,
        request_id: String,
    ) -> Result<(), Failure> {
        let is_genesis =
            |event: &Event| matches!(event, Event::Identity(IdentityEvent::Opened { .. }));
        self.take(node, &node.operator.to_string(), is_genesis)
            .await?;
        let is_question =
            |event: &Event| matches!(event, Event::Consent(ConsentEvent::Requested { .. }));
        self.take(node, &request_id, is_question).await?;
        let is_creation = |event: &Event| matches!(event, Event::Link(LinkEvent::Created { .. }));
        self.take(node, &request.link.to_string(), is_creation)
            .await?;
        let mut named: BTreeSet<DescriptionRef> = BTreeSet::from([request.service.clone()]);
        named.extend(request.source.clone());
        named.extend(self.entries.values().filter_map(|(_, event)| match event {
            Event::Link(LinkEvent::Created { record, .. }) => {
                Some(record.content().service.clone())
            }
            _ => None,
        }));
        for described in &named {
            let is_named = |event: &Event| match event {
                Event::Service(ServiceEvent::Registered { registration }) => {
                    registration.content().description == *described
                }
                _ => false,
            };
            self.take(node, &described.service_id.to_string(), is_named)
                .await?;
        }
        Ok(())
    }

    /// The registrations and key changes of each party, up to the last entry that its keys decide.
    async fn take_parties(&mut self, node: &Node) -> Result<(), Failure> {
        let mut last_use: BTreeMap<PartyId, u64> = BTreeMap::new();
        for (index, (_, event)) in &self.entries {
            if let Some(party) = deciding(event, node.operator) {
                last_use.insert(party, *index);
            }
        }
        // A source's record names the requester's key; the requester signed the request.
        let requester = self.entries.values().find_map(|(_, event)| match event {
            Event::Consent(ConsentEvent::Requested { request, .. }) => {
                Some(request.content().provider)
            }
            _ => None,
        });
        let pair = self
            .entries
            .iter()
            .filter(|(_, (_, event))| names_a_key(event))
            .map(|(index, _)| *index)
            .next();
        if let (Some(requester), Some(index)) = (requester, pair) {
            let last = last_use.entry(requester).or_default();
            *last = index.max(*last);
        }
        for (party, last) in last_use {
            let log_size = std::mem::replace(&mut self.log_size, last);
            let is_key =
                |event: &Event| matches!(event, Event::Identity(what) if changes_keys(what));
            self.take(node, &party.to_string(), is_key).await?;
            self.log_size = log_size;
        }
        Ok(())
    }

    /// The descriptions of the registrations among the entries, in their order.
    async fn descriptions(&self, node: &Node) -> Result<Vec<String>, Failure> {
        let mut texts = Vec::new();
        for (_, event) in self.entries.values() {
            if let Event::Service(ServiceEvent::Registered { registration }) = event {
                let description =
                    descriptions::read(node, &registration.content().description).await?;
                let text = String::from_utf8(canonical::encode(&description));
                texts.push(text.map_err(|_| Failure::from(Code::Internal))?);
            }
        }
        Ok(texts)
    }
}

/// The parties whose keys decide an entry.
fn deciding(event: &Event, operator: PartyId) -> Option<PartyId> {
    match event {
        Event::Service(ServiceEvent::Registered { registration }) => {
            Some(registration.content().provider)
        }
        Event::Link(LinkEvent::Created { record, .. }) => Some(record.content().provider),
        Event::Consent(ConsentEvent::Requested { request, .. }) => Some(request.content().provider),
        Event::Consent(ConsentEvent::Acknowledged { acknowledgement }) => {
            Some(acknowledgement.content().provider)
        }
        Event::Consent(ConsentEvent::StatusChanged {
            author: Author::Operator,
            ..
        }) => Some(operator),
        _ => None,
    }
}

/// Whether an entry is a source's record, which names the requester's key.
fn names_a_key(event: &Event) -> bool {
    use assent_model::records::consent::RolePart;
    matches!(event, Event::Consent(ConsentEvent::Given { record, .. })
        if matches!(record.content().role_specific_part, RolePart::Source { .. }))
}

fn changes_keys(event: &IdentityEvent) -> bool {
    matches!(
        event,
        IdentityEvent::Registered { .. }
            | IdentityEvent::KeysRotated { .. }
            | IdentityEvent::Recovered { .. }
    )
}
