//! What happened, in words: who did what, with which data and why.

use std::sync::Arc;

use assent_exchange::consent::state::{Consent, Request};
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use assent_model::names::{Language, PurposeId};
use assent_model::records::Custody;
use assent_model::records::consent::ResourceSet;
use assent_model::records::release::UseAction;
use assent_model::records::service::DescriptionRef;
use assent_model::time::Timestamp;

use crate::descriptions;
use crate::holdings::{By, Happening, Holdings, Place, Standing, Use, What, source_of};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::names;
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// What something happened to, with all that is needed to speak of it.
#[derive(Default)]
pub(super) struct About {
    /// The service that asks or receives, or that a link is with.
    pub(super) service: Option<Arc<ServiceDescription>>,
    /// Where the data comes from, if from elsewhere.
    pub(super) source: Option<Arc<ServiceDescription>>,
    /// What for.
    pub(super) purpose: Option<PurposeId>,
    /// Which data, where nothing says it more closely.
    pub(super) data: ResourceSet,
    /// Where it stands now.
    pub(super) standing: Option<Standing>,
    /// Who holds the key that signs for it.
    pub(super) custody: Option<Custody>,
    /// The page about it.
    pub(super) href: String,
    /// Its id.
    pub(super) id: String,
}

/// A happening in words.
pub(super) struct Told {
    /// Who did it.
    pub(super) who: String,
    /// What was done.
    pub(super) what: String,
    /// Why it was refused, if it was: in words, and the code.
    pub(super) refusal: Option<(String, String)>,
    /// With which data.
    pub(super) data: Vec<String>,
    /// For which purpose.
    pub(super) purpose: String,
}

impl About {
    /// What is at a place of the holdings.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) async fn of(
        node: &Node,
        holdings: &Holdings,
        place: Place,
    ) -> Result<Self, Failure> {
        let now = node.clock.now();
        match place {
            Place::Account => Ok(Self::default()),
            Place::Link(at) => {
                let held = &holdings.links[at];
                let service = descriptions::current(node, held.link.service).await?;
                Ok(Self {
                    service: Some(descriptions::shared(node, &service).await?),
                    href: "/home/services".into(),
                    id: held.id.to_string(),
                    ..Self::default()
                })
            }
            Place::Request(at) => {
                let held = &holdings.requests[at];
                Ok(Self {
                    standing: Standing::of_request(&held.request, now),
                    href: format!("/home/requests/{}", held.id),
                    id: held.id.to_string(),
                    ..Self::of_request(node, &held.request).await?
                })
            }
            Place::Consent(at) | Place::Source(at) => {
                let held = &holdings.consents[at];
                Ok(Self {
                    standing: Some(Standing::of_consent(&held.consent, now)),
                    custody: Some(held.custody),
                    href: format!("/home/consents/{}", held.id),
                    id: held.id.to_string(),
                    ..Self::of_consent(node, &held.consent).await?
                })
            }
        }
    }

    async fn of_request(node: &Node, request: &Request) -> Result<Self, Failure> {
        let offered = request.offer.iter();
        let data = offered.map(|(dataset, offered)| {
            let all = offered.required.union(&offered.optional);
            (dataset.clone(), all.cloned().collect())
        });
        Ok(Self {
            data: data.collect(),
            purpose: Some(request.usage_rules.purpose_id.clone()),
            ..Self::between(node, &request.service, request.source.as_ref()).await?
        })
    }

    async fn of_consent(node: &Node, consent: &Consent) -> Result<Self, Failure> {
        Ok(Self {
            data: consent.resource_set.clone(),
            purpose: Some(consent.usage_rules.purpose_id.clone()),
            ..Self::between(node, &consent.service, source_of(consent)).await?
        })
    }

    async fn between(
        node: &Node,
        service: &DescriptionRef,
        source: Option<&DescriptionRef>,
    ) -> Result<Self, Failure> {
        let source = match source {
            Some(source) => Some(descriptions::shared(node, source).await?),
            None => None,
        };
        Ok(Self {
            service: Some(descriptions::shared(node, service).await?),
            source,
            ..Self::default()
        })
    }

    /// What people call the service.
    pub(super) fn service_name(&self) -> String {
        name(self.service.as_ref())
    }

    /// What people call the source.
    pub(super) fn source_name(&self) -> String {
        name(self.source.as_ref())
    }

    fn name_of(&self, id: ServiceId) -> String {
        match &self.source {
            Some(source) if source.service_id == id => self.source_name(),
            _ => self.service_name(),
        }
    }

    /// What people call these data.
    pub(super) fn concepts(&self, set: &ResourceSet, language: &Language) -> Vec<String> {
        let Some(holder) = self.source.as_ref().or(self.service.as_ref()) else {
            return Vec::new();
        };
        let all = set.values().flatten();
        all.map(|id| names::concept(holder, id, language)).collect()
    }

    fn purpose_name(&self, id: Option<&PurposeId>, language: &Language) -> String {
        match (&self.service, id) {
            (Some(service), Some(id)) => names::purpose(service, id, language),
            _ => String::new(),
        }
    }
}

fn name(of: Option<&Arc<ServiceDescription>>) -> String {
    of.map_or_else(String::new, |service| plain(&service.name))
}

/// A happening in words.
pub(super) fn tell(texts: &Texts, about: &About, happening: &Happening) -> Told {
    let language = names::language(texts);
    let told = match &happening.what {
        What::Used(used) => return used_in_words(texts, about, used, &language),
        what => changed(texts, about, what, happening.about),
    };
    let concerns_data = !matches!(happening.about, Place::Account | Place::Link(_));
    Told {
        data: if concerns_data {
            about.concepts(&about.data, &language)
        } else {
            Vec::new()
        },
        purpose: about.purpose_name(about.purpose.as_ref(), &language),
        ..told
    }
}

fn used_in_words(texts: &Texts, about: &About, used: &Use, language: &Language) -> Told {
    let key = match used.action {
        UseAction::TokenIssued => "did-token",
        UseAction::Released => "did-release",
        UseAction::Processed => "did-process",
        UseAction::Refused => "did-try",
    };
    let refusal = used.refusal.clone().map(|code| {
        let known = texts.find(&format!("refusal-{code}"));
        (known.unwrap_or_else(|| texts.get("refusal-other")), code)
    });
    Told {
        who: about.name_of(used.service),
        what: texts.get(key),
        refusal,
        data: about.concepts(&used.data, language),
        purpose: about.purpose_name(Some(&used.purpose), language),
    }
}

/// A change: what, by whom, and signed with which key.
fn changed(texts: &Texts, about: &About, what: &What, place: Place) -> Told {
    let service = || match place {
        Place::Source(_) => about.source_name(),
        _ => about.service_name(),
    };
    let you = || texts.get("who-you");
    let (who, key) = match what {
        What::Asked => (service(), "did-ask"),
        What::Refused => (you(), "did-refuse"),
        What::RequestExpired => (texts.get("who-time"), "did-not-answer"),
        What::Given => (you(), "did-give"),
        What::Affirmed => (you(), "did-affirm"),
        What::Superseded => (you(), "did-supersede"),
        What::Narrowed => (you(), "did-narrow"),
        What::Paused(by) => (author(texts, *by), "did-pause"),
        What::Resumed(by) => (author(texts, *by), "did-resume"),
        What::Withdrawn(by) => (author(texts, *by), "did-withdraw"),
        What::Expired => (texts.get("who-time"), "did-expire"),
        What::Acknowledged => (service(), "did-acknowledge"),
        What::Missed => (service(), "did-miss"),
        What::Linked => (you(), "did-link"),
        What::LinkRemoved => (you(), "did-unlink"),
        What::LinkRestored => (you(), "did-relink"),
        What::Registered => (you(), "did-register"),
        What::KeysRotated => (you(), "did-rotate"),
        What::Recovered => (you(), "did-recover"),
        What::Deactivated => (you(), "did-deactivate"),
        What::Used(_) => (service(), "did-process"),
    };
    let words = texts.get(key);
    let signed = signature(about, what).map(|key| texts.get(key));
    Told {
        who,
        what: match signed {
            Some(signed) => format!("{words} {signed}"),
            None => words,
        },
        refusal: None,
        data: Vec::new(),
        purpose: String::new(),
    }
}

fn author(texts: &Texts, by: By) -> String {
    texts.get(match by {
        By::Person | By::Link => "who-you",
        By::Operator => "who-operator",
    })
}

/// Which key signed a change of a consent.
fn signature(about: &About, what: &What) -> Option<&'static str> {
    let by = match what {
        What::Given | What::Affirmed | What::Superseded | What::Narrowed => By::Person,
        What::Paused(by) | What::Resumed(by) | What::Withdrawn(by) => *by,
        _ => return None,
    };
    Some(match (by, about.custody?) {
        (By::Operator, _) => "signed-operator",
        (By::Link, _) => "signed-link",
        (By::Person, Custody::Hosted) => "signed-hosted",
        (By::Person, Custody::Page) => "signed-page",
        (By::Person, Custody::Independent) => "signed-independent",
    })
}

/// When a happening sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) index: u64,
    pub(super) nth: u32,
}

impl Moment {
    /// As it stands in an address.
    pub(super) fn cursor(self) -> String {
        format!("{}-{}-{}", self.at.as_millis(), self.index, self.nth)
    }

    /// What [`Moment::cursor`] made.
    pub(super) fn parse(cursor: &str) -> Option<Self> {
        let mut parts = cursor.splitn(3, '-');
        let at = parts.next()?.parse().ok()?;
        Some(Self {
            at: Timestamp::from_millis(at),
            index: parts.next()?.parse().ok()?,
            nth: parts.next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::decide::Refusal;

    #[test]
    fn every_refusal_is_said_in_words_of_every_language() {
        for texts in Texts::languages() {
            for refusal in Refusal::ALL {
                let key = format!("refusal-{}", refusal.code());
                assert!(texts.find(&key).is_some(), "{} lacks {key}", texts.tag());
            }
        }
    }

    #[test]
    fn cursors_lead_back_to_the_same_moment() {
        let moment = Moment {
            at: Timestamp::from_millis(1_767_268_800_000),
            index: 7,
            nth: 3,
        };
        assert_eq!(Moment::parse(&moment.cursor()), Some(moment));
        for wrong in ["", "1-2", "1-2-x", "-1-2-3", "a-b-c"] {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }
}
