//! Somebody who comes to a form: by which way, about which request, and whether it is theirs.

use std::sync::Arc;

use assent_exchange::consent::state::{Request, RequestStatus};
use assent_exchange::service::state::Service;
use assent_model::ids::RequestId;
use assent_model::names::Language;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

use super::closed::{self, Back};
use crate::accounts;
use crate::contacts;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::signed_in::{SignedIn, who};
use crate::pages::texts::Texts;
use crate::redirects::{self, Opened, Refused, Wanted};

/// A visit to the form of one request by the person who is asked.
pub(super) struct Visit {
    pub(super) texts: Texts,
    pub(super) signed_in: SignedIn,
    pub(super) request_id: RequestId,
    pub(super) request: Arc<Request>,
    /// The link that led here, unless it was My Home.
    pub(super) opened: Option<Opened>,
    /// Where the form is.
    pub(super) path: String,
}

/// Where a request stands for who comes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It waits for an answer.
    Waiting,
    /// It has one.
    Answered,
    /// It is too late.
    Expired,
    /// Its conditions are no longer those of the service: it must ask again.
    Outdated,
}

/// What somebody is shown instead of the form.
pub(super) type Elsewhere = Result<Response, PageFailure>;

impl Visit {
    /// A visit by a link. `here` is where to come back to after signing in.
    pub(super) async fn linked(
        node: &Node,
        texts: Texts,
        session: &Session,
        token: &str,
        here: &str,
    ) -> Result<Self, Elsewhere> {
        let opened = redirects::open(node, token).await;
        let opened = opened.map_err(|failure| Err(PageFailure::from(failure)))?;
        let Some(opened) = opened else {
            return Err(Ok(closed::over(texts)));
        };
        let Wanted::Answer(request_id) = opened.pushed.wanted else {
            return Err(Err(PageFailure::not_found()));
        };
        let path = format!("/consent/{token}");
        Self::begin(node, texts, session, request_id, Some(opened), path, here).await
    }

    /// A visit from My Home.
    pub(super) async fn at_home(
        node: &Node,
        texts: Texts,
        session: &Session,
        request: &str,
        here: &str,
    ) -> Result<Self, Elsewhere> {
        let request_id: RequestId = request.parse().map_err(|_| Err(PageFailure::not_found()))?;
        let path = format!("/home/requests/{request_id}");
        Self::begin(node, texts, session, request_id, None, path, here).await
    }

    async fn begin(
        node: &Node,
        texts: Texts,
        session: &Session,
        request_id: RequestId,
        opened: Option<Opened>,
        path: String,
        here: &str,
    ) -> Result<Self, Elsewhere> {
        let signed_in = who(node, session).await.map_err(Err)?;
        let Some(signed_in) = signed_in else {
            let here = here.to_owned();
            return Err(Err(PageFailure::SignIn { here }));
        };
        let request = node.state.get::<Request>(&request_id).await;
        let request = request.map_err(|error| Err(error.into()))?;
        let Some(request) = request else {
            return Err(Err(PageFailure::not_found()));
        };
        let is_asked = accounts::has_named(node, signed_in.party, request.surrogate).await;
        if !is_asked.map_err(|failure| Err(failure.into()))? {
            return Err(match opened {
                Some(_) => Ok(closed::stranger(texts, &path, &signed_in)),
                None => Err(PageFailure::not_found()),
            });
        }
        Ok(Self {
            texts,
            signed_in,
            request_id,
            request,
            opened,
            path,
        })
    }

    /// Where the request stands.
    pub(super) async fn standing(&self, node: &Node) -> Result<Standing, PageFailure> {
        match self.request.status {
            RequestStatus::Requested { answer_by } if node.clock.now() < answer_by => {}
            RequestStatus::Requested { .. } | RequestStatus::Expired => {
                return Ok(Standing::Expired);
            }
            RequestStatus::Given { .. } | RequestStatus::Refused => return Ok(Standing::Answered),
        }
        for named in std::iter::once(&self.request.service).chain(&self.request.source) {
            let service = node.state.get::<Service>(&named.service_id).await?;
            if service.is_none_or(|service| service.version != named.version) {
                return Ok(Standing::Outdated);
            }
        }
        Ok(Standing::Waiting)
    }

    /// The way back to the service for who brings no answer.
    pub(super) fn back(&self, node: &Node, name: &str, why: Refused) -> Option<Back> {
        let opened = self.opened.as_ref()?;
        Some(Back {
            name: name.to_owned(),
            address: redirects::refused(node, &opened.pushed, why),
        })
    }

    /// The language of the notice.
    pub(super) fn language(&self) -> Language {
        language(&self.texts)
    }

    /// As whom the person is signed in, in words that the person knows.
    pub(super) async fn name(&self, node: &Node) -> Result<String, PageFailure> {
        name_of(node, &self.signed_in).await
    }
}

/// The language of a catalogue.
pub(in crate::pages) fn language(texts: &Texts) -> Language {
    texts.tag().parse().expect("catalogues are of languages")
}

/// As whom somebody is signed in, in words that the person knows.
pub(in crate::pages) async fn name_of(
    node: &Node,
    signed_in: &SignedIn,
) -> Result<String, PageFailure> {
    let contact = contacts::contact_of(node, signed_in.party).await?;
    Ok(contact.map_or_else(|| signed_in.party.to_string(), |contact| contact.email))
}

/// `POST /consent/{token}/not-me`: somebody else is signed in at this browser.
pub(super) async fn not_me_at_form(session: Session, Path(token): Path<String>) -> Elsewhere {
    not_me(&session, format!("/consent/{token}")).await
}

/// Signs out, and in again at the same place.
pub(in crate::pages) async fn not_me(session: &Session, here: String) -> Elsewhere {
    session.flush().await?;
    Ok(PageFailure::SignIn { here }.into_response())
}

/// A page that moved.
pub(super) fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// What all handlers here take.
pub(super) type Seen = (State<Arc<Node>>, Texts, Session);
