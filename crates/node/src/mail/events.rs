//! Letters about what the log says: receipts for people, and for providers what is overdue and which
//! endpoints nothing reaches. What people are told beside that they choose themselves.

use assent_api::problem::Code;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::Consent;
use assent_exchange::event::Event;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::records::consent::{ConsentRecord, RolePart};
use assent_model::time::Span;

use super::catalogue::Letter;
use super::write_to;
use crate::accounts;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::receipts;
use crate::webhooks::health::Ailing;

/// What is older is no news, and is not written about.
const NEWS_FOR: Span = Span::from_days(1);

/// The letter about an entry of the log, and to whom.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn about(
    node: &Node,
    leaf: &LeafContent<Event>,
) -> Result<Option<(PartyId, Letter)>, Failure> {
    if node.clock.now().since(leaf.time) > NEWS_FOR {
        return Ok(None);
    }
    match &leaf.event {
        Event::Consent(ConsentEvent::Given { record, .. }) => given(node, record.content()).await,
        Event::Consent(ConsentEvent::AcknowledgementMissed { cr_id }) => {
            missed(node, *cr_id).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// Of a pair one letter, about the record of the sink.
async fn given(node: &Node, record: &ConsentRecord) -> Result<Option<(PartyId, Letter)>, Failure> {
    if matches!(record.role_specific_part, RolePart::Source { .. }) {
        return Ok(None);
    }
    let common = &record.common_part;
    let letter = Letter::ConsentGiven {
        path: receipts::path(common.cr_id),
        cr_id: common.cr_id,
        notice: common.notice.digest,
    };
    let holder = accounts::holder(node, common.surrogate_id).await?;
    Ok(holder.map(|party| (party, letter)))
}

/// To who owes the acknowledgement.
async fn missed(node: &Node, cr_id: ConsentId) -> Result<(PartyId, Letter), Failure> {
    let consent = node.state.get::<Consent>(&cr_id).await?;
    let consent = consent.ok_or_else(|| Failure::from(Code::Internal))?;
    let service = consent.service.service_id;
    let path = format!("/console/services/{service}/acknowledgements");
    Ok((consent.provider, Letter::AcknowledgementOverdue(path)))
}

/// Tells owners of endpoints that nothing reaches, and switches off what nothing reached for days:
/// not before its owner was written to.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn write_about_endpoints(node: &Node) -> Result<(), Failure> {
    let now = node.clock.now();
    for (endpoint, ailing) in node.webhooks.to_tell(now) {
        let path = format!("/console/webhooks/{}", endpoint.webhook_id);
        let letter = match ailing {
            Ailing::Failing { days } => Letter::EndpointFailing { path, days },
            Ailing::Lost => Letter::EndpointOff(path),
        };
        write_to(node, endpoint.provider, letter).await?;
        node.webhooks
            .has_told(endpoint.webhook_id, ailing, now)
            .await?;
    }
    Ok(())
}
