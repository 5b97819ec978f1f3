//! Adding a meter: enter the code that it shows, see what it calls itself, confirm, hear what became
//! of it. Whose keys are in the browser confirms with the word of a key that the wallet in the page has
//! made for this one stream.

use std::sync::Arc;

use askama::Template;
use assent_api::v1::pairings::{Offer, PairingRefusal};
use assent_client::pairing::PairingCode;
use assent_crypto::digest::Digest;
use assent_model::canonical;
use assent_model::records::Custody;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::hosted;
use crate::meters::{self, Entered};
use crate::node::Node;
use crate::pages::consent::custody;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// Where the page is.
const HERE: &str = "/home/meters/add";

/// The offer that the person looks at.
struct Found {
    code: String,
    label: String,
    device: String,
    /// Names exactly what was shown.
    seen: String,
    /// All that the meter offers, for a wallet in the page.
    offer: String,
}

#[derive(Template)]
#[template(path = "home/add_meter.html")]
struct AddPage {
    frame: Frame,
    /// Who keeps the keys.
    keeper: &'static str,
    /// The key of what went wrong.
    wrong: Option<&'static str>,
    found: Option<Found>,
}

fn shown(
    texts: Texts,
    signed_in: &SignedIn,
    wrong: Option<&'static str>,
    found: Option<Found>,
) -> Response {
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    as_page(status, texts, signed_in, wrong, found)
}

fn as_page(
    status: StatusCode,
    texts: Texts,
    signed_in: &SignedIn,
    wrong: Option<&'static str>,
    found: Option<Found>,
) -> Response {
    let shown = AddPage {
        frame: Frame::of(texts, "meters-add-title", "meters", HERE, signed_in),
        keeper: custody(signed_in.custody),
        wrong,
        found,
    };
    page(status, &shown)
}

/// Says what to do instead to who has a wallet that no page of this node reaches.
fn elsewhere(texts: Texts, signed_in: &SignedIn) -> Response {
    as_page(StatusCode::FORBIDDEN, texts, signed_in, None, None)
}

/// `GET /home/meters/add`.
pub(super) async fn ask(texts: Texts, signed_in: SignedIn) -> Response {
    shown(texts, &signed_in, None, None)
}

/// What the form of the first step has. Never formatted: the code is nobody else's.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// `POST /home/meters/add`: shows what the meter calls itself.
pub(super) async fn find(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Form(typed): Form<Typed>,
) -> Result<Response, PageFailure> {
    let again = |texts, wrong| Ok(shown(texts, &signed_in, Some(wrong), None));
    if signed_in.custody == Custody::Independent {
        return Ok(elsewhere(texts, &signed_in));
    }
    let Ok(code) = typed.code.parse::<PairingCode>() else {
        return again(texts, "meters-code-mistyped");
    };
    match offered(&node, &signed_in, &code)? {
        None => again(texts, "meters-code-unknown"),
        Some(offer) => {
            let found = Found {
                code: code.to_string(),
                label: plain(&offer.label),
                device: offer.device.to_string(),
                seen: digest(&offer),
                offer: serde_json::to_string(&offer).expect("an offer has a JSON form"),
            };
            Ok(shown(texts, &signed_in, None, Some(found)))
        }
    }
}

/// What the form of the second step has.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    seen: String,
    /// The word of the key that will hold the stream, where the person's own wallet has signed it.
    #[serde(default)]
    holding: String,
}

/// `POST /home/meters/pair`: pairs the meter that the person has seen.
pub(super) async fn pair(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, PageFailure> {
    let again = |texts, wrong| Ok(shown(texts, &signed_in, Some(wrong), None));
    if signed_in.custody == Custody::Independent {
        return Ok(elsewhere(texts, &signed_in));
    }
    let Ok(code) = confirmed.code.parse::<PairingCode>() else {
        return again(texts, "meters-code-mistyped");
    };
    let offer = offered(&node, &signed_in, &code)?;
    let Some(offer) = offer.filter(|offer| digest(offer) == confirmed.seen) else {
        return again(texts, "meters-code-unknown");
    };
    let own_key = signed_in.custody == Custody::Page;
    // Without JavaScript nothing has signed.
    if own_key && confirmed.holding.is_empty() {
        return again(texts, "meters-unsigned");
    }
    let party = signed_in.party;
    let entered = if own_key {
        meters::enter_held(&node, party, &code, offer, &confirmed.holding).await
    } else {
        hosted::pair(&node, party, &code, offer).await
    };
    match entered {
        Ok(Entered::Paired) => Ok(Redirect::to("/home/meters?done=paired").into_response()),
        Ok(Entered::Refused(refusal)) => again(texts, refused(refusal)),
        Ok(Entered::Unanswered) => again(texts, "meters-unanswered"),
        Err(failure) => match failure.problem().code.as_str() {
            "pairing-busy" => again(texts, "meters-busy"),
            "pairing-spent" => again(texts, "meters-spent"),
            "not-found" => again(texts, "meters-code-unknown"),
            _ => Err(failure.into()),
        },
    }
}

/// What a meter offers that shows this code, if one does.
fn offered(
    node: &Node,
    signed_in: &SignedIn,
    code: &PairingCode,
) -> Result<Option<Offer>, PageFailure> {
    match meters::look_up(node, signed_in.party, code.nameplate()) {
        Ok(view) => Ok(Some(view.offer)),
        Err(failure) if failure.problem().status == 404 => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

fn digest(offer: &Offer) -> String {
    Digest::of(&canonical::encode(offer)).to_string()
}

/// The key of why there is no pairing.
const fn refused(refusal: PairingRefusal) -> &'static str {
    match refusal {
        PairingRefusal::NotConfirmed | PairingRefusal::InvalidShare => "meters-code-wrong",
        PairingRefusal::AlreadyPaired
        | PairingRefusal::TooManyAttempts
        | PairingRefusal::Expired => "meters-spent",
        PairingRefusal::NoAttempt | PairingRefusal::GivenUp => "meters-silent",
        PairingRefusal::HoldingInvalid | PairingRefusal::NotRecorded => "meters-not-recorded",
    }
}
