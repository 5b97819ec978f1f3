//! What has changed since the consent that a new one would replace.

use std::sync::Arc;

use assent_api::v1::consents::{Notice, notice};
use assent_exchange::consent::state::{Consent, Grant, GrantId, Request};
use assent_model::ids::ConsentId;
use assent_model::names::Language;
use assent_model::time::Timestamp;

use super::notice::{Fact, facts};
use crate::descriptions;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::texts::Texts;

/// A consent in force (or paused) for the same service, purpose and source.
pub(super) struct Earlier {
    pub(super) cr_id: ConsentId,
    pub(super) consent: Arc<Consent>,
    /// What the person was shown then, in the language of now.
    pub(super) notice: Notice,
}

/// A fact that is another than it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changed {
    pub(super) key: &'static str,
    pub(super) before: Vec<String>,
    pub(super) now: Vec<String>,
}

/// The consent that an answer to this request would replace.
pub(super) async fn earlier(
    node: &Node,
    request: &Request,
    language: &Language,
) -> Result<Option<Earlier>, Failure> {
    let Some((cr_id, consent)) = standing(node, request, node.clock.now()).await? else {
        return Ok(None);
    };
    let asked = node.state.get::<Request>(&consent.request).await?;
    let asked = asked.ok_or_else(Failure::not_found)?;
    let service = descriptions::read(node, &asked.service).await?;
    let source = match &asked.source {
        Some(source) => Some(descriptions::read(node, source).await?),
        None => None,
    };
    let purpose = service.purpose(&asked.usage_rules.purpose_id);
    let purpose = purpose.ok_or_else(Failure::not_found)?;
    let max = asked.valid_until_max.map(Timestamp::as_millis);
    let notice = notice(
        &service,
        purpose,
        source.as_ref(),
        &asked.offer,
        max,
        language,
    );
    Ok(Some(Earlier {
        cr_id,
        consent,
        notice,
    }))
}

async fn standing(
    node: &Node,
    request: &Request,
    now: Timestamp,
) -> Result<Option<(ConsentId, Arc<Consent>)>, Failure> {
    let place = GrantId {
        surrogate: request.surrogate,
        service: request.service.service_id,
        purpose: request.usage_rules.purpose_id.clone(),
        source: request.source.as_ref().map(|source| source.service_id),
    };
    let Some(grant) = node.state.get::<Grant>(&place).await? else {
        return Ok(None);
    };
    let consent = node.state.get::<Consent>(&grant.cr_id).await?;
    let stands = consent.filter(|consent| !consent.has_ended(now));
    Ok(stands.map(|consent| (grant.cr_id, consent)))
}

/// What two notices do not both say.
pub(super) fn changed(before: &Notice, now: &Notice, texts: &Texts) -> Vec<Changed> {
    let (before, now) = (facts(before, texts), facts(now, texts));
    let lines = |facts: &[Fact], key| {
        let found = facts.iter().find(|fact| fact.key == key);
        found.map(|fact| fact.lines.clone()).unwrap_or_default()
    };
    let gone = before
        .iter()
        .filter(|fact| lines(&now, fact.key).is_empty());
    now.iter()
        .chain(gone)
        .map(|fact| Changed {
            key: fact.key,
            before: lines(&before, fact.key),
            now: lines(&now, fact.key),
        })
        .filter(|changed| changed.before != changed.now)
        .collect()
}
