//! "Who can use my data": all consents and requests of a person, current, past and waiting.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use assent_exchange::consent::state::{Consent, Request};
use assent_model::description::ServiceDescription;
use assent_model::ids::{LinkId, ServiceId};
use assent_model::names::{ConceptId, DatasetId, Language};
use assent_model::records::service::DescriptionRef;
use assent_model::time::Timestamp;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::paging::{Paging, address};
use super::standing::Standing;
use super::visitor::{Shared, Visitor};
use crate::descriptions;
use crate::holdings::{self, HeldConsent, HeldRequest, Holdings, Place};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::When;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::names;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// What `GET /home/consents` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    show: String,
    service: String,
    status: String,
    data: String,
    home: String,
    page: String,
}

/// One line of the list.
#[derive(Clone, Copy)]
pub(super) enum Line<'h> {
    /// A consent.
    Consent(&'h HeldConsent, Standing),
    /// A request that no consent answers.
    Request(&'h HeldRequest, Standing),
}

impl<'h> Line<'h> {
    pub(super) fn standing(&self) -> Standing {
        match self {
            Self::Consent(_, standing) | Self::Request(_, standing) => *standing,
        }
    }

    fn at(&self) -> Timestamp {
        match self {
            Self::Consent(held, _) => held.at,
            Self::Request(held, _) => held.at,
        }
    }

    fn service(&self) -> &'h DescriptionRef {
        match self {
            Self::Consent(held, _) => &held.consent.service,
            Self::Request(held, _) => &held.request.service,
        }
    }

    fn source(&self) -> Option<&'h DescriptionRef> {
        match self {
            Self::Consent(held, _) => source_of(&held.consent),
            Self::Request(held, _) => held.request.source.as_ref(),
        }
    }

    fn concepts(&self) -> Vec<(&'h DatasetId, &'h ConceptId)> {
        match self {
            Self::Consent(held, _) => {
                let sets = held.consent.resource_set.iter();
                sets.flat_map(|(dataset, concepts)| concepts.iter().map(move |id| (dataset, id)))
                    .collect()
            }
            Self::Request(held, _) => offered(&held.request),
        }
    }

    /// The link that it hangs on.
    pub(super) fn link(&self) -> Option<LinkId> {
        match self {
            Self::Consent(held, _) => held.consent.role.link(),
            Self::Request(held, _) => Some(held.request.link),
        }
    }

    fn names(&self, service: Option<ServiceId>, data: Option<&ConceptId>) -> bool {
        let is_of = |wanted: ServiceId| {
            self.service().service_id == wanted
                || self
                    .source()
                    .is_some_and(|source| source.service_id == wanted)
        };
        service.is_none_or(is_of)
            && data.is_none_or(|wanted| self.concepts().iter().any(|(_, id)| *id == wanted))
    }
}

fn offered(request: &Request) -> Vec<(&DatasetId, &ConceptId)> {
    let sets = request.offer.iter();
    sets.flat_map(|(dataset, offered)| {
        let all = offered.required.iter().chain(&offered.optional);
        all.map(move |id| (dataset, id))
    })
    .collect()
}

/// Where the data of a consent comes from, if from another service.
pub(super) fn source_of(consent: &Consent) -> Option<&DescriptionRef> {
    match &consent.role {
        assent_exchange::consent::state::Role::Sink { source, .. } => Some(source),
        _ => None,
    }
}

/// All lines that a visitor is shown, newest first.
pub(super) fn lines<'h>(holdings: &'h Holdings, shared: &Shared, now: Timestamp) -> Vec<Line<'h>> {
    let is_shown = |place| shared.has(holdings, place);
    let consents = holdings.consents.iter().enumerate();
    let consents = consents
        .filter(|(at, _)| is_shown(Place::Consent(*at)))
        .map(|(_, held)| Line::Consent(held, Standing::of_consent(&held.consent, now)));
    let requests = holdings.requests.iter().enumerate();
    let requests = requests
        .filter(|(at, _)| is_shown(Place::Request(*at)))
        .filter_map(|(_, held)| {
            let standing = Standing::of_request(&held.request, now)?;
            Some(Line::Request(held, standing))
        });
    let mut lines: Vec<Line<'_>> = consents.chain(requests).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at()));
    lines
}

/// A line as it is shown.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) service: String,
    pub(super) source: Option<String>,
    pub(super) purpose: String,
    pub(super) standing: Standing,
    pub(super) data: Vec<String>,
    pub(super) since: When,
    pub(super) until: Option<When>,
    pub(super) last_use: Option<When>,
    pub(super) uses: usize,
    pub(super) is_request: bool,
}

/// Puts a line into words.
pub(super) async fn row(node: &Node, texts: &Texts, line: &Line<'_>) -> Result<Row, Failure> {
    let language = names::language(texts);
    let service = descriptions::shared(node, line.service()).await?;
    let source = match line.source() {
        Some(source) => Some(descriptions::shared(node, source).await?),
        None => None,
    };
    let holder = source.as_ref().unwrap_or(&service);
    let data = line.concepts().into_iter();
    let data = data
        .map(|(_, id)| names::concept(holder, id, &language))
        .collect();
    let (href, purpose, until, last_use, uses) = match line {
        Line::Consent(held, _) => (
            format!("/home/consents/{}", held.id),
            &held.consent.usage_rules.purpose_id,
            held.consent.valid_until,
            held.last_use,
            held.uses,
        ),
        Line::Request(held, _) => (
            format!("/home/requests/{}", held.id),
            &held.request.usage_rules.purpose_id,
            None,
            None,
            0,
        ),
    };
    Ok(Row {
        href,
        purpose: names::purpose(&service, purpose, &language),
        service: plain(&service.name),
        source: source.map(|source| plain(&source.name)),
        standing: line.standing(),
        data,
        since: When::day(texts, line.at()),
        until: until.map(|until| When::day(texts, until)),
        last_use: last_use.map(|at| When::moment(texts, at)),
        uses,
        is_request: matches!(line, Line::Request(..)),
    })
}

/// Something to choose in a filter.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

/// The descriptions of all services that lines name.
async fn described(
    node: &Node,
    lines: &[Line<'_>],
) -> Result<Vec<Arc<ServiceDescription>>, Failure> {
    let mut named: BTreeMap<ServiceId, &DescriptionRef> = BTreeMap::new();
    for line in lines {
        for described in [Some(line.service()), line.source()].into_iter().flatten() {
            named.entry(described.service_id).or_insert(described);
        }
    }
    let mut all = Vec::new();
    for described in named.values() {
        all.push(descriptions::shared(node, described).await?);
    }
    Ok(all)
}

/// All services that lines name.
pub(super) async fn services(
    node: &Node,
    lines: &[Line<'_>],
    chosen: &str,
) -> Result<Vec<Choice>, Failure> {
    let all = described(node, lines).await?;
    let names = all.iter().map(|service| {
        let id = service.service_id.to_string();
        (id, plain(&service.name))
    });
    Ok(listed(names.collect(), chosen))
}

fn listed(all: Vec<(String, String)>, chosen: &str) -> Vec<Choice> {
    let choice = |(value, name): (String, String)| Choice {
        is_chosen: value == chosen,
        value,
        name,
    };
    let mut all: Vec<Choice> = all.into_iter().map(choice).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// All data that the services of lines describe.
async fn data_choices(
    node: &Node,
    lines: &[Line<'_>],
    language: &Language,
    chosen: &str,
) -> Result<Vec<Choice>, Failure> {
    let mut concepts = BTreeMap::new();
    for description in described(node, lines).await? {
        for mapping in description
            .datasets
            .iter()
            .flat_map(|set| &set.data_mappings)
        {
            let name = names::picked(&mapping.name, language);
            concepts.insert(mapping.concept_id.to_string(), name);
        }
    }
    Ok(listed(concepts.into_iter().collect(), chosen))
}

/// A tab over the list.
struct Tab {
    name: &'static str,
    title: String,
    is_shown: bool,
}

#[derive(Template)]
#[template(path = "home/consents.html")]
struct ConsentsPage {
    frame: Frame,
    tabs: Vec<Tab>,
    shown: &'static str,
    rows: Vec<Row>,
    services: Vec<Choice>,
    data: Vec<Choice>,
    standings: Vec<Choice>,
    homes: Vec<Choice>,
    is_filtered: bool,
    paging: Paging,
}

/// Which lines stand on which tab.
fn tab_of(standing: Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        standing if standing.is_current() => "current",
        _ => "past",
    }
}

/// `GET /home/consents`.
pub(super) async fn consents(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    list(&node, texts, &visitor, asked, "consents").await
}

/// `GET /home/requests`: what waits for an answer.
pub(super) async fn requests(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let asked = Asked {
        show: "waiting".into(),
        ..asked
    };
    list(&node, texts, &visitor, asked, "requests").await
}

/// The tabs; questions that wait are for nobody but the person.
fn tabs(texts: &Texts, lines: &[Line<'_>], shown: &str, visitor: &Visitor) -> Vec<Tab> {
    let tab = |name| {
        let is_in = |line: &&Line<'_>| tab_of(line.standing()) == name;
        let count = lines.iter().filter(is_in).count();
        Tab {
            name,
            title: texts.count(&format!("consents-tab-{name}"), &count),
            is_shown: name == shown,
        }
    };
    let mut tabs: Vec<Tab> = ["current", "past", "waiting"].map(tab).into();
    tabs.retain(|tab| tab.name != "waiting" || !visitor.is_delegate());
    tabs
}

async fn list(
    node: &Node,
    texts: Texts,
    visitor: &Visitor,
    asked: Asked,
    area: &'static str,
) -> Result<Response, PageFailure> {
    let holdings = holdings::of(node, visitor.owner).await?;
    let shared = visitor.shared();
    let lines = lines(&holdings, &shared, node.clock.now());
    let shown = ["current", "past", "waiting"]
        .into_iter()
        .find(|tab| *tab == asked.show)
        .unwrap_or("current");
    let wanted = wanted(&lines, &shared, shown, &asked);
    let fields = [
        ("show", shown),
        ("service", &asked.service),
        ("status", &asked.status),
        ("data", &asked.data),
        ("home", &asked.home),
    ];
    let address = address("/home/consents", &fields);
    let paging = Paging::new(&asked.page, wanted.len(), address);
    let mut rows = Vec::new();
    for line in paging.rows(&wanted) {
        rows.push(row(node, &texts, line).await?);
    }
    let (title, here) = match area {
        "requests" => ("requests-title", "/home/requests"),
        _ => ("consents-title", "/home/consents"),
    };
    let language = names::language(&texts);
    let shown = ConsentsPage {
        tabs: tabs(&texts, &lines, shown, visitor),
        services: services(node, &lines, &asked.service).await?,
        data: data_choices(node, &lines, &language, &asked.data).await?,
        standings: standings(&texts, shown, &asked.status),
        homes: visitor.home_choices(&asked.home),
        is_filtered: fields[1..].iter().any(|(_, value)| !value.is_empty()),
        shown,
        rows,
        paging,
        frame: visitor.frame(texts, title, area, here),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The standings that there are on a tab.
fn standings(texts: &Texts, tab: &str, chosen: &str) -> Vec<Choice> {
    let on_tab = Standing::ALL.into_iter();
    on_tab
        .filter(|standing| tab_of(*standing) == tab)
        .map(|standing| Choice {
            value: standing.name().into(),
            name: texts.get(&standing.key()),
            is_chosen: standing.name() == chosen,
        })
        .collect()
}

fn wanted<'h>(lines: &[Line<'h>], shared: &Shared, shown: &str, asked: &Asked) -> Vec<Line<'h>> {
    let service: Option<ServiceId> = asked.service.parse().ok();
    let data: Option<ConceptId> = asked.data.parse().ok();
    let of_home = shared.links_of(&asked.home);
    let is_at_home = |line: &Line<'h>| {
        asked.home.is_empty() || line.link().is_some_and(|link| of_home.contains(&link))
    };
    let is_wanted = |line: &&Line<'h>| {
        let standing = line.standing();
        tab_of(standing) == shown
            && (asked.status.is_empty() || asked.status == standing.name())
            && line.names(service, data.as_ref())
            && is_at_home(line)
    };
    lines.iter().filter(is_wanted).copied().collect()
}
