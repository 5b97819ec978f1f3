//! One consent: what it allows, what became of it, and the buttons that change it.

use std::sync::Arc;

use askama::Template;
use assent_exchange::consent::state::{Closure, Consent, Pause, Status};
use assent_model::description::ServiceDescription;
use assent_model::ids::ConsentId;
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::consent::ResourceSet;
use assent_model::records::release::UseAction;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::consents::source_of;
use super::standing::Standing;
use crate::descriptions;
use crate::holdings::{self, By, Happening, HeldConsent, Holdings, What};
use crate::hosted::{self, Change};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::names;
use crate::pages::signed_in::SignedIn;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// So many of the newest uses are shown.
const USES: usize = 50;

/// What happened, in words.
struct Told {
    when: When,
    words: String,
}

/// A concept that may be left out from now on.
struct Optional {
    value: String,
    name: String,
}

#[derive(Template)]
#[template(path = "home/consent.html")]
struct ConsentPage {
    frame: Frame,
    id: String,
    counterpart: String,
    standing: Standing,
    service: String,
    provider: String,
    source: Option<String>,
    purpose: String,
    what_for: String,
    termination: String,
    data: Vec<String>,
    optional: Vec<Optional>,
    given: When,
    until: Option<When>,
    last_use: Option<When>,
    uses: usize,
    custody: &'static str,
    keeper: &'static str,
    is_paused_by_link: bool,
    done: Option<String>,
    ends: Vec<(String, String)>,
    history: Vec<Told>,
    used: Vec<Told>,
}

/// What `GET /home/consents/{consent}` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done.
    done: String,
}

/// A consent of this person; of anybody else there is none.
fn held<'h>(holdings: &'h Holdings, id: &str) -> Result<&'h HeldConsent, PageFailure> {
    let id: ConsentId = id.parse().map_err(|_| PageFailure::not_found())?;
    holdings.consent(id).ok_or_else(PageFailure::not_found)
}

/// `GET /home/consents/{consent}`.
pub(super) async fn consent(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let holdings = holdings::of(&node, signed_in.party).await?;
    let held = held(&holdings, &id)?;
    let consent = &held.consent;
    let service = descriptions::shared(&node, &consent.service).await?;
    let source = match source_of(consent) {
        Some(source) => Some(descriptions::shared(&node, source).await?),
        None => None,
    };
    let language = names::language(&texts);
    let holder = source.as_ref().unwrap_or(&service);
    let basis = service.purpose(&consent.usage_rules.purpose_id);
    let of_basis = |read: fn(
        &assent_model::description::ProcessingBasis,
    ) -> &assent_model::description::Texts| {
        basis.map_or_else(String::new, |basis| names::picked(read(basis), &language))
    };
    let standing = Standing::of_consent(consent, node.clock.now());
    let done = ["paused", "resumed", "narrowed", "withdrawn"];
    let done = done.into_iter().find(|done| *done == asked.done);
    let (history, used) = told(&texts, &holdings, held, &service, source.as_deref());
    let shown = ConsentPage {
        id: held.id.to_string(),
        counterpart: consent
            .role
            .counterpart()
            .map_or_else(String::new, |id| id.to_string()),
        standing,
        service: plain(&service.name),
        provider: plain(&service.provider.name),
        purpose: names::purpose(&service, &consent.usage_rules.purpose_id, &language),
        what_for: of_basis(|basis| &basis.description),
        termination: of_basis(|basis| &basis.termination),
        data: data(holder, &consent.resource_set, &language),
        optional: optional(holder, consent, &language),
        given: When::moment(&texts, held.at),
        until: consent.valid_until.map(|until| When::day(&texts, until)),
        last_use: held.last_use.map(|at| When::moment(&texts, at)),
        uses: held.uses,
        custody: custody(held.custody),
        keeper: custody(signed_in.custody),
        is_paused_by_link: consent.status == Status::Disabled { cause: Pause::Link },
        done: done.map(|done| texts.get(&format!("consent-done-{done}"))),
        ends: ends(&texts, held, &service, source.as_deref()),
        history,
        used,
        source: source.map(|source| plain(&source.name)),
        frame: Frame::of(
            texts,
            "my-consent-title",
            "consents",
            &format!("/home/consents/{id}"),
            &signed_in,
        ),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn custody(custody: Custody) -> &'static str {
    match custody {
        Custody::Hosted => "hosted",
        Custody::Page => "page",
        Custody::Independent => "independent",
    }
}

fn data(holder: &ServiceDescription, set: &ResourceSet, language: &Language) -> Vec<String> {
    let concepts = set.values().flatten();
    concepts
        .map(|id| names::concept(holder, id, language))
        .collect()
}

/// What is still allowed and can be left out.
fn optional(holder: &ServiceDescription, consent: &Consent, language: &Language) -> Vec<Optional> {
    let concepts = consent.concepts().into_iter();
    concepts
        .filter(|id| !consent.required.contains(*id))
        .map(|id| Optional {
            value: id.to_string(),
            name: names::concept(holder, id, language),
        })
        .collect()
}

/// Which service has said that it has seen the end.
fn ends(
    texts: &Texts,
    held: &HeldConsent,
    service: &ServiceDescription,
    source: Option<&ServiceDescription>,
) -> Vec<(String, String)> {
    let other = held.source.as_ref().zip(source);
    let both = [Some((&held.consent, service)), other];
    let said = |(consent, service): (&Arc<Consent>, &ServiceDescription)| {
        let words = match consent.closure {
            Closure::NotOwed => return None,
            Closure::Owed { by } => texts.named("end-owed", &When::moment(texts, by).words),
            Closure::Acknowledged { at } => {
                texts.named("end-acknowledged", &When::moment(texts, at).words)
            }
            Closure::Missed => texts.get("end-missed"),
        };
        Some((plain(&service.name), words))
    };
    both.into_iter().flatten().filter_map(said).collect()
}

/// The history and the newest uses, newest first.
fn told(
    texts: &Texts,
    holdings: &Holdings,
    held: &HeldConsent,
    service: &ServiceDescription,
    source: Option<&ServiceDescription>,
) -> (Vec<Told>, Vec<Told>) {
    let mut all: Vec<&Happening> = holdings.happenings_of(held.id).collect();
    all.reverse();
    let is_use = |happening: &&&Happening| matches!(happening.what, What::Used(_));
    let name = |id| match source {
        Some(source) if source.service_id == id => plain(&source.name),
        _ => plain(&service.name),
    };
    let tell = |happening: &Happening| Told {
        when: When::moment(texts, happening.at),
        words: match &happening.what {
            What::Used(used) => {
                let service = name(used.service);
                match used.action {
                    UseAction::TokenIssued => texts.named("use-token", &service),
                    UseAction::Released => texts.named("use-released", &service),
                    UseAction::Processed => texts.named("use-processed", &service),
                    UseAction::Refused => {
                        let why = used.refusal.clone().unwrap_or_default();
                        format!("{} ({why})", texts.named("use-refused", &service))
                    }
                }
            }
            what => changed(texts, what, held.custody),
        },
    };
    let history = all
        .iter()
        .filter(|one| !is_use(one))
        .map(|one| tell(one))
        .collect();
    let used = all
        .iter()
        .filter(is_use)
        .take(USES)
        .map(|one| tell(one))
        .collect();
    (history, used)
}

/// A change in words: what, and signed by whom.
fn changed(texts: &Texts, what: &What, keeper: Custody) -> String {
    let (key, by) = match what {
        What::Given => ("happened-given", Some(By::Person)),
        What::Affirmed => ("happened-affirmed", Some(By::Person)),
        What::Superseded => ("happened-superseded", Some(By::Person)),
        What::Narrowed => ("happened-narrowed", Some(By::Person)),
        What::Paused(by) => ("happened-paused", Some(*by)),
        What::Resumed(by) => ("happened-resumed", Some(*by)),
        What::Withdrawn(by) => ("happened-withdrawn", Some(*by)),
        What::Expired => ("happened-expired", None),
        What::Acknowledged => ("happened-acknowledged", None),
        What::Missed => ("happened-missed", None),
        _ => ("happened-other", None),
    };
    let words = texts.get(key);
    match by {
        None => words,
        Some(By::Operator) => format!("{words} {}", texts.get("signed-operator")),
        Some(By::Link) => format!("{words} {}", texts.get("signed-link")),
        Some(By::Person) => {
            let key = format!("signed-{}", custody(keeper));
            format!("{words} {}", texts.get(&key))
        }
    }
}

#[derive(Template)]
#[template(path = "home/withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    id: String,
    service: String,
    purpose: String,
    termination: String,
    is_over: bool,
    keeper: &'static str,
}

/// `GET /home/consents/{consent}/withdraw`: what it means, and the button.
pub(super) async fn withdraw(
    State(node): State<Arc<Node>>,
    texts: Texts,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    let holdings = holdings::of(&node, signed_in.party).await?;
    let held = held(&holdings, &id)?;
    let service = descriptions::shared(&node, &held.consent.service).await?;
    let language = names::language(&texts);
    let purpose = &held.consent.usage_rules.purpose_id;
    let basis = service.purpose(purpose);
    let shown = WithdrawPage {
        id: held.id.to_string(),
        service: plain(&service.name),
        purpose: names::purpose(&service, purpose, &language),
        termination: basis.map_or_else(String::new, |basis| {
            names::picked(&basis.termination, &language)
        }),
        is_over: held.consent.has_ended(node.clock.now()),
        keeper: custody(signed_in.custody),
        frame: Frame::of(
            texts,
            "withdraw-title",
            "consents",
            &format!("/home/consents/{id}/withdraw"),
            &signed_in,
        ),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// `POST /home/consents/{consent}/{change}`, for who lets the operator keep the keys. A form to
/// narrow names what stays allowed, each as `keep`.
pub(super) async fn change(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, change)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, PageFailure> {
    apply(&node, &signed_in, &id, &change, &fields).await
}

/// `POST /home/consents/{consent}/withdraw`.
pub(super) async fn withdraw_now(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageFailure> {
    apply(&node, &signed_in, &id, "withdraw", &[]).await
}

async fn apply(
    node: &Arc<Node>,
    signed_in: &SignedIn,
    id: &str,
    change: &str,
    fields: &[(String, String)],
) -> Result<Response, PageFailure> {
    let (id, consent) = {
        let holdings = holdings::of(node, signed_in.party).await?;
        let held = held(&holdings, id)?;
        (held.id, Arc::clone(&held.consent))
    };
    let (change, done) = match change {
        "pause" => (Change::Disable, "paused"),
        "resume" => (Change::Enable, "resumed"),
        "narrow" => (Change::Narrow(narrowed(&consent, fields)), "narrowed"),
        "withdraw" => (Change::Withdraw, "withdrawn"),
        _ => return Err(PageFailure::not_found()),
    };
    if signed_in.custody != Custody::Hosted {
        return Err(Failure::forbidden().into());
    }
    hosted::change(node, signed_in.party, id, &change).await?;
    Ok(Redirect::to(&format!("/home/consents/{id}?done={done}")).into_response())
}

/// What is allowed without the optional concepts that were not kept.
fn narrowed(consent: &Consent, fields: &[(String, String)]) -> ResourceSet {
    let is_kept = |id: &str| {
        fields
            .iter()
            .any(|(name, value)| name == "keep" && value == id)
    };
    let mut set = consent.resource_set.clone();
    for concepts in set.values_mut() {
        concepts.retain(|id| consent.required.contains(id) || is_kept(id.as_str()));
    }
    set.retain(|_, concepts| !concepts.is_empty());
    set
}
