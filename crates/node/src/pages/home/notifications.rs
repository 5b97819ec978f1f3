//! What the person was told, and how the person wants to be told.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use assent_model::ids::PartyId;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::paging::{ROWS, query};
use super::telling::About;
use crate::contacts;
use crate::holdings::{self, Holdings};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::notifications::{self, Kind, Notification, Subject, settings};
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;

/// Where the page is.
const HERE: &str = "/home/notifications";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route(HERE, get(list))
        .route("/home/notifications/seen", post(see))
        .route("/home/notifications/settings", post(choose))
        .route(
            "/notifications/{kind}/{party}/{proof}",
            get(unsubscribe).post(unsubscribe_now),
        )
}

/// A notification in words.
struct Line {
    when: When,
    is_new: bool,
    words: String,
    href: String,
}

/// A kind of notification with its ways.
struct Way {
    kind: Kind,
    is_on_page: bool,
    is_by_letter: bool,
}

#[derive(Template)]
#[template(path = "home/notifications.html")]
struct NotificationsPage {
    frame: Frame,
    lines: Vec<Line>,
    /// The newest that is shown as new.
    newest: Option<String>,
    older: Option<String>,
    ways: Vec<Way>,
    email: String,
    is_saved: bool,
}

/// What `GET /home/notifications` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: String,
    saved: bool,
}

async fn list(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let party = signed_in.party;
    let settings = settings::of(&node, party).await?;
    let before = Some(asked.before.as_str()).filter(|before| !before.is_empty());
    let limit = u32::try_from(ROWS + 1).expect("a page is short");
    let mut found = notifications::newest(&node, party, before, limit).await?;
    let older = (found.len() > ROWS).then(|| {
        found.truncate(ROWS);
        let last = found.last().map(|(id, _)| id.as_str()).unwrap_or_default();
        query(HERE, &[("before", last)])
    });
    let newest = found.first().map(|(id, _)| id.clone());
    let newest = newest.filter(|id| id.as_str() > settings.seen());
    let holdings = holdings::of(&node, party).await?;
    let mut lines = Vec::new();
    for (id, said) in &found {
        lines.push(Line {
            when: When::moment(&texts, said.at),
            is_new: id.as_str() > settings.seen(),
            words: words(&node, &texts, &holdings, said).await?,
            href: said.subject.path(),
        });
    }
    drop(holdings);
    let way = |kind: Kind| Way {
        kind,
        is_on_page: settings.shows(kind),
        is_by_letter: settings.mails(kind),
    };
    let contact = contacts::contact_of(&node, party).await?;
    let shown = NotificationsPage {
        lines,
        newest,
        older,
        ways: Kind::ALL.map(way).into(),
        email: contact.map(|contact| contact.email).unwrap_or_default(),
        is_saved: asked.saved,
        frame: Frame::of(
            texts,
            "notifications-title",
            "notifications",
            HERE,
            &signed_in,
        ),
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn words(
    node: &Node,
    texts: &Texts,
    holdings: &Holdings,
    said: &Notification,
) -> Result<String, Failure> {
    let id = match said.subject {
        Subject::Consent(id) => Some(id.to_string()),
        Subject::Request(id) => Some(id.to_string()),
        Subject::Account | Subject::Delegates => None,
    };
    let service = match id.and_then(|id| holdings.place(&id)) {
        Some(place) => About::of(node, holdings, place).await?.service_name(),
        None => String::new(),
    };
    let key = format!("notification-{}-words", said.kind.name());
    Ok(texts.named(&key, &service))
}

/// What `POST /home/notifications/seen` takes.
#[derive(Debug, Deserialize)]
struct Seen {
    /// The newest that was shown.
    id: String,
}

async fn see(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Form(seen): Form<Seen>,
) -> Result<Redirect, PageFailure> {
    settings::see(&node, signed_in.party, &seen.id).await?;
    Ok(Redirect::to(HERE))
}

/// `POST /home/notifications/settings`: each kind that is wanted is named once for each way.
async fn choose(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, PageFailure> {
    let wanted = |way: &str| -> BTreeSet<Kind> {
        let named = fields.iter().filter(|(name, _)| name == way);
        named.filter_map(|(_, kind)| Kind::named(kind)).collect()
    };
    let (letters, pages) = (wanted("letter"), wanted("page"));
    settings::change(&node, signed_in.party, |settings| {
        settings.choose(&letters, &pages);
    })
    .await?;
    Ok(Redirect::to("/home/notifications?saved=true"))
}

#[derive(Template)]
#[template(path = "home/unsubscribe.html")]
struct UnsubscribePage {
    frame: Frame,
    path: String,
    /// What the letters are about.
    about: String,
    is_done: bool,
}

/// A letter that shows that it was sent.
fn proven(node: &Node, kind: &str, party: &str, proof: &str) -> Option<(Kind, PartyId)> {
    let (kind, party) = (Kind::named(kind)?, party.parse().ok()?);
    settings::is_proven(node, party, kind, proof).then_some((kind, party))
}

/// Mail programs follow links by themselves, so this ends nothing.
async fn unsubscribe(
    State(node): State<Arc<Node>>,
    texts: Texts,
    Path((kind, party, proof)): Path<(String, String, String)>,
) -> Result<Response, PageFailure> {
    let proven = proven(&node, &kind, &party, &proof);
    let (kind, _) = proven.ok_or_else(PageFailure::not_found)?;
    let path = format!("/notifications/{}/{party}/{proof}", kind.name());
    Ok(unsubscribe_page(texts, path, kind, false))
}

/// What mail programs send for who presses their button (RFC 8058), and our own page.
async fn unsubscribe_now(
    State(node): State<Arc<Node>>,
    texts: Texts,
    Path((kind, party, proof)): Path<(String, String, String)>,
) -> Result<Response, PageFailure> {
    let proven = proven(&node, &kind, &party, &proof);
    let (kind, party) = proven.ok_or_else(PageFailure::not_found)?;
    settings::end_letters(&node, party, kind).await?;
    let path = format!("/notifications/{}/{party}/{proof}", kind.name());
    Ok(unsubscribe_page(texts, path, kind, true))
}

fn unsubscribe_page(texts: Texts, path: String, kind: Kind, is_done: bool) -> Response {
    let shown = UnsubscribePage {
        about: texts.get(&format!("notification-{}", kind.name())),
        frame: Frame::open(texts, "unsubscribe-title", &path),
        path,
        is_done,
    };
    page(StatusCode::OK, &shown)
}
