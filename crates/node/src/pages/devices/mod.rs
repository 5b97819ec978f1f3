//! Devices: what has the keys of a person who keeps them, adding and removing, and the recovery kit.
//! The pages say what there is; the elements of the wallet in them do it, as only they have keys.

use std::sync::Arc;

use askama::Template;
use assent_api::v1::keyring::{Wrapping, WrappingKind};
use assent_model::records::Custody;
use assent_model::time::Timestamp;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::dates::When;
use super::failure::PageFailure;
use super::frame::{Frame, page};
use super::signed_in::SignedIn;
use super::spelling::plain;
use super::texts::Texts;
use crate::keyrings;
use crate::node::Node;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/home/devices", get(list))
        .route("/home/devices/new", get(join))
        .route("/home/devices/add", get(add))
        .route("/home/devices/kit", get(kit))
}

/// Something that opens the keys.
struct Shown {
    id: String,
    label: String,
    /// The key of the word for what it is, where the label does not say it.
    kind: Option<&'static str>,
    since: String,
}

impl Shown {
    fn of(wrapping: Wrapping, texts: &Texts) -> Self {
        let kind = match wrapping.kind {
            WrappingKind::Device => "devices-kind-device",
            WrappingKind::Recovery => "devices-kind-recovery",
            WrappingKind::Passkey => "devices-kind-passkey",
        };
        let label = wrapping.label.filter(|label| !label.trim().is_empty());
        let has_name = label.is_some();
        // Devices say themselves when they were added, so it may be any number.
        let since = Timestamp::try_from(wrapping.made_at).ok();
        Self {
            id: wrapping.id,
            label: label.map_or_else(|| texts.get(kind), |label| plain(&label)),
            kind: has_name.then_some(kind),
            since: since
                .map(|at| When::day(texts, at).words)
                .unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "devices/list.html")]
struct ListPage {
    frame: Frame,
    /// The key of what is said first.
    lead: &'static str,
    is_page: bool,
    devices: Vec<Shown>,
}

async fn list(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
) -> Result<Response, PageFailure> {
    let kept = match signed_in.custody {
        Custody::Page => keyrings::of(&node, signed_in.party).await?,
        Custody::Hosted | Custody::Independent => None,
    };
    let wrappings = kept.map(|kept| kept.wrappings).unwrap_or_default();
    let shown = ListPage {
        lead: match signed_in.custody {
            Custody::Hosted => "devices-lead-hosted",
            Custody::Page => "devices-lead-page",
            Custody::Independent => "devices-lead-independent",
        },
        is_page: signed_in.custody == Custody::Page,
        devices: wrappings
            .into_iter()
            .map(|wrapping| Shown::of(wrapping, &texts))
            .collect(),
        frame: Frame::of(
            texts,
            "devices-title",
            "account",
            "/home/devices",
            &signed_in,
        ),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Makes a page of one element, for people whose keys pages hold and who have just signed in.
macro_rules! step {
    ($handler:ident, $page:ident, $template:literal, $title:literal, $here:literal) => {
        #[derive(Template)]
        #[template(path = $template)]
        struct $page {
            frame: Frame,
        }

        async fn $handler(
            State(node): State<Arc<Node>>,
            texts: Texts,
            signed_in: SignedIn,
        ) -> Result<Response, PageFailure> {
            if signed_in.custody != Custody::Page {
                return Err(PageFailure::not_found());
            }
            signed_in.fresh(&node)?;
            let frame = Frame::of(texts, $title, "account", $here, &signed_in);
            Ok(page(StatusCode::OK, &$page { frame }))
        }
    };
}

step!(
    join,
    JoinPage,
    "devices/join.html",
    "devices-join-title",
    "/home/devices/new"
);
step!(
    add,
    AddPage,
    "devices/add.html",
    "devices-add-title",
    "/home/devices/add"
);
step!(
    kit,
    KitPage,
    "devices/kit.html",
    "devices-kit-title",
    "/home/devices/kit"
);
