//! What a device may go by: its grants, with proof of where each consent stands.

use std::time::Duration;

use assent_api::evidence::EvidenceEntry;
use assent_api::problem::Code;
use assent_api::v1::streams::{GrantView, StandingView};
use assent_crypto::digest::Digest;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::Consent;
use assent_exchange::event::Event;
use assent_ledger::block::LogEntry;
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::StatusProof;
use assent_model::canonical;
use assent_model::ids::StreamId;
use tokio::time::Instant;

use super::grants::{self, Granted};
use super::{lessening, open};
use crate::evidence::status_proof;
use crate::history::{audit_path, entries_of};
use crate::http::failure::Failure;
use crate::http::v1::consents::status_word;
use crate::node::Node;
use crate::sequencing::Head;

/// How long a device waits for something else to be said.
const WAIT: Duration = Duration::from_secs(20);
/// How often gathering begins anew because a block came in between.
const ATTEMPTS: usize = 8;

/// Where the grants at a stream stand, at once or when it is something else than `after` names.
///
/// # Errors
/// The stream is closed, or the node cannot answer.
pub(crate) async fn standing(
    node: &Node,
    id: StreamId,
    after: Option<&str>,
) -> Result<StandingView<StatusProof>, Failure> {
    let deadline = Instant::now() + WAIT;
    let channel = node.streams.channel(id);
    loop {
        let (mut changes, mut head) = (channel.changes(), node.head.clone());
        head.mark_unchanged();
        open(node, id).await?;
        let granted = grants::of_stream(node, id).await?;
        let is_over = Instant::now() >= deadline;
        if after != Some(mark(node, &granted).await?.as_str()) || is_over {
            return shown(node, id).await;
        }
        tokio::select! {
            _ = changes.changed() => {}
            changed = head.changed() => changed.map_err(|_| Failure::unavailable())?,
            () = tokio::time::sleep_until(deadline) => {}
            () = node.streams.stopped() => return Err(Failure::unavailable()),
        }
    }
}

/// Names what there is to say about grants.
async fn mark(node: &Node, granted: &[Granted]) -> Result<String, Failure> {
    let mut said = Vec::with_capacity(granted.len());
    for one in granted {
        let consent = node.state.get::<Consent>(&one.cr_id).await?;
        let consent = consent.ok_or_else(|| Failure::from(Code::Internal))?;
        said.push((
            one.cr_id,
            Digest::of(one.grant.as_bytes()),
            one.wants_keys,
            consent.head,
            status_word(consent.status),
        ));
    }
    Ok(Digest::of(&canonical::encode(&said)).to_string())
}

async fn shown(node: &Node, id: StreamId) -> Result<StandingView<StatusProof>, Failure> {
    let lessened = {
        let channel = node.streams.channel(id);
        let _writing = channel.writing.lock().await;
        lessening::lessened(node, id).await?
    };
    for _ in 0..ATTEMPTS {
        // A checkpoint under which the device can go on, and a young one.
        if node.fresh_head().await?.header.height < lessened {
            node.intake.fresh_block().await?;
        }
        let granted = grants::of_stream(node, id).await?;
        let mark = mark(node, &granted).await?;
        let head = node.head.borrow().clone();
        if let Some(grants) = proven(node, &head, &granted).await? {
            return Ok(StandingView {
                checkpoint: head.checkpoint.to_string(),
                mark,
                grants,
            });
        }
    }
    Err(Failure::unavailable())
}

/// The grants with their proofs; `None` where a block has come meanwhile.
async fn proven(
    node: &Node,
    head: &Head,
    granted: &[Granted],
) -> Result<Option<Vec<GrantView<StatusProof>>>, Failure> {
    let mut views = Vec::with_capacity(granted.len());
    for one in granted {
        let Some(proof) = status_proof(node, head, one.cr_id).await? else {
            return Ok(None);
        };
        let (entry, statuses) = history(node, head, one).await?;
        let consent = node.state.get::<Consent>(&one.cr_id).await?;
        let consent = consent.ok_or_else(|| Failure::from(Code::Internal))?;
        views.push(GrantView {
            cr_id: one.cr_id,
            grant: one.grant.clone(),
            naming: one.naming.clone(),
            wants_keys: one.wants_keys,
            entry,
            statuses,
            status: status_word(consent.status).into(),
            proof,
        });
    }
    // State is that of the newest block: were it another than this head's, proofs would not fit.
    let newest = node.store.head().map(|header| header.height);
    Ok((newest == Some(head.header.height)).then_some(views))
}

/// The entry of the consent record, and the status records after it.
async fn history(
    node: &Node,
    head: &Head,
    granted: &Granted,
) -> Result<(EvidenceEntry, Vec<String>), Failure> {
    let broken = || Failure::from(Code::Internal);
    let (mut given, mut statuses) = (None, Vec::new());
    for entry in entries_of(&node.store, &granted.cr_id.to_string()).await? {
        let leaf = LeafContent::<Event>::decode(&entry.bytes).map_err(|_| broken())?;
        match leaf.event {
            Event::Consent(ConsentEvent::Given { .. }) => given = Some(entry),
            Event::Consent(ConsentEvent::StatusChanged { record, .. }) => {
                statuses.push(record.compact().to_owned());
            }
            _ => {}
        }
    }
    let LogEntry { index, bytes, .. } = given.ok_or_else(broken)?;
    let entry = EvidenceEntry {
        index,
        leaf: String::from_utf8(bytes).map_err(|_| broken())?,
        proof: audit_path(node, index, head.header.log_size).await?,
    };
    Ok((entry, statuses))
}
