//! "Who can use my data": all consents and requests of a person, current, past and waiting.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use askama::Template;
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use assent_model::names::{ConceptId, Language};
use assent_model::records::service::DescriptionRef;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::paging::{Paging, address};
use super::visitor::{Shared, Visitor};
use crate::descriptions;
use crate::holdings::{self, Chosen, Counts, Holdings, Line, Standing, Tab, Which};
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
pub(super) async fn row(
    node: &Node,
    texts: &Texts,
    holdings: &Holdings,
    line: &Line,
) -> Result<Row, Failure> {
    let language = names::language(texts);
    let like = holdings.lines.likeness(line.likeness);
    let service = descriptions::shared(node, &like.service).await?;
    let source = match &like.source {
        Some(source) => Some(descriptions::shared(node, source).await?),
        None => None,
    };
    let holder = source.as_ref().unwrap_or(&service);
    let data = like.data.values().flatten();
    let data = data
        .map(|id| names::concept(holder, id, &language))
        .collect();
    let (href, until, last_use, uses) = match line.which {
        Which::Consent(at) => {
            let held = &holdings.consents[at];
            let href = format!("/home/consents/{}", held.id);
            (href, held.consent.valid_until, held.last_use, held.uses)
        }
        Which::Request(at) => {
            let href = format!("/home/requests/{}", holdings.requests[at].id);
            (href, None, None, 0)
        }
    };
    Ok(Row {
        href,
        purpose: names::purpose(&service, &like.purpose, &language),
        service: plain(&service.name),
        source: source.map(|source| plain(&source.name)),
        standing: line.standing,
        data,
        since: When::day(texts, line.at),
        until: until.map(|until| When::day(texts, until)),
        last_use: last_use.map(|at| When::moment(texts, at)),
        uses,
        is_request: matches!(line.which, Which::Request(_)),
    })
}

/// Something to choose in a filter.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

/// The descriptions of all services that are named, each in the newest version that is.
pub(super) async fn described(
    node: &Node,
    holdings: &Holdings,
    chosen: &Chosen,
) -> Result<Vec<Arc<ServiceDescription>>, Failure> {
    let mut named: BTreeMap<ServiceId, &DescriptionRef> = BTreeMap::new();
    for (like, _) in holdings.lines.counted(chosen) {
        for service in like.services() {
            let newest = named.entry(service.service_id).or_insert(service);
            if newest.version < service.version {
                *newest = service;
            }
        }
    }
    let mut all = Vec::new();
    for described in named.values() {
        all.push(descriptions::shared(node, described).await?);
    }
    Ok(all)
}

/// The services to choose from.
pub(super) fn services(described: &[Arc<ServiceDescription>], chosen: &str) -> Vec<Choice> {
    let names = described.iter().map(|service| {
        let id = service.service_id.to_string();
        (id, plain(&service.name))
    });
    listed(names.collect(), chosen)
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

/// All data that services describe.
fn data_choices(
    described: &[Arc<ServiceDescription>],
    language: &Language,
    chosen: &str,
) -> Vec<Choice> {
    let mut concepts = BTreeMap::new();
    for description in described {
        for mapping in description
            .datasets
            .iter()
            .flat_map(|set| &set.data_mappings)
        {
            let name = names::picked(&mapping.name, language);
            concepts.insert(mapping.concept_id.to_string(), name);
        }
    }
    listed(concepts.into_iter().collect(), chosen)
}

/// A tab over the list.
struct TabLink {
    name: &'static str,
    title: String,
    is_shown: bool,
}

#[derive(Template)]
#[template(path = "home/consents.html")]
struct ConsentsPage {
    frame: Frame,
    tabs: Vec<TabLink>,
    shown: &'static str,
    rows: Vec<Row>,
    services: Vec<Choice>,
    data: Vec<Choice>,
    standings: Vec<Choice>,
    homes: Vec<Choice>,
    is_filtered: bool,
    paging: Paging,
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
fn tabs(texts: &Texts, counts: &Counts, shown: Tab, visitor: &Visitor) -> Vec<TabLink> {
    let link = |tab: Tab| TabLink {
        name: tab.name(),
        title: texts.count(&format!("consents-tab-{}", tab.name()), &counts.on(tab)),
        is_shown: tab == shown,
    };
    let is_shown = |tab: &Tab| *tab != Tab::Waiting || !visitor.is_delegate();
    Tab::ALL.into_iter().filter(is_shown).map(link).collect()
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
    let seen = holdings.lines.chosen(|like| shared.sees(like));
    let shown = Tab::ALL.into_iter().find(|tab| tab.name() == asked.show);
    let shown = shown.unwrap_or(Tab::Current);
    let wanted = wanted(&holdings, &shared, shown, &asked);
    let fields = [
        ("show", shown.name()),
        ("service", &asked.service),
        ("status", &asked.status),
        ("data", &asked.data),
        ("home", &asked.home),
    ];
    let address = address("/home/consents", &fields);
    let paging = Paging::new(&asked.page, wanted.len(), address);
    let mut rows = Vec::new();
    for line in wanted.newest(paging.range()) {
        rows.push(row(node, &texts, &holdings, line).await?);
    }
    let (title, here) = match area {
        "requests" => ("requests-title", "/home/requests"),
        _ => ("consents-title", "/home/consents"),
    };
    let language = names::language(&texts);
    let described = described(node, &holdings, &seen).await?;
    let shown = ConsentsPage {
        tabs: tabs(&texts, &holdings.lines.counts(&seen), shown, visitor),
        services: services(&described, &asked.service),
        data: data_choices(&described, &language, &asked.data),
        standings: standings(&texts, shown, &asked.status),
        homes: visitor.home_choices(&asked.home),
        is_filtered: fields[1..].iter().any(|(_, value)| !value.is_empty()),
        shown: shown.name(),
        rows,
        paging,
        frame: visitor.frame(texts, title, area, here),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The standings that there are on a tab.
fn standings(texts: &Texts, tab: Tab, chosen: &str) -> Vec<Choice> {
    let on_tab = Standing::ALL.into_iter();
    on_tab
        .filter(|standing| standing.tab() == tab)
        .map(|standing| Choice {
            value: standing.name().into(),
            name: texts.get(&standing.key()),
            is_chosen: standing.name() == chosen,
        })
        .collect()
}

/// The lines of a tab that fit a filter, oldest first.
enum Wanted<'l> {
    /// All of them.
    All(&'l [Line]),
    /// Some.
    Some(Vec<&'l Line>),
}

impl<'l> Wanted<'l> {
    fn len(&self) -> usize {
        match self {
            Self::All(lines) => lines.len(),
            Self::Some(lines) => lines.len(),
        }
    }

    /// The lines at these places, counted from the newest.
    fn newest(&self, places: Range<usize>) -> Vec<&'l Line> {
        let last = self.len();
        let places = places.start.min(last)..places.end.min(last);
        let from_end = |place: usize| last - 1 - place;
        places
            .map(|place| match self {
                Self::All(lines) => &lines[from_end(place)],
                Self::Some(lines) => lines[from_end(place)],
            })
            .collect()
    }
}

fn wanted<'h>(holdings: &'h Holdings, shared: &Shared, shown: Tab, asked: &Asked) -> Wanted<'h> {
    let service: Option<ServiceId> = asked.service.parse().ok();
    let data: Option<ConceptId> = asked.data.parse().ok();
    let fits = holdings.lines.chosen(|like| {
        shared.sees(like)
            && service.is_none_or(|service| like.concerns(service))
            && data
                .as_ref()
                .is_none_or(|data| like.concepts().contains(data))
            && (asked.home.is_empty() || shared.is_at(like, &asked.home))
    });
    let lines = holdings.lines.tab(shown);
    if fits.is_all() && asked.status.is_empty() {
        return Wanted::All(lines);
    }
    let is_wanted = |line: &&Line| {
        fits.has(line.likeness) && (asked.status.is_empty() || asked.status == line.standing.name())
    };
    Wanted::Some(lines.iter().filter(is_wanted).collect())
}
