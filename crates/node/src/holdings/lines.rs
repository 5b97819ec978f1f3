//! Where everything stands: each consent and each question on the tab where the person finds it, in
//! order, and counted with those that are alike. It moves with every event and with time, so that a
//! page reads what it shows and no more, however much there is.

use std::collections::{BTreeMap, BTreeSet};

use assent_exchange::consent::state::{Consent, Request, Role};
use assent_model::ids::{LinkId, ServiceId};
use assent_model::names::{ConceptId, PurposeId};
use assent_model::records::consent::ResourceSet;
use assent_model::records::service::DescriptionRef;
use assent_model::time::Timestamp;

use super::standing::{Standing, Tab};

/// What filters and counts ask about a consent or a question. Few of them differ, however many there
/// are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Likeness {
    /// The link that it hangs on.
    pub(crate) link: Option<LinkId>,
    /// Whether it is a consent.
    pub(crate) is_consent: bool,
    /// The service that asks or receives.
    pub(crate) service: DescriptionRef,
    /// Where the data comes from, if from another service.
    pub(crate) source: Option<DescriptionRef>,
    /// What for.
    pub(crate) purpose: PurposeId,
    /// Which data is allowed or asked for.
    pub(crate) data: ResourceSet,
}

impl Likeness {
    /// What a consent is like.
    pub(super) fn of_consent(consent: &Consent) -> Self {
        Self {
            link: consent.role.link(),
            is_consent: true,
            service: consent.service.clone(),
            source: source_of(consent).cloned(),
            purpose: consent.usage_rules.purpose_id.clone(),
            data: consent.resource_set.clone(),
        }
    }

    /// What a request is like.
    pub(super) fn of_request(request: &Request) -> Self {
        let offered = request.offer.iter().map(|(dataset, offered)| {
            let all = offered.required.union(&offered.optional);
            (dataset.clone(), all.cloned().collect())
        });
        Self {
            link: Some(request.link),
            is_consent: false,
            service: request.service.clone(),
            source: request.source.clone(),
            purpose: request.usage_rules.purpose_id.clone(),
            data: offered.collect(),
        }
    }

    /// Both services.
    pub(crate) fn services(&self) -> impl Iterator<Item = &DescriptionRef> {
        std::iter::once(&self.service).chain(&self.source)
    }

    /// Whether a service receives the data or has it.
    pub(crate) fn concerns(&self, service: ServiceId) -> bool {
        self.services().any(|named| named.service_id == service)
    }

    /// All concepts, each once.
    pub(crate) fn concepts(&self) -> BTreeSet<&ConceptId> {
        self.data.values().flatten().collect()
    }
}

/// Where the data of a consent comes from, if from another service.
pub(crate) fn source_of(consent: &Consent) -> Option<&DescriptionRef> {
    match &consent.role {
        Role::Sink { source, .. } => Some(source),
        _ => None,
    }
}

/// A consent or a request, as a place in the holdings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Which {
    /// A consent.
    Consent(usize),
    /// A request.
    Request(usize),
}

/// One line of a tab.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// Since when.
    pub(crate) at: Timestamp,
    /// Of what.
    pub(crate) which: Which,
    /// What it is like, by number.
    pub(crate) likeness: usize,
    /// Where it stands.
    pub(crate) standing: Standing,
}

/// Where something stands, before it has a number for what it is like.
pub(super) struct Stand {
    pub(super) likeness: Likeness,
    pub(super) at: Timestamp,
    /// On no tab where there is none.
    pub(super) standing: Option<Standing>,
    /// When time alone changes that.
    pub(super) end: Option<Timestamp>,
}

struct Known {
    likeness: usize,
    at: Timestamp,
    standing: Option<Standing>,
    end: Option<Timestamp>,
}

/// All lines.
#[derive(Default)]
pub(crate) struct Lines {
    likenesses: Vec<Likeness>,
    numbers: BTreeMap<Likeness, usize>,
    /// By likeness, then by standing.
    counts: Vec<[usize; Standing::ALL.len()]>,
    known: BTreeMap<Which, Known>,
    /// By tab, oldest first.
    tabs: [Vec<Line>; Tab::ALL.len()],
    ends: BTreeSet<(Timestamp, Which)>,
}

impl Lines {
    /// Puts something where it stands now.
    pub(super) fn put(&mut self, which: Which, stand: Stand) {
        self.take_out(which);
        let likeness = self.number(stand.likeness);
        let Stand {
            at, standing, end, ..
        } = stand;
        if let Some(standing) = standing {
            self.counts[likeness][standing as usize] += 1;
            let line = Line {
                at,
                which,
                likeness,
                standing,
            };
            let tab = &mut self.tabs[standing.tab() as usize];
            let place = tab.partition_point(|other| (other.at, other.which) < (at, which));
            tab.insert(place, line);
        }
        if let Some(end) = end {
            self.ends.insert((end, which));
        }
        let known = Known {
            likeness,
            at,
            standing,
            end,
        };
        self.known.insert(which, known);
    }

    fn take_out(&mut self, which: Which) {
        let Some(known) = self.known.remove(&which) else {
            return;
        };
        if let Some(standing) = known.standing {
            self.counts[known.likeness][standing as usize] -= 1;
            let tab = &mut self.tabs[standing.tab() as usize];
            let key = (known.at, which);
            let place = tab.partition_point(|other| (other.at, other.which) < key);
            let gone = tab.remove(place);
            assert_eq!(gone.which, which, "a line stands where it was put");
        }
        if let Some(end) = known.end {
            self.ends.remove(&(end, which));
        }
    }

    fn number(&mut self, likeness: Likeness) -> usize {
        if let Some(number) = self.numbers.get(&likeness) {
            return *number;
        }
        let number = self.likenesses.len();
        self.likenesses.push(likeness.clone());
        self.counts.push(Default::default());
        self.numbers.insert(likeness, number);
        number
    }

    /// Something whose time has come to stand elsewhere.
    pub(super) fn ended(&self, now: Timestamp) -> Option<Which> {
        let (end, which) = self.ends.first()?;
        (*end <= now).then_some(*which)
    }

    /// What something is like, by number, and where it stands.
    pub(crate) fn of(&self, which: Which) -> Option<(usize, Option<Standing>)> {
        let known = self.known.get(&which)?;
        Some((known.likeness, known.standing))
    }

    /// What a number stands for.
    pub(crate) fn likeness(&self, number: usize) -> &Likeness {
        &self.likenesses[number]
    }

    /// The lines of a tab, oldest first.
    pub(crate) fn tab(&self, tab: Tab) -> &[Line] {
        &self.tabs[tab as usize]
    }

    /// The likenesses for which something holds.
    pub(crate) fn chosen(&self, is_chosen: impl Fn(&Likeness) -> bool) -> Chosen {
        Chosen(self.likenesses.iter().map(is_chosen).collect())
    }

    /// What is chosen and not empty, with how many stand where.
    pub(crate) fn counted(&self, chosen: &Chosen) -> impl Iterator<Item = (&Likeness, Counts)> {
        let all = self.likenesses.iter().zip(&self.counts);
        let all = all.zip(&chosen.0).filter(|(_, is_chosen)| **is_chosen);
        let counted = all.map(|((likeness, counts), _)| (likeness, Counts(*counts)));
        counted.filter(|(_, counts)| counts.all() > 0)
    }

    /// How many of what is chosen stand where.
    pub(crate) fn counts(&self, chosen: &Chosen) -> Counts {
        let mut sum = Counts::default();
        for (_, counts) in self.counted(chosen) {
            for (sum, count) in sum.0.iter_mut().zip(counts.0) {
                *sum += count;
            }
        }
        sum
    }
}

/// Some of the likenesses.
pub(crate) struct Chosen(Vec<bool>);

impl Chosen {
    /// Whether a likeness is among them.
    pub(crate) fn has(&self, number: usize) -> bool {
        self.0[number]
    }

    /// Whether these are all of them.
    pub(crate) fn is_all(&self) -> bool {
        self.0.iter().all(|is_chosen| *is_chosen)
    }
}

/// How many stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts([usize; Standing::ALL.len()]);

impl Counts {
    /// How many stand there.
    pub(crate) fn of(&self, standing: Standing) -> usize {
        self.0[standing as usize]
    }

    /// How many are on a tab.
    pub(crate) fn on(&self, tab: Tab) -> usize {
        let on_tab = Standing::ALL.into_iter();
        on_tab
            .filter(|standing| standing.tab() == tab)
            .map(|standing| self.of(standing))
            .sum()
    }

    /// How many there are.
    pub(crate) fn all(&self) -> usize {
        self.0.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use assent_crypto::digest::Digest;

    use super::*;

    fn stand(at: u64, standing: Option<Standing>, end: Option<u64>) -> Stand {
        let service = DescriptionRef {
            service_id: ServiceId::from_bytes([7; 20]),
            version: 1,
            digest: Digest::of(b"a description"),
        };
        Stand {
            likeness: Likeness {
                link: None,
                is_consent: true,
                service,
                source: None,
                purpose: "advice".parse().expect("a purpose"),
                data: ResourceSet::new(),
            },
            at: Timestamp::from_millis(at),
            standing,
            end: end.map(Timestamp::from_millis),
        }
    }

    fn shown(lines: &Lines, tab: Tab) -> Vec<Which> {
        lines.tab(tab).iter().map(|line| line.which).collect()
    }

    #[test]
    fn what_moves_is_counted_where_it_is() {
        let (one, other) = (Which::Consent(0), Which::Consent(1));
        let mut lines = Lines::default();
        lines.put(other, stand(2, Some(Standing::Active), None));
        lines.put(one, stand(1, Some(Standing::Active), None));
        assert_eq!(shown(&lines, Tab::Current), [one, other]);
        lines.put(one, stand(1, Some(Standing::Paused), None));
        lines.put(other, stand(2, Some(Standing::Withdrawn), None));
        assert_eq!(shown(&lines, Tab::Current), [one]);
        assert_eq!(shown(&lines, Tab::Past), [other]);
        let counts = lines.counts(&lines.chosen(|_| true));
        assert_eq!((counts.all(), counts.of(Standing::Active)), (2, 0));
        assert_eq!((counts.on(Tab::Current), counts.on(Tab::Past)), (1, 1));
        lines.put(one, stand(1, None, None));
        assert_eq!(lines.counts(&lines.chosen(|_| true)).all(), 1);
        assert!(
            lines
                .of(one)
                .is_some_and(|(_, standing)| standing.is_none())
        );
        assert_eq!(lines.counts(&lines.chosen(|_| false)).all(), 0);
    }

    #[test]
    fn what_ends_is_named_until_it_moves() {
        let one = Which::Request(0);
        let mut lines = Lines::default();
        lines.put(one, stand(1, Some(Standing::Waiting), Some(5)));
        assert_eq!(lines.ended(Timestamp::from_millis(4)), None);
        assert_eq!(lines.ended(Timestamp::from_millis(5)), Some(one));
        lines.put(one, stand(1, Some(Standing::Unanswered), None));
        assert_eq!(lines.ended(Timestamp::from_millis(9)), None);
    }
}
