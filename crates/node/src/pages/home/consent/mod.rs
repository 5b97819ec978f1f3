//! One consent: what it allows, what was shown when it was given, what became of it, and the buttons
//! that change it.

mod changing;

use std::sync::Arc;

use askama::Template;
use assent_api::v1::consents::SubmittedForm;
use assent_crypto::digest::Digest;
use assent_exchange::consent::state::{Closure, Consent, Pause, Status};
use assent_model::canonical;
use assent_model::description::{ProcessingBasis, ServiceDescription, Texts as Named};
use assent_model::ids::ConsentId;
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::service::DescriptionRef;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::activity::did;
use super::telling::{About, Told, tell};
use super::visitor::Visitor;
use crate::descriptions;
use crate::holdings::{
    self, Happening, HeldConsent, Holdings, Place, Standing, Tab, What, Which, source_of,
};
use crate::homes::acts::{self, Act};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::consent::{Fact, facts, word};
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::names;
use crate::pages::receipts;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

pub(super) use changing::{change, withdraw, withdraw_now};

/// So many of the newest uses are shown; all of them are on the timeline.
const USES: usize = 50;

/// What happened, in words.
struct Line {
    when: When,
    told: Told,
}

/// A concept that may be left out from now on.
struct Optional {
    value: String,
    name: String,
}

/// Whether a service has said that it has seen the end.
struct End {
    service: String,
    words: String,
    /// Where to complain, if it did not say so in time.
    complaint: Option<Complaint>,
}

struct Complaint {
    contact: String,
    authority: String,
}

/// What the person was shown at the moment of consent.
struct Shown {
    language: String,
    digest: String,
    facts: Vec<Fact>,
}

/// The way to a new consent after this one has ended.
struct AskAgain {
    /// A request for the same that waits already.
    request: Option<String>,
    /// The home page of the service.
    page: Option<String>,
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
    how_often: Vec<String>,
    optional: Vec<Optional>,
    given: When,
    until: Option<When>,
    last_use: Option<When>,
    uses: usize,
    custody: &'static str,
    keeper: &'static str,
    is_delegate: bool,
    may_pause: bool,
    is_paused_by_link: bool,
    done: Option<String>,
    ends: Vec<End>,
    shown: Option<Shown>,
    ask_again: AskAgain,
    lists: Lists,
}

/// What `GET /home/consents/{consent}` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done.
    done: String,
}

/// A consent that this visitor is shown; of anything else there is none.
fn held<'h>(
    holdings: &'h Holdings,
    visitor: &Visitor,
    id: &str,
) -> Result<&'h HeldConsent, PageFailure> {
    let id: ConsentId = id.parse().map_err(|_| PageFailure::not_found())?;
    let place = holdings.place(&id.to_string());
    let is_shown = place.is_some_and(|place| visitor.shared().has(holdings, place));
    let held = holdings.consent(id).filter(|_| is_shown);
    held.ok_or_else(PageFailure::not_found)
}

/// `GET /home/consents/{consent}`.
pub(super) async fn consent(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let acts = acts::of(&node, visitor.owner).await?;
    let holdings = holdings::of(&node, visitor.owner).await?;
    let held = held(&holdings, &visitor, &id)?;
    let described = Described::of(&node, &holdings, held, &texts).await?;
    let source = match held.consent.role.counterpart() {
        Some(other) => node.state.get::<Consent>(&other).await?,
        None => None,
    };
    let form = receipts::kept_form(&node, &held.consent, held.id).await?;
    let done = ["paused", "resumed", "narrowed", "withdrawn"];
    let done = done.into_iter().find(|done| *done == asked.done);
    let lists = Lists::of(&texts, &holdings, held, &acts, &described.about);
    let consent = &held.consent;
    let shown = ConsentPage {
        id: held.id.to_string(),
        counterpart: consent
            .role
            .counterpart()
            .map_or_else(String::new, |id| id.to_string()),
        standing: Standing::of_consent(consent, node.clock.now()),
        service: described.about.service_name(),
        provider: plain(&described.service.provider.name),
        purpose: names::purpose(
            &described.service,
            &consent.usage_rules.purpose_id,
            &described.language,
        ),
        what_for: described.said(|basis| &basis.description),
        termination: described.said(|basis| &basis.termination),
        data: described
            .about
            .concepts(&consent.resource_set, &described.language),
        how_often: described.how_often(consent, &texts),
        optional: described.optional(consent),
        given: When::moment(&texts, held.at),
        until: consent.valid_until.map(|until| When::day(&texts, until)),
        last_use: held.last_use.map(|at| When::moment(&texts, at)),
        uses: held.uses,
        custody: custody(held.custody),
        keeper: custody(visitor.custody),
        is_delegate: visitor.is_delegate(),
        may_pause: visitor.may_pause(),
        is_paused_by_link: consent.status == Status::Disabled { cause: Pause::Link },
        done: done.map(|done| texts.get(&format!("consent-done-{done}"))),
        ends: described.ends(&texts, held, source.as_ref()),
        shown: form.map(|form| shown(&texts, &form)),
        ask_again: ask_again(&holdings, &visitor, consent, &described.service),
        lists,
        source: described
            .about
            .source
            .is_some()
            .then(|| described.about.source_name()),
        frame: visitor.frame(
            texts,
            "my-consent-title",
            "consents",
            &format!("/home/consents/{id}"),
        ),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn custody(custody: Custody) -> &'static str {
    crate::pages::consent::custody(custody)
}

/// A consent with the descriptions that it names.
struct Described {
    language: Language,
    service: Arc<ServiceDescription>,
    about: About,
    basis: Option<ProcessingBasis>,
}

impl Described {
    async fn of(
        node: &Node,
        holdings: &Holdings,
        held: &HeldConsent,
        texts: &Texts,
    ) -> Result<Self, Failure> {
        let place = holdings.place(&held.id.to_string());
        let service = descriptions::shared(node, &held.consent.service).await?;
        let basis = service.purpose(&held.consent.usage_rules.purpose_id);
        Ok(Self {
            language: names::language(texts),
            basis: basis.cloned(),
            about: About::of(node, holdings, place.unwrap_or(Place::Account)).await?,
            service,
        })
    }

    /// A text of the purpose.
    fn said(&self, read: fn(&ProcessingBasis) -> &Named) -> String {
        let basis = self.basis.as_ref();
        basis.map_or_else(String::new, |basis| {
            names::picked(read(basis), &self.language)
        })
    }

    /// How often what is still allowed has a value, for each of it that comes as a stream.
    fn how_often(&self, consent: &Consent, texts: &Texts) -> Vec<String> {
        let holder = self.about.source.as_ref().unwrap_or(&self.service);
        let allowed = holder.datasets.iter();
        let allowed = allowed.filter(|one| consent.resource_set.contains_key(&one.dataset_id));
        let said = allowed.filter_map(|one| {
            let words = word(texts, "resolution", &one.resolution?);
            let title = names::picked(&one.title, &self.language);
            Some(format!("{title}: {words}"))
        });
        said.collect()
    }

    /// What is still allowed and can be left out.
    fn optional(&self, consent: &Consent) -> Vec<Optional> {
        let holder = self.about.source.as_ref().unwrap_or(&self.service);
        let concepts = consent.concepts().into_iter();
        concepts
            .filter(|id| !consent.required.contains(*id))
            .map(|id| Optional {
                value: id.to_string(),
                name: names::concept(holder, id, &self.language),
            })
            .collect()
    }

    /// Which service has said that it has seen the end, and where to complain about one that has not.
    fn ends(&self, texts: &Texts, held: &HeldConsent, source: Option<&Arc<Consent>>) -> Vec<End> {
        let other = source.zip(self.about.source.as_ref());
        let both = [Some((&held.consent, &self.service)), other];
        let said = |(consent, service): (&Arc<Consent>, &Arc<ServiceDescription>)| {
            let words = match consent.closure {
                Closure::NotOwed => return None,
                Closure::Owed { by } => texts.named("end-owed", &When::moment(texts, by).words),
                Closure::Acknowledged { at } => {
                    texts.named("end-acknowledged", &When::moment(texts, at).words)
                }
                Closure::Missed => texts.get("end-missed"),
            };
            let complaint = || Complaint {
                contact: plain(&service.provider.contact),
                authority: plain(&service.provider.supervisory_authority),
            };
            Some(End {
                service: plain(&service.name),
                words,
                complaint: (consent.closure == Closure::Missed).then(complaint),
            })
        };
        both.into_iter().flatten().filter_map(said).collect()
    }
}

fn shown(texts: &Texts, form: &SubmittedForm) -> Shown {
    let notice = &form.notice;
    Shown {
        language: notice.language.to_string(),
        digest: Digest::of(&canonical::encode(notice)).to_string(),
        facts: facts(notice, texts),
    }
}

/// How to get the same once more: only the service can ask.
fn ask_again(
    holdings: &Holdings,
    visitor: &Visitor,
    consent: &Consent,
    service: &ServiceDescription,
) -> AskAgain {
    let id = |named: &DescriptionRef| named.service_id;
    // What the person is asked is not shown to delegates.
    let same = holdings.lines.chosen(|like| {
        visitor.shared().sees(like)
            && id(&like.service) == id(&consent.service)
            && like.purpose == consent.usage_rules.purpose_id
            && like.source.as_ref().map(id) == source_of(consent).map(id)
    });
    let waiting = holdings.lines.tab(Tab::Waiting).iter().rev();
    let mut waiting = waiting.filter(|line| same.has(line.likeness));
    let waits = waiting.find_map(|line| match line.which {
        Which::Request(at) => Some(&holdings.requests[at]),
        Which::Consent(_) => None,
    });
    let url = &service.instance.url;
    let is_page = url.starts_with("https://") || url.starts_with("http://");
    AskAgain {
        request: waits.map(|held| format!("/home/requests/{}", held.id)),
        page: is_page.then(|| url.clone()),
    }
}

/// What stands in the two lists of the page, newest first.
struct Lists {
    history: Vec<Line>,
    used: Vec<Line>,
    has_more_uses: bool,
}

impl Lists {
    fn of(
        texts: &Texts,
        holdings: &Holdings,
        held: &HeldConsent,
        acts: &[Act],
        about: &About,
    ) -> Self {
        let all: Vec<&Happening> = holdings.happenings_of(held.id).collect();
        let is_use = |happening: &&Happening| matches!(happening.what, What::Used(_));
        let (uses, changes): (Vec<_>, Vec<_>) = all.into_iter().partition(is_use);
        let line = |happening: &&Happening| Line {
            when: When::moment(texts, happening.at),
            told: tell(texts, about, happening),
        };
        let changes = changes
            .iter()
            .map(|happening| ((happening.at, 1), line(happening)));
        let acts = acts.iter().filter(|act| act.consent == Some(held.id));
        // What a delegate pressed comes before what the log says came of it.
        let acts = acts.map(|act| ((act.at, 0), acted(texts, act)));
        let mut history: Vec<_> = changes.chain(acts).collect();
        history.sort_by_key(|(moment, _)| std::cmp::Reverse(*moment));
        Self {
            history: history.into_iter().map(|(_, line)| line).collect(),
            has_more_uses: uses.len() > USES,
            used: uses.iter().rev().take(USES).map(line).collect(),
        }
    }
}

fn acted(texts: &Texts, act: &Act) -> Line {
    Line {
        when: When::moment(texts, act.at),
        told: Told {
            who: act.name.clone(),
            what: texts.get(did(act.did)),
            refusal: None,
            data: Vec::new(),
            purpose: String::new(),
        },
    }
}
