//! Adding a meter: enter the code that it shows, see what it calls itself, confirm, hear what became
//! of it.

use std::sync::Arc;

use askama::Template;
use assent_api::v1::pairings::{Offer, PairingRefusal};
use assent_client::pairing::PairingCode;
use assent_crypto::digest::Digest;
use assent_model::canonical;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::is_hosted;
use crate::hosted::{self, Entered};
use crate::http::failure::Failure;
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
    let shown = AddPage {
        frame: Frame::of(texts, "meters-add-title", "meters", HERE, signed_in),
        keeper: custody(signed_in.custody),
        wrong,
        found,
    };
    page(status, &shown)
}

/// `GET /home/meters/add`.
pub(super) async fn ask(texts: Texts, signed_in: SignedIn) -> Response {
    shown(texts, &signed_in, None, None)
}

/// What the form of the first step has. Never formatted: the code is nobody else's.
#[derive(Deserialize)]
pub(super) struct Typed {
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
    if !is_hosted(&signed_in) {
        return Err(Failure::forbidden().into());
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
            };
            Ok(shown(texts, &signed_in, None, Some(found)))
        }
    }
}

/// What the form of the second step has.
#[derive(Deserialize)]
pub(super) struct Confirmed {
    code: String,
    seen: String,
}

/// `POST /home/meters/pair`: pairs the meter that the person has seen.
pub(super) async fn pair(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, PageFailure> {
    let again = |texts, wrong| Ok(shown(texts, &signed_in, Some(wrong), None));
    if !is_hosted(&signed_in) {
        return Err(Failure::forbidden().into());
    }
    let Ok(code) = confirmed.code.parse::<PairingCode>() else {
        return again(texts, "meters-code-mistyped");
    };
    let offer = offered(&node, &signed_in, &code)?;
    let Some(offer) = offer.filter(|offer| digest(offer) == confirmed.seen) else {
        return again(texts, "meters-code-unknown");
    };
    match hosted::pair(&node, signed_in.party, &code, offer).await {
        Ok(Entered::Paired(_)) => Ok(Redirect::to("/home/meters?done=paired").into_response()),
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
    match hosted::look_up(node, signed_in.party, code.nameplate()) {
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
