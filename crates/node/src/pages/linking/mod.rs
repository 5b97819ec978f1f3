//! Linking: a service asks for a pseudonym of its own with a person, and the person agrees.

use std::sync::Arc;

use askama::Template;
use assent_api::problem::Code;
use assent_crypto::digest::Digest;
use assent_model::description::ServiceDescription;
use assent_model::ids::SurrogateId;
use assent_model::records::Custody;
use assent_model::records::link::LinkRecord;
use assent_model::records::service::DescriptionRef;
use assent_model::statement;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use tower_sessions::Session;

use super::consent::{Back, ClosedPage, custody, name_of, not_me, over};
use super::failure::PageFailure;
use super::frame::{Frame, page};
use super::logos::Mark;
use super::signed_in::{SignedIn, who};
use super::spelling::{is_mixed, plain};
use super::texts::Texts;
use crate::accounts;
use crate::descriptions;
use crate::hosted;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::redirects::{self, Opened, Refused, Wanted};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/link/{token}", get(ask).post(answer))
        .route("/link/{token}/not-me", post(not_me_at_link))
}

/// Somebody who comes to be linked.
struct Visit {
    texts: Texts,
    signed_in: SignedIn,
    opened: Opened,
    path: String,
    reference: DescriptionRef,
    account: Digest,
    service: ServiceDescription,
}

impl Visit {
    async fn begin(
        node: &Node,
        texts: Texts,
        session: &Session,
        token: &str,
    ) -> Result<Self, Result<Response, PageFailure>> {
        let path = format!("/link/{token}");
        let opened = redirects::open(node, token).await;
        let Some(opened) = opened.map_err(|failure| Err(failure.into()))? else {
            return Err(Ok(over(texts)));
        };
        let Wanted::Link { service, account } = opened.pushed.wanted.clone() else {
            return Err(Err(PageFailure::not_found()));
        };
        if opened.is_used {
            return Err(Ok(over(texts)));
        }
        let Some(signed_in) = who(node, session).await.map_err(Err)? else {
            return Err(Err(PageFailure::SignIn { here: path }));
        };
        let described = descriptions::read(node, &service).await;
        let described = described.map_err(|failure| Err(failure.into()))?;
        Ok(Self {
            texts,
            signed_in,
            opened,
            path,
            reference: service,
            account,
            service: described,
        })
    }

    fn name(&self) -> String {
        plain(&self.service.name)
    }

    fn frame(&self, title: &str) -> Frame {
        let texts = self.texts.clone();
        let title = texts.named(title, &self.name());
        let mut frame = Frame::of(texts, "nav-home", "home", &self.path, &self.signed_in);
        frame.title = title;
        frame
    }
}

#[derive(Template)]
#[template(path = "linking/ask.html")]
struct AskPage {
    frame: Frame,
    path: String,
    who: String,
    mark: Mark,
    service: String,
    description: String,
    provider: String,
    business_id: String,
    address: String,
    contact: String,
    /// Whether a name may have been made to be taken for another.
    is_mixed: bool,
    origin: String,
    custody: &'static str,
    reference: String,
    account: String,
}

async fn ask(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Path(token): Path<String>,
    OriginalUri(_): OriginalUri,
) -> Result<Response, PageFailure> {
    let visit = match Visit::begin(&node, texts, &session, &token).await {
        Ok(visit) => visit,
        Err(elsewhere) => return elsewhere,
    };
    let provider = &visit.service.provider;
    let language = super::consent::language(&visit.texts);
    let shown = AskPage {
        frame: visit.frame("link-title"),
        path: visit.path.clone(),
        who: name_of(&node, &visit.signed_in).await?,
        mark: Mark::of(&visit.service),
        service: visit.name(),
        description: plain(assent_api::v1::consents::pick(
            &visit.service.description,
            &language,
        )),
        provider: plain(&provider.name),
        business_id: plain(&provider.business_id),
        address: plain(&provider.address),
        contact: plain(&provider.contact),
        is_mixed: is_mixed(&visit.service.name) || is_mixed(&provider.name),
        origin: visit.opened.pushed.origin(),
        custody: custody(visit.signed_in.custody),
        reference: serde_json::to_string(&visit.reference).expect("a reference has a JSON form"),
        account: visit.account.to_string(),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
struct Sent {
    answer: String,
    /// The link record, where the person's own key signed it.
    #[serde(default)]
    record: String,
}

async fn answer(
    State(node): State<Arc<Node>>,
    texts: Texts,
    session: Session,
    Path(token): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, PageFailure> {
    let visit = match Visit::begin(&node, texts, &session, &token).await {
        Ok(visit) => visit,
        Err(elsewhere) => return elsewhere,
    };
    match sent.answer.as_str() {
        "give" if visit.signed_in.custody == Custody::Hosted => hosted_link(&node, &visit).await,
        "give" => Ok(own_key(&visit)),
        "signed" => own_link(&node, &visit, &sent.record).await,
        "refuse" => refused(&node, &visit).await,
        _ => Err(Code::MalformedBody.into()),
    }
}

async fn hosted_link(node: &Arc<Node>, visit: &Visit) -> Result<Response, PageFailure> {
    // First, so that two clicks do not make two pseudonyms.
    if !visit.opened.use_up(node).await? {
        return Ok(over(visit.texts.clone()));
    }
    let party = visit.signed_in.party;
    let record = hosted::offer_link(node, party, &visit.reference, visit.account).await?;
    linked(node, visit, record.compact().to_owned()).await
}

/// Takes in what the person's own key signed: exactly what was asked for.
async fn own_link(node: &Node, visit: &Visit, record: &str) -> Result<Response, PageFailure> {
    let record = statement::verify::<LinkRecord>(record).map_err(Failure::from)?;
    let said = record.content();
    let is_wanted = said.service == visit.reference
        && said.account == visit.account
        && said.provider == visit.opened.pushed.provider
        && said.surrogate_id == SurrogateId::of(record.signer())
        && said.custody == visit.signed_in.custody
        && said.custody != Custody::Hosted;
    if !is_wanted {
        return Err(Code::StatementInvalid.into());
    }
    if !accounts::has_named(node, visit.signed_in.party, said.surrogate_id).await? {
        return Err(PageFailure::not_found());
    }
    if !visit.opened.use_up(node).await? {
        return Ok(over(visit.texts.clone()));
    }
    linked(node, visit, record.compact().to_owned()).await
}

async fn linked(node: &Node, visit: &Visit, record: String) -> Result<Response, PageFailure> {
    let address = redirects::answered(node, &visit.opened.pushed, Some(record)).await?;
    let back = Back {
        name: visit.name(),
        address,
    };
    Ok(last_page(visit, StatusCode::OK, "link-done", Some(back)))
}

async fn refused(node: &Node, visit: &Visit) -> Result<Response, PageFailure> {
    if !visit.opened.use_up(node).await? {
        return Ok(over(visit.texts.clone()));
    }
    let back = Back {
        name: visit.name(),
        address: redirects::refused(node, &visit.opened.pushed, Refused::Denied),
    };
    Ok(last_page(visit, StatusCode::OK, "link-refused", Some(back)))
}

fn own_key(visit: &Visit) -> Response {
    last_page(visit, StatusCode::CONFLICT, "link-own-key", None)
}

fn last_page(visit: &Visit, status: StatusCode, key: &str, back: Option<Back>) -> Response {
    let shown = ClosedPage {
        frame: visit.frame(&format!("{key}-title")),
        lead: visit.texts.named(key, &visit.name()),
        back,
    };
    page(status, &shown)
}

async fn not_me_at_link(
    session: Session,
    Path(token): Path<String>,
) -> Result<Response, PageFailure> {
    not_me(&session, format!("/link/{token}")).await
}
