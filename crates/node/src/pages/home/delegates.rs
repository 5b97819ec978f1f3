//! Whom the person lets in, and by whom the person was let in.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tower_sessions::Session;

use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;

use super::consents::Choice;
use super::visitor::Visitor;
use crate::homes::delegates::{self, Delegation, Entrusted, Scope, Standing};
use crate::homes::invitations::{self, Invited};
use crate::homes::{self, Home};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::names;
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;

/// Where the person's own page is.
const HERE: &str = "/home/delegates";
/// Where the homes of others are.
const SHARED: &str = "/home/shared";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(HERE, get(own).post(invite))
        .route("/home/delegates/{delegation}/remove", post(remove))
        .route(SHARED, get(shared))
        .route("/home/shared/{delegation}/open", post(open))
        .route("/home/shared/{delegation}/leave", post(leave))
        .route("/home/shared/close", post(close))
        .route("/invitations/{token}", get(invitation).post(accept))
}

/// A delegate as the person sees it.
struct Line {
    id: String,
    name: String,
    scope: &'static str,
    /// The one home, if it is not everything.
    home: Option<String>,
    /// The key of what is said about where it stands.
    standing: &'static str,
    when: When,
}

impl Line {
    fn of(node: &Node, texts: &Texts, homes: &[Home], delegation: &Delegation) -> Self {
        let (standing, at) = match delegation.standing {
            Standing::Invited { until, .. } if node.clock.now() < until => {
                ("delegate-invited", until)
            }
            Standing::Invited { until, .. } => ("delegate-not-accepted", until),
            Standing::Accepted { at, .. } => ("delegate-since", at),
        };
        let home = delegation.home.as_ref().map(|id| {
            let named = homes.iter().find(|home| home.id == *id);
            named.map_or_else(|| texts.get("delegate-home-gone"), |home| home.name.clone())
        });
        Self {
            id: delegation.id.clone(),
            name: delegation.name.clone(),
            scope: delegation.scope.name(),
            home,
            standing,
            when: When::day(texts, at),
        }
    }
}

/// What was typed, to be typed on.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    email: String,
    name: String,
    scope: String,
    #[serde(default)]
    home: String,
}

#[derive(Template)]
#[template(path = "home/delegates.html")]
struct DelegatesPage {
    frame: Frame,
    lines: Vec<Line>,
    homes: Vec<Choice>,
    can_let_pause: bool,
    typed: Typed,
    /// What is wrong with what was typed.
    error: Option<String>,
}

async fn own(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    own_page(&node, texts, &signed_in, Typed::default(), None).await
}

async fn own_page(
    node: &Node,
    texts: Texts,
    signed_in: &SignedIn,
    typed: Typed,
    error: Option<&'static str>,
) -> Result<Response, PageFailure> {
    let homes = homes::of(node, signed_in.party).await?;
    let all = delegates::of(node, signed_in.party).await?;
    let lines = all
        .iter()
        .map(|delegation| Line::of(node, &texts, &homes, delegation));
    let shown = DelegatesPage {
        lines: lines.collect(),
        homes: homes
            .into_iter()
            .map(|home| Choice {
                is_chosen: home.id == typed.home,
                value: home.id,
                name: home.name,
            })
            .collect(),
        can_let_pause: signed_in.custody == Custody::Hosted,
        error: error.map(|key| texts.get(key)),
        typed,
        frame: Frame::of(texts, "delegates-title", "account", HERE, signed_in),
    };
    let status = match error {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(page(status, &shown))
}

/// Letting somebody in wants a recent sign-in: a browser left open lets nobody in.
async fn invite(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> Result<Response, PageFailure> {
    signed_in.fresh_at(&node, HERE)?;
    if signed_in.kind != PartyKind::Person {
        return Err(PageFailure::from(Failure::forbidden()));
    }
    let scope = match typed.scope.as_str() {
        "see" => Scope::See,
        // Only keys that are kept here can pause at the press of another's button.
        "see-and-pause" if signed_in.custody == Custody::Hosted => Scope::SeeAndPause,
        _ => return own_page(&node, texts, &signed_in, typed, Some("delegate-no-scope")).await,
    };
    let invited = Invited {
        email: &typed.email,
        name: &typed.name,
        scope,
        home: Some(typed.home.as_str()).filter(|home| !home.is_empty()),
        language: names::language(&texts),
    };
    match invitations::invite(&node, signed_in.party, &invited).await {
        Ok(()) => Ok(Redirect::to(HERE).into_response()),
        Err(failure) => match failure.problem().code.as_str() {
            "email-invalid" => {
                own_page(&node, texts, &signed_in, typed, Some("delegate-no-address")).await
            }
            "malformed-body" => {
                own_page(&node, texts, &signed_in, typed, Some("delegate-no-name")).await
            }
            _ => Err(failure.into()),
        },
    }
}

async fn remove(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(delegation): Path<String>,
) -> Result<Redirect, PageFailure> {
    delegates::remove(&node, signed_in.party, &delegation).await?;
    Ok(Redirect::to(HERE))
}

#[derive(Template)]
#[template(path = "home/shared.html")]
struct SharedPage {
    frame: Frame,
    given: Vec<Entrusted>,
}

async fn shared(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let shown = SharedPage {
        given: delegates::given_to(&node, signed_in.party).await?,
        frame: Frame::of(texts, "shared-title", "account", SHARED, &signed_in),
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn open(
    State(node): State<Arc<Node>>,
    session: Session,
    signed_in: SignedIn,
    Path(delegation): Path<String>,
) -> Result<Redirect, PageFailure> {
    let entrusted = delegates::open(&node, signed_in.party, &delegation).await?;
    Visitor::enter(&session, &entrusted).await?;
    Ok(Redirect::to("/home"))
}

async fn leave(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(delegation): Path<String>,
) -> Result<Redirect, PageFailure> {
    delegates::leave(&node, signed_in.party, &delegation).await?;
    Ok(Redirect::to(SHARED))
}

async fn close(session: Session, _: SignedIn) -> Result<Redirect, PageFailure> {
    Visitor::come_back(&session).await?;
    Ok(Redirect::to(SHARED))
}

#[derive(Template)]
#[template(path = "home/invitation.html")]
struct InvitationPage {
    frame: Frame,
    path: String,
    /// What is offered; nothing for who is not meant.
    offered: Option<Entrusted>,
}

async fn invitation(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(token): Path<String>,
) -> Result<Response, PageFailure> {
    let opened = invitations::look(&node, signed_in.party, &token).await?;
    let path = format!("/invitations/{token}");
    let shown = InvitationPage {
        // Who invites is told to nobody else: a link can be passed on.
        offered: opened.is_for_visitor.then_some(opened.entrusted),
        frame: Frame::of(texts, "invitation-title", "account", &path, &signed_in),
        path,
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn accept(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(token): Path<String>,
) -> Result<Redirect, PageFailure> {
    if signed_in.kind == PartyKind::Person {
        invitations::accept(&node, signed_in.party, &token).await
    } else {
        Err(Failure::forbidden())
    }?;
    Ok(Redirect::to(SHARED))
}
