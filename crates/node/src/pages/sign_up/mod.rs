//! Beginning an account: with a key of one's own on this device, which the wallet in the browser makes,
//! or with keys that the operator keeps.
//!
//! For kept keys an e-mail address is confirmed first, by a code. Known and unknown addresses get the
//! same answers: a code is made for both, and which letter goes out is found out after the answer. A
//! code is good only in the browser that asked for it, and is voided by nothing that happens elsewhere.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::failure::PageFailure;
use super::frame::{Frame, local_path, page};
use super::mail;
use super::sign_in::address::{AddressField, Sent};
use super::sign_in::link;
use super::signed_in::{Means, SignedIn, who};
use super::texts::Texts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::{OneTimeCode, Recipient, Subject};
use crate::contacts::{owner_of, settle_new};
use crate::hosted;
use crate::http::failure::Failure;
use crate::mail::catalogue::Letter;
use crate::network::Network;
use crate::node::Node;

/// Where the session keeps for whom a code was asked.
const ENTRY: &str = "sign-up";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/sign-up", get(choose).post(send))
        .route("/sign-up/code", get(ask).post(confirm))
}

/// An account that waits for its code.
#[derive(Serialize, Deserialize)]
struct Begun {
    /// Names the code that was asked for here.
    asked: Digest,
    email: String,
    here: String,
}

/// What `GET /sign-up` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    here: String,
}

#[derive(Template)]
#[template(path = "sign_up/choose.html")]
struct ChoosePage {
    frame: Frame,
    here: String,
    address: AddressField,
}

impl ChoosePage {
    fn new(texts: Texts, here: &str, address: AddressField) -> Self {
        Self {
            frame: Frame::open(texts, "sign-up-title", "/sign-up"),
            here: here.to_owned(),
            address,
        }
    }
}

async fn choose(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let here = local_path(&asked.here);
    if who(&node, &session).await?.is_some() {
        return Ok(Redirect::to(here).into_response());
    }
    let shown = ChoosePage::new(texts, here, AddressField::default());
    Ok(page(StatusCode::OK, &shown))
}

async fn send(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    network: Network,
    Form(sent): Form<Sent>,
) -> Result<Response, PageFailure> {
    let here = sent.here();
    let address = match sent.address(&texts) {
        Ok(address) => address,
        Err(address) => {
            let shown = ChoosePage::new(texts, here, address);
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
    };
    let begun = Begun {
        asked: Digest::of(&random_bytes::<32>()),
        email: address.as_str().to_owned(),
        here: here.to_owned(),
    };
    issue(&node, network, address, &begun, &texts.tag())?;
    // Of two codes that were asked for at one browser the newer is good.
    if let Some(before) = session.get::<Begun>(ENTRY).await? {
        node.contacts.codes.forget(&Subject::SignUp(before.asked));
    }
    session.insert(ENTRY, begun).await?;
    Ok(Redirect::to("/sign-up/code").into_response())
}

/// Makes a code for an address, and lets the letter follow.
fn issue(
    node: &Arc<Node>,
    network: Network,
    address: EmailAddress,
    begun: &Begun,
    language: &str,
) -> Result<(), Failure> {
    let (now, index) = (node.clock.now(), address.index(&node.index_key));
    node.contacts.sign_ups.take(index, network, now)?;
    let recipient = Recipient {
        address,
        language: language
            .parse()
            .map_err(|_| Failure::from(Code::Internal))?,
    };
    let code = node
        .contacts
        .codes
        .issue(Subject::SignUp(begun.asked), recipient.clone(), now)?;
    let here = begun.here.clone();
    tokio::spawn(write(Arc::clone(node), recipient, code, here));
    Ok(())
}

/// A code for who has no account, a link for who has one. A store that fails has said so; the person
/// asks again.
async fn write(node: Arc<Node>, recipient: Recipient, code: OneTimeCode, here: String) {
    match owner_of(&node, &recipient.address).await {
        Ok(Some(party)) => {
            if let Ok(path) = link::make(&node, party, &here).await {
                let letter = Letter::SignUpKnown(path);
                node.contacts.post.tell(party, &recipient, letter);
            }
        }
        Ok(None) => {
            let index = recipient.address.index(&node.index_key);
            let letter = Letter::SignUpCode(code);
            node.contacts.post.tell(index, &recipient, letter);
        }
        Err(_) => {}
    }
}

#[derive(Template)]
#[template(path = "sign_up/code.html")]
struct CodePage {
    frame: Frame,
    email: String,
    error: String,
    has_mail_page: bool,
}

async fn begun(session: &Session) -> Result<Begun, PageFailure> {
    let begun = session.get::<Begun>(ENTRY).await?;
    begun.ok_or_else(|| Code::CodeSpent.into())
}

async fn ask(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, PageFailure> {
    let Ok(begun) = begun(&session).await else {
        return Ok(Redirect::to("/sign-up").into_response());
    };
    let shown = CodePage {
        frame: Frame::open(texts, "sign-up-code-title", "/sign-up/code"),
        email: begun.email,
        error: String::new(),
        has_mail_page: mail::is_open(&node, &headers, peer),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What `POST /sign-up/code` takes.
#[derive(Deserialize)]
struct Typed {
    code: String,
}

async fn confirm(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Form(typed): Form<Typed>,
) -> Result<Response, PageFailure> {
    let begun = begun(&session).await?;
    let subject = Subject::SignUp(begun.asked);
    let now = node.clock.now();
    let recipient = match node.contacts.codes.redeem(&subject, &typed.code, now) {
        Ok(recipient) => recipient,
        Err(failure) if failure.problem().code == Code::CodeWrong.as_str() => {
            let shown = CodePage {
                error: texts.get("sign-up-code-wrong"),
                frame: Frame::open(texts, "sign-up-code-title", "/sign-up/code"),
                email: begun.email,
                has_mail_page: false,
            };
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
        Err(failure) => return Err(failure.into()),
    };
    begin(&node, &session, &recipient).await?;
    Ok(Redirect::to(local_path(&begun.here)).into_response())
}

/// Makes the person, with the address as its contact, and signs it in.
async fn begin(node: &Node, session: &Session, recipient: &Recipient) -> Result<(), PageFailure> {
    // The address may have become somebody's since the code was sent.
    let begun = settle_new(node, recipient, hosted::create(node)).await?;
    let party = begun.ok_or(Code::CodeSpent)?;
    session.remove::<Begun>(ENTRY).await?;
    SignedIn::begin(node, session, party, Means::Code).await
}
