//! The form itself.

use askama::Template;
use assent_api::v1::consents::{FormView, Notice, NoticeDataset, pick};
use assent_crypto::digest::Digest;
use assent_model::ids::ConsentId;
use assent_model::records::Custody;
use assent_model::time::Timestamp;
use axum::extract::{OriginalUri, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;

use super::changes::{self, Changed};
use super::closed::ClosedPage;
use super::fields::{Choices, Pairs, UntilError, choice_name, proposed};
use super::notice::{Fact, facts};
use super::visit::{Elsewhere, Seen, Standing, Visit};
use crate::descriptions;
use crate::http::v1::consent_requests::form_view;
use crate::node::Node;
use crate::pages::dates::{day, last_day};
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::logos::Mark;
use crate::pages::spelling::{is_mixed, plain};
use crate::pages::texts::Texts;
use crate::redirects::Refused;

/// A dataset as it can be chosen from.
struct Dataset {
    title: String,
    /// How often a value comes; empty where it is a document.
    how_often: String,
    required: Vec<String>,
    optional: Vec<Optional>,
}

/// Something that may be left out.
struct Optional {
    name: String,
    value: String,
    is_on: bool,
}

/// What is said about age.
struct Age {
    rule: String,
    statement: String,
    is_confirmed: bool,
}

/// The consent that would be replaced.
struct Replaced {
    cr_id: ConsentId,
    since: String,
    changes: Vec<Changed>,
}

#[derive(Template)]
#[template(path = "consent/form.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the template asks for each by itself"
)]
pub(super) struct FormPage {
    frame: Frame,
    /// Whether it is shown to who wrote the description, and nothing can be sent.
    is_preview: bool,
    /// Where the form goes.
    path: String,
    /// Whether a link led here.
    is_linked: bool,
    who: String,
    service: String,
    mark: Mark,
    provider: String,
    business_id: String,
    origin: String,
    source: String,
    source_provider: String,
    /// That a name may have been made to be taken for another; empty where none was.
    alike: String,
    purpose: String,
    description: String,
    datasets: Vec<Dataset>,
    has_optional: bool,
    /// Whether any of it comes as a stream.
    is_stream: bool,
    is_special: bool,
    period: String,
    termination: String,
    withdrawal: String,
    consequences: String,
    facts: Vec<Fact>,
    replaced: Option<Replaced>,
    until: String,
    until_min: String,
    until_max: Option<String>,
    age: Option<Age>,
    error: String,
    /// The id of the field that the error is about.
    error_at: &'static str,
    note: String,
    language: String,
    digest: String,
    request_id: String,
    custody: &'static str,
    wording: String,
}

pub(super) async fn linked(
    (axum::extract::State(node), texts, session): Seen,
    Path(token): Path<String>,
    OriginalUri(here): OriginalUri,
    Query(pairs): Query<Pairs>,
) -> Elsewhere {
    let here = here.path_and_query().map_or("/home", |here| here.as_str());
    match Visit::linked(&node, texts, &session, &token, here).await {
        Ok(visit) => show(&node, &visit, &Choices::read(&pairs)).await,
        Err(elsewhere) => elsewhere,
    }
}

pub(super) async fn at_home(
    (axum::extract::State(node), texts, session): Seen,
    Path(request): Path<String>,
    OriginalUri(here): OriginalUri,
    Query(pairs): Query<Pairs>,
) -> Elsewhere {
    let here = here.path_and_query().map_or("/home", |here| here.as_str());
    match Visit::at_home(&node, texts, &session, &request, here).await {
        Ok(visit) => show(&node, &visit, &Choices::read(&pairs)).await,
        Err(elsewhere) => elsewhere,
    }
}

async fn show(node: &Node, visit: &Visit, choices: &Choices) -> Elsewhere {
    if visit.opened.as_ref().is_some_and(|opened| opened.is_used) {
        return closed(node, visit, Standing::Answered, None).await;
    }
    match visit.standing(node).await? {
        Standing::Waiting => form(node, visit, choices, Shown::First).await,
        Standing::Answered => {
            let why = Some(Refused::AlreadyAnswered);
            closed(node, visit, Standing::Answered, why).await
        }
        other => closed(node, visit, other, Some(Refused::Expired)).await,
    }
}

/// What is said about names that mix alphabets.
fn alike(notice: &Notice, texts: &Texts) -> String {
    let source = notice.source.as_ref();
    let names = [&notice.service_name, &notice.provider.name].into_iter();
    let names = names.chain(source.map(|source| &source.name));
    let mut names = names.chain(source.map(|source| &source.provider.name));
    if names.any(|name| is_mixed(name)) {
        texts.get("consent-name-mixed")
    } else {
        String::new()
    }
}

/// The request cannot be answered any more.
pub(super) async fn closed(
    node: &Node,
    visit: &Visit,
    standing: Standing,
    why: Option<Refused>,
) -> Elsewhere {
    let form = form_view(node, visit.request_id, &visit.language()).await?;
    let name = plain(&form.notice.service_name);
    let (title, lead) = match standing {
        Standing::Waiting | Standing::Answered => ("consent-answered-title", "consent-answered"),
        Standing::Expired => ("consent-expired-title", "consent-expired"),
        Standing::Outdated => ("consent-outdated-title", "consent-outdated"),
    };
    let texts = visit.texts.clone();
    let shown = ClosedPage {
        lead: texts.named(lead, &name),
        frame: Frame::of(texts, title, "home", &visit.path, &visit.signed_in),
        back: why.and_then(|why| visit.back(node, &name, why)),
    };
    Ok(page(StatusCode::GONE, &shown))
}

/// Why the form is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The person has just come.
    First,
    /// The end cannot be chosen.
    Until(UntilError),
    /// The statement about age is not confirmed.
    Age,
    /// The person's own wallet has not answered yet.
    NotYet,
}

/// The form with what was chosen so far.
pub(super) async fn form(
    node: &Node,
    visit: &Visit,
    choices: &Choices,
    shown: Shown,
) -> Result<Response, PageFailure> {
    let view = form_view(node, visit.request_id, &visit.language()).await?;
    let replaced = replaced(node, visit, &view.notice).await?;
    let who = visit.name(node).await?;
    let mark = Mark::of(&*descriptions::shared(node, &view.notice.service).await?);
    let form = FormPage {
        who,
        mark,
        replaced,
        ..form_page(node, visit, choices, &view, shown)
    };
    let status = match shown {
        Shown::First => StatusCode::OK,
        Shown::Until(_) | Shown::Age => StatusCode::UNPROCESSABLE_ENTITY,
        Shown::NotYet => StatusCode::CONFLICT,
    };
    Ok(page(status, &form))
}

async fn replaced(
    node: &Node,
    visit: &Visit,
    notice: &Notice,
) -> Result<Option<Replaced>, PageFailure> {
    let earlier = changes::earlier(node, &visit.request, &visit.language()).await?;
    Ok(earlier.map(|earlier| Replaced {
        cr_id: earlier.cr_id,
        since: day(earlier.consent.valid_from),
        changes: changes::changed(&earlier.notice, notice, &visit.texts),
    }))
}

fn form_page(
    node: &Node,
    visit: &Visit,
    choices: &Choices,
    view: &FormView,
    shown: Shown,
) -> FormPage {
    let notice = &view.notice;
    let max = notice.valid_until_max.map(Timestamp::from_millis);
    let (error, note) = said_of(visit, shown, max);
    let opened = visit.opened.as_ref();
    let worded = Worded {
        notice,
        texts: &visit.texts,
        choices,
        digest: view.notice_digest,
        now: node.clock.now(),
    };
    FormPage {
        path: visit.path.clone(),
        is_linked: opened.is_some(),
        origin: opened
            .map(|opened| opened.pushed.origin())
            .unwrap_or_default(),
        error,
        error_at: match shown {
            Shown::Until(_) => "until",
            Shown::Age => "age",
            Shown::First | Shown::NotYet => "",
        },
        note,
        request_id: view.request_id.to_string(),
        custody: custody(visit.signed_in.custody),
        ..worded.page(frame(visit, choices, &plain(&notice.service_name)))
    }
}

/// A notice as a form shows it, with what was chosen so far.
pub(super) struct Worded<'n> {
    pub(super) notice: &'n Notice,
    pub(super) texts: &'n Texts,
    pub(super) choices: &'n Choices,
    /// Of the notice.
    pub(super) digest: Digest,
    pub(super) now: Timestamp,
}

impl Worded<'_> {
    /// The form for who writes the description, with a word for who would be asked.
    pub(super) fn preview(&self, frame: Frame, who: String, mark: Mark) -> FormPage {
        FormPage {
            is_preview: true,
            who,
            mark,
            custody: "hosted",
            ..self.page(frame)
        }
    }

    /// The form without who is asked and by which way.
    fn page(&self, frame: Frame) -> FormPage {
        let (notice, purpose) = (self.notice, &self.notice.purpose);
        let said = |texts| plain(pick(texts, &notice.language));
        let source = notice.source.as_ref();
        let max = notice.valid_until_max.map(Timestamp::from_millis);
        let until = self.choices.until.clone();
        let has_optional = |dataset: &NoticeDataset| !dataset.optional.is_empty();
        FormPage {
            frame,
            is_preview: false,
            path: String::new(),
            is_linked: false,
            who: String::new(),
            service: plain(&notice.service_name),
            mark: Mark::letters(&notice.service_name),
            provider: plain(&notice.provider.name),
            business_id: plain(&notice.provider.business_id),
            origin: String::new(),
            source: source.map(|source| plain(&source.name)).unwrap_or_default(),
            source_provider: source
                .map(|source| plain(&source.provider.name))
                .unwrap_or_default(),
            alike: alike(notice, self.texts),
            purpose: said(&purpose.name),
            description: said(&purpose.description),
            has_optional: notice.datasets.iter().any(has_optional),
            is_stream: notice
                .datasets
                .iter()
                .any(|dataset| dataset.how_often.is_some()),
            datasets: datasets(notice, self.choices),
            is_special: purpose.special_categories,
            period: said(&purpose.storage.period),
            termination: said(&purpose.termination),
            withdrawal: notice
                .rights
                .first()
                .map(|right| plain(right))
                .unwrap_or_default(),
            consequences: said(&purpose.consequences_of_refusal),
            facts: facts(notice, self.texts),
            replaced: None,
            until: until.unwrap_or_else(|| proposed(self.now, max)),
            until_min: day(self.now),
            until_max: max.map(last_day),
            age: notice.minimum_age.as_ref().map(|age| Age {
                rule: plain(&age.rule),
                statement: plain(&age.statement),
                is_confirmed: self.choices.is_of_age,
            }),
            error: String::new(),
            error_at: "",
            note: String::new(),
            language: notice.language.to_string(),
            digest: self.digest.to_string(),
            request_id: String::new(),
            custody: "",
            wording: notice.version.to_string(),
        }
    }
}

fn frame(visit: &Visit, choices: &Choices, service: &str) -> Frame {
    let texts = visit.texts.clone();
    Frame {
        title: texts.named("consent-title", service),
        here: choices.at(&visit.path),
        ..Frame::of(texts, "nav-home", "home", &visit.path, &visit.signed_in)
    }
}

/// What is wrong with what was sent, and what is to be noted.
fn said_of(visit: &Visit, shown: Shown, max: Option<Timestamp>) -> (String, String) {
    let texts = &visit.texts;
    match shown {
        Shown::First => Default::default(),
        Shown::NotYet => (String::new(), texts.get("consent-not-yet")),
        Shown::Age => (texts.get("consent-age-missing"), String::new()),
        Shown::Until(UntilError::NoDay) => (texts.get("consent-until-no-day"), String::new()),
        Shown::Until(UntilError::Past) => (texts.get("consent-until-past"), String::new()),
        Shown::Until(UntilError::TooLate) => {
            let max = max.map(last_day).unwrap_or_default();
            (texts.named("consent-until-too-late", &max), String::new())
        }
    }
}

/// Custody as elements of the wallet and templates know it.
pub(in crate::pages) fn custody(custody: Custody) -> &'static str {
    match custody {
        Custody::Hosted => "hosted",
        Custody::Page => "page",
        Custody::Independent => "independent",
    }
}

fn datasets(notice: &Notice, choices: &Choices) -> Vec<Dataset> {
    let dataset = |dataset: &NoticeDataset| Dataset {
        title: plain(&dataset.title),
        how_often: dataset.how_often.clone().unwrap_or_default(),
        required: dataset.required.values().map(|name| plain(name)).collect(),
        optional: dataset
            .optional
            .iter()
            .map(|(concept, name)| {
                let value = choice_name(&dataset.dataset_id, concept);
                Optional {
                    name: plain(name),
                    is_on: choices.optional.contains(&value),
                    value,
                }
            })
            .collect(),
    };
    notice.datasets.iter().map(dataset).collect()
}
