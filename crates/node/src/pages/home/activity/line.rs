//! Lines of the timeline.

use assent_model::ids::ServiceId;

use super::filter::{Kind, Wanted};
use crate::holdings::{Chosen, Happening, Holdings, Place, Standing};
use crate::homes::acts::{Act, Did};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::dates::When;
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

/// The timeline of a visitor, through a filter. It is read from the newest on, and no further than
/// somebody looks.
pub(super) struct Timeline<'h> {
    holdings: &'h Holdings,
    shared: &'h Shared,
    wanted: &'h Wanted,
    /// Of consents and requests: those that fit.
    chosen: Chosen,
    /// What delegates did, as far as it fits, oldest first.
    acts: Vec<&'h Act>,
    /// Whether everything fits that the log says.
    is_whole: bool,
}

impl<'h> Timeline<'h> {
    pub(super) fn new(
        holdings: &'h Holdings,
        shared: &'h Shared,
        acts: &'h [Act],
        wanted: &'h Wanted,
    ) -> Self {
        let chosen = holdings.lines.chosen(|like| {
            let concerns = |service| like.concerns(service);
            shared.sees(like) && wanted.takes_those_of(concerns, |home| shared.is_at(like, home))
        });
        let mut timeline = Self {
            is_whole: shared.is_whole() && wanted.is_open(),
            acts: Vec::new(),
            holdings,
            shared,
            wanted,
            chosen,
        };
        let mut acts: Vec<&Act> = acts.iter().filter(|act| timeline.has_act(act)).collect();
        acts.sort_by_key(|act| Item::Act(act).moment());
        timeline.acts = acts;
        timeline
    }

    fn has_act(&self, act: &Act) -> bool {
        let place = act
            .consent
            .and_then(|id| self.holdings.place(&id.to_string()));
        self.wanted.takes(act.at, Kind::Delegate)
            && match place {
                Some(place) => self.has_place(place),
                // It is about no consent, and for the person alone.
                None => self.has_other(|_| false, |_| false),
            }
    }

    fn has(&self, happening: &Happening) -> bool {
        self.is_whole
            || self.wanted.takes(happening.at, Kind::of(happening))
                && self.has_place(happening.about)
    }

    /// Whether what is at a place fits.
    fn has_place(&self, place: Place) -> bool {
        let known = place
            .which()
            .and_then(|which| self.holdings.lines.of(which));
        if let Some((like, standing)) = known {
            return self.chosen.has(like) && self.wanted.takes_standing(standing);
        }
        let Place::Link(at) = place else {
            return self.has_other(|_| false, |_| false);
        };
        let held = &self.holdings.links[at];
        let is_at = |home: &str| self.shared.has_link(home, held.id);
        self.has_other(|service| held.link.service == service, is_at)
    }

    /// Whether what is neither consent nor request fits.
    fn has_other(
        &self,
        concerns: impl Fn(ServiceId) -> bool,
        is_at: impl Fn(&str) -> bool,
    ) -> bool {
        self.shared.is_whole()
            && self.wanted.takes_those_of(concerns, is_at)
            && self.wanted.takes_standing(None)
    }

    /// How much fits.
    pub(super) fn count(&self) -> usize {
        let all = &self.holdings.happenings;
        let logged = if self.is_whole {
            all.len()
        } else {
            all.iter().filter(|happening| self.has(happening)).count()
        };
        logged + self.acts.len()
    }

    /// What fits, newest first, from before a moment on.
    pub(super) fn newest(&self, before: Option<Moment>) -> impl Iterator<Item = Item<'h>> {
        let (logged, acts) = self.until(before);
        let logged = self.holdings.happenings[..logged].iter().rev();
        let logged = logged.filter(|happening| self.has(happening));
        let mut logged = logged.map(Item::Logged).peekable();
        let mut acts = self.acts[..acts]
            .iter()
            .rev()
            .map(|act| Item::Act(act))
            .peekable();
        std::iter::from_fn(move || match (logged.peek(), acts.peek()) {
            (Some(one), Some(other)) if one.moment() < other.moment() => acts.next(),
            (None, _) => acts.next(),
            _ => logged.next(),
        })
    }

    /// Whether something fits that [`Timeline::newest`] leaves out.
    pub(super) fn has_newer(&self, before: Option<Moment>) -> bool {
        let (logged, acts) = self.until(before);
        let mut newer = self.holdings.happenings[logged..].iter();
        acts < self.acts.len() || newer.any(|happening| self.has(happening))
    }

    /// How many of the happenings and of the acts come before a moment.
    fn until(&self, before: Option<Moment>) -> (usize, usize) {
        let (logged, acts) = (&self.holdings.happenings, &self.acts);
        let Some(before) = before else {
            return (logged.len(), acts.len());
        };
        let logged = logged.partition_point(|one| Item::Logged(one).moment() < before);
        let acts = acts.partition_point(|act| Item::Act(act).moment() < before);
        (logged, acts)
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
