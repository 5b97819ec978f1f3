//! Lines of the timeline.

use assent_exchange::consent::state::{Consent, Request};
use assent_model::ids::ServiceId;

use super::filter::{Kind, Wanted};
use crate::holdings::{Happening, Holdings, Place};
use crate::homes::acts::{Act, Did};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::When;
use crate::pages::home::consents::source_of;
use crate::pages::home::standing::Standing;
use crate::pages::home::telling::{About, Moment, tell};
use crate::pages::home::visitor::Shared;
use crate::pages::texts::Texts;

/// Something that stands on the timeline.
#[derive(Clone, Copy)]
pub(super) enum Item<'h> {
    /// What the log says.
    Logged(&'h Happening),
    /// What a delegate did, of which the log knows nothing.
    Act(&'h Act),
}

impl Item<'_> {
    pub(super) fn moment(&self) -> Moment {
        match self {
            Self::Logged(happening) => Moment {
                at: happening.at,
                index: happening.index,
                nth: happening.nth,
            },
            // Before what the log says came of it.
            Self::Act(act) => Moment {
                at: act.at,
                index: 0,
                nth: act.nth,
            },
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Logged(happening) => Kind::of(happening),
            Self::Act(_) => Kind::Delegate,
        }
    }
}

/// All that is wanted, newest first.
pub(super) fn items<'h>(
    holdings: &'h Holdings,
    shared: &Shared,
    acts: &'h [Act],
    wanted: &Wanted,
) -> Vec<Item<'h>> {
    let happenings = holdings.happenings.iter().filter(|happening| {
        wanted.takes(happening.at, Kind::of(happening))
            && shared.has(holdings, happening.about)
            && fits(holdings, shared, wanted, happening.about)
    });
    let acts = acts.iter().filter(|act| {
        wanted.takes(act.at, Kind::Delegate)
            && shared.has_act(holdings, act)
            && match act.consent.and_then(|id| holdings.place(&id.to_string())) {
                Some(place) => fits(holdings, shared, wanted, place),
                None => {
                    wanted.service.is_none() && wanted.status.is_empty() && wanted.home.is_empty()
                }
            }
    });
    let mut items: Vec<Item<'h>> = happenings
        .map(Item::Logged)
        .chain(acts.map(Item::Act))
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.moment()));
    items
}

/// Whether what a happening is about fits the filter.
fn fits(holdings: &Holdings, shared: &Shared, wanted: &Wanted, about: Place) -> bool {
    let is_of = |service: &Result<ServiceId, ()>| {
        service.is_ok_and(|service| concerns(holdings, about, service))
    };
    wanted.service.as_ref().is_none_or(is_of)
        && (wanted.status.is_empty()
            || standing(holdings, wanted, about).is_some_and(|found| found.name() == wanted.status))
        && (wanted.home.is_empty() || shared.is_in_home(holdings, about, &wanted.home))
}

fn standing(holdings: &Holdings, wanted: &Wanted, about: Place) -> Option<Standing> {
    match about {
        Place::Account | Place::Link(_) => None,
        Place::Request(at) => Standing::of_request(&holdings.requests[at].request, wanted.now),
        Place::Consent(at) | Place::Source(at) => {
            let consent = &holdings.consents[at].consent;
            Some(Standing::of_consent(consent, wanted.now))
        }
    }
}

fn concerns(holdings: &Holdings, about: Place, service: ServiceId) -> bool {
    let asks = |request: &Request| {
        let named = std::iter::once(&request.service).chain(&request.source);
        named.into_iter().any(|named| named.service_id == service)
    };
    let names = |consent: &Consent| {
        let named = std::iter::once(&consent.service).chain(source_of(consent));
        named.into_iter().any(|named| named.service_id == service)
    };
    match about {
        Place::Account => false,
        Place::Link(at) => holdings.links[at].link.service == service,
        Place::Request(at) => asks(&holdings.requests[at].request),
        Place::Consent(at) | Place::Source(at) => names(&holdings.consents[at].consent),
    }
}

/// A line in words.
pub(super) struct Line {
    pub(super) when: When,
    pub(super) kind: Kind,
    pub(super) kind_words: String,
    pub(super) who: String,
    pub(super) what: String,
    /// Why something was refused: in words, and the code.
    pub(super) refusal: Option<(String, String)>,
    pub(super) data: Vec<String>,
    pub(super) purpose: String,
    pub(super) service: String,
    pub(super) source: String,
    pub(super) standing: Option<Standing>,
    pub(super) href: String,
    pub(super) id: String,
    /// Where in the log.
    pub(super) index: Option<u64>,
}

impl Line {
    pub(super) async fn of(
        node: &Node,
        texts: &Texts,
        holdings: &Holdings,
        item: &Item<'_>,
    ) -> Result<Self, Failure> {
        let place = match item {
            Item::Logged(happening) => Some(happening.about),
            Item::Act(act) => act.consent.and_then(|id| holdings.place(&id.to_string())),
        };
        let about = match place {
            Some(place) => About::of(node, holdings, place).await?,
            None => About::default(),
        };
        let kind = item.kind();
        let line = Self {
            when: When::moment(texts, item.moment().at),
            kind,
            kind_words: texts.get(&format!("activity-kind-{}", kind.name())),
            service: about.service_name(),
            source: about.source_name(),
            standing: about.standing,
            href: about.href.clone(),
            id: about.id.clone(),
            who: String::new(),
            what: String::new(),
            refusal: None,
            data: Vec::new(),
            purpose: String::new(),
            index: None,
        };
        Ok(match item {
            Item::Act(act) => Self {
                who: act.name.clone(),
                what: texts.get(did(act.did)),
                ..line
            },
            Item::Logged(happening) => {
                let told = tell(texts, &about, happening);
                Self {
                    who: told.who,
                    what: told.what,
                    refusal: told.refusal,
                    data: told.data,
                    purpose: told.purpose,
                    index: Some(happening.index),
                    ..line
                }
            }
        })
    }
}

/// The key of what a delegate did.
pub(in crate::pages::home) fn did(did: Did) -> &'static str {
    match did {
        Did::Invited => "act-invited",
        Did::Accepted => "act-accepted",
        Did::Opened => "act-opened",
        Did::Paused => "act-paused",
        Did::Left => "act-left",
        Did::Removed => "act-removed",
    }
}
