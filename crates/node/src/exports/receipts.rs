//! A consent as a receipt: collects from state, log and descriptions what the formats are made
//! from.

use assent_api::problem::Code;
use assent_api::v1::receipt_formats::{
    By, Change, Happening, ReceiptFormat, ReceiptSource, iso_27560, kantara,
};
use assent_crypto::digest::Digest;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Author, Consent, Role};
use assent_exchange::event::Event;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::ConsentId;
use assent_model::records::consent::{
    ConsentRecord, ConsentStatus, ConsentStatusRecord, ResourceSet,
};
use assent_model::time::Timestamp;

use crate::descriptions;
use crate::history::history;
use crate::http::failure::Failure;
use crate::node::Node;

/// A receipt with its media type.
pub struct Receipt {
    /// The media type.
    pub media_type: &'static str,
    /// JSON.
    pub body: Vec<u8>,
}

/// The receipt of a consent.
///
/// # Errors
/// The store cannot be read, or lacks what the log refers to.
pub async fn receipt(
    node: &Node,
    id: ConsentId,
    consent: &Consent,
    format: ReceiptFormat,
) -> Result<Receipt, Failure> {
    let story = Story::read(node, id).await?;
    let (requester, source) = match &consent.role {
        Role::Within { .. } => (&consent.service, None),
        Role::Sink { source, .. } => (&consent.service, Some(source)),
        Role::Source { sink, .. } => (sink, Some(&consent.service)),
    };
    let requester = descriptions::read(node, requester).await?;
    let source = match source {
        Some(source) => Some(descriptions::read(node, source).await?),
        None => None,
    };
    let of = ReceiptSource {
        record: &story.record,
        record_digest: story.record_digest,
        given_at: story.given_at,
        resource_set: &consent.resource_set,
        history: &story.history,
        requester: &requester,
        source: source.as_ref(),
        node_url: &node.config.public_url,
        issued_at: node.clock.now(),
    };
    let broken = |_| Failure::from(Code::Internal);
    let (media_type, body) = match format {
        ReceiptFormat::Iso27560 => {
            let receipt = iso_27560::receipt(&of).map_err(broken)?;
            (iso_27560::MEDIA_TYPE, serde_json::to_vec(&receipt))
        }
        ReceiptFormat::Kantara11 => {
            let receipt = kantara::receipt(&of).map_err(broken)?;
            ("application/json", serde_json::to_vec(&receipt))
        }
    };
    let body = body.expect("a receipt has a JSON form");
    Ok(Receipt { media_type, body })
}

/// What the log tells of a consent.
struct Story {
    record: ConsentRecord,
    record_digest: Digest,
    given_at: Timestamp,
    history: Vec<Happening>,
}

impl Story {
    async fn read(node: &Node, id: ConsentId) -> Result<Self, Failure> {
        let mut story: Option<Self> = None;
        let mut current = (ConsentStatus::Active, ResourceSet::new());
        for leaf in history(&node.store, &id.to_string()).await? {
            match (&leaf.event, &mut story) {
                (Event::Consent(ConsentEvent::Given { record, .. }), None) => {
                    current.1 = record.content().common_part.resource_set.clone();
                    story = Some(Self {
                        record: record.content().clone(),
                        record_digest: record.digest(),
                        given_at: leaf.time,
                        history: Vec::new(),
                    });
                }
                (Event::Consent(event), Some(story)) => {
                    let happenings = happenings(&leaf, event, &mut current);
                    story.history.extend(happenings);
                }
                _ => {}
            }
        }
        story.ok_or_else(Failure::not_found)
    }
}

/// What an event did to a consent that stood so before.
fn happenings(
    leaf: &LeafContent<Event>,
    event: &ConsentEvent,
    current: &mut (ConsentStatus, ResourceSet),
) -> Vec<Happening> {
    let at = leaf.time;
    match event {
        ConsentEvent::StatusChanged { record, author, .. } => {
            let by = match author {
                Author::Person => By::Person,
                Author::Operator => By::Operator,
            };
            let changes = changes(record.content(), current);
            changes
                .into_iter()
                .map(|change| Happening { change, at, by })
                .collect()
        }
        ConsentEvent::Superseded { .. } => {
            vec![Happening {
                change: Change::Superseded,
                at,
                by: By::Person,
            }]
        }
        ConsentEvent::Expired { .. } => vec![Happening {
            change: Change::Expired,
            at,
            by: By::Time,
        }],
        _ => Vec::new(),
    }
}

/// A status record can narrow and change the status at once.
fn changes(said: &ConsentStatusRecord, current: &mut (ConsentStatus, ResourceSet)) -> Vec<Change> {
    let mut changes = Vec::new();
    if said.resource_set != current.1 {
        changes.push(Change::Narrowed);
    }
    if said.consent_status != current.0 {
        changes.push(match said.consent_status {
            ConsentStatus::Active => Change::Enabled,
            ConsentStatus::Disabled => Change::Disabled,
            ConsentStatus::Withdrawn => Change::Withdrawn,
        });
    }
    *current = (said.consent_status, said.resource_set.clone());
    changes
}
