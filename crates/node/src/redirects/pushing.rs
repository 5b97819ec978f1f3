//! A service says what it wants of a person, and gets a link for that person.

use assent_api::problem::{Code, Problem};
use assent_api::v1::redirects::{PushLink, PushRedirect, PushedRedirect};
use assent_crypto::domains;
use assent_exchange::consent::rejection::ConsentRejection;
use assent_exchange::consent::state::{Request, RequestStatus};
use assent_exchange::link::rejection::LinkRejection;
use assent_exchange::service::state::Service;
use assent_model::ids::{PartyId, RequestId};
use assent_model::time::Timestamp;
use assent_storage::Document;
use serde::{Deserialize, Serialize};

use super::address::is_safe;
use super::{LINK_LIFETIME, Pushed, Wanted, is_good, place, secret};
use crate::descriptions;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents.
const KIND: &str = "redirect-link";
/// The longest `state`, in characters.
const STATE_MAX: usize = 512;

/// What is kept under a link.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    pushed: Pushed,
    is_used: bool,
}

/// A link that somebody followed.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// What was pushed.
    pub(crate) pushed: Pushed,
    /// Whether it has led to an answer already.
    pub(crate) is_used: bool,
    revision: u64,
    id: String,
    end: Timestamp,
}

/// Takes in where a person goes back to after answering a consent request.
///
/// # Errors
/// The request is not the caller's or waits for no answer, or the address is not registered.
pub(crate) async fn push_consent(
    node: &Node,
    provider: PartyId,
    request_id: RequestId,
    body: PushRedirect,
) -> Result<PushedRedirect, Failure> {
    let request = node.state.get::<Request>(&request_id).await?;
    let request = request
        .filter(|request| request.provider == provider)
        .ok_or_else(Failure::not_found)?;
    let now = node.clock.now();
    let answer_by = match request.status {
        RequestStatus::Requested { answer_by } if now < answer_by => answer_by,
        _ => return Err(Failure::rejected(ConsentRejection::RequestClosed.into())),
    };
    let service = descriptions::read(node, &request.service).await?;
    let pushed = Pushed {
        wanted: Wanted::Answer(request_id),
        provider,
        redirect_uri: body.redirect_uri,
        state: body.state,
        code_challenge: body.code_challenge,
    };
    check(&pushed, &service.instance.consent_redirect_uris)?;
    let end = (now + LINK_LIFETIME).min(answer_by);
    keep(node, pushed, "consent", end).await
}

/// Takes in whom a person is to be linked with.
///
/// # Errors
/// The service is not the caller's, or is described anew, or the address is not registered.
pub(crate) async fn push_link(
    node: &Node,
    provider: PartyId,
    body: PushLink,
) -> Result<PushedRedirect, Failure> {
    let service = node.state.get::<Service>(&body.service.service_id).await?;
    let service = service
        .filter(|service| service.provider == provider)
        .ok_or_else(Failure::not_found)?;
    if service.version != body.service.version {
        let rejection = LinkRejection::DescriptionSuperseded;
        return Err(Failure::rejected(rejection.into()));
    }
    let description = descriptions::read(node, &body.service).await?;
    if description.reference() != body.service {
        return Err(Failure::not_found());
    }
    let (service, account) = (body.service, body.account);
    let pushed = Pushed {
        wanted: Wanted::Link { service, account },
        provider,
        redirect_uri: body.redirect_uri,
        state: body.state,
        code_challenge: body.code_challenge,
    };
    check(&pushed, &description.instance.linking_redirect_uris)?;
    keep(node, pushed, "link", node.clock.now() + LINK_LIFETIME).await
}

fn check(pushed: &Pushed, registered: &[String]) -> Result<(), Failure> {
    let is_printable = pushed
        .state
        .bytes()
        .all(|byte| (0x20..0x7f).contains(&byte));
    if !(1..=STATE_MAX).contains(&pushed.state.len()) || !is_printable {
        return Err(Problem::new(Code::MalformedBody)
            .with_detail("state")
            .into());
    }
    if !registered.contains(&pushed.redirect_uri) || !is_safe(&pushed.redirect_uri) {
        return Err(Code::RedirectUnregistered.into());
    }
    Ok(())
}

async fn keep(
    node: &Node,
    pushed: Pushed,
    path: &str,
    end: Timestamp,
) -> Result<PushedRedirect, Failure> {
    let token = secret();
    let id = place(node, domains::REDIRECT_TOKEN, &token);
    let document = sealed(node, id, end, pushed, false);
    node.store.put_documents(vec![document]).await?;
    let base = node.config.public_url.trim_end_matches('/');
    Ok(PushedRedirect {
        url: format!("{base}/{path}/{token}"),
        expires_at: end.as_millis(),
    })
}

fn sealed(node: &Node, id: String, end: Timestamp, pushed: Pushed, is_used: bool) -> Document {
    let owner = pushed.provider.to_string();
    let kept = Kept { pushed, is_used };
    vaulted::document(node, KIND, id, owner, Some(end), &kept)
}

/// What a link leads to, unless it is unknown or its time is over.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn open(node: &Node, token: &str) -> Result<Option<Opened>, Failure> {
    let id = place(node, domains::REDIRECT_TOKEN, token);
    let Some(found) = node.store.document(KIND, &id).await? else {
        return Ok(None);
    };
    let end = found.document.expires_at;
    let Some(end) = end.filter(|_| is_good(node, end)) else {
        return Ok(None);
    };
    let kept: Kept = vaulted::opened(node, &found)?;
    Ok(Some(Opened {
        pushed: kept.pushed,
        is_used: kept.is_used,
        revision: found.revision,
        id,
        end,
    }))
}

impl Opened {
    /// Uses the link up; whether this was the first time.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(crate) async fn use_up(&self, node: &Node) -> Result<bool, Failure> {
        if self.is_used {
            return Ok(false);
        }
        let document = sealed(node, self.id.clone(), self.end, self.pushed.clone(), true);
        let put = node.store.put_if_revision(document, Some(self.revision));
        Ok(put.await?.is_some())
    }
}
