//! Who looks at My Home, and whose it is: one's own, or that of somebody who has let the visitor in.

use std::sync::Arc;

use assent_model::ids::{LinkId, PartyId};
use assent_model::records::Custody;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::consents::Choice;
use crate::holdings::{Holdings, Likeness, Place};
use crate::homes::delegates::{self, Entrusted, Scope};
use crate::homes::{self, Home};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, Host};
use crate::pages::signed_in::SignedIn;
use crate::pages::texts::Texts;

/// Where the session keeps whose home is looked at.
const VISITING: &str = "visiting";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Visiting {
    owner: PartyId,
    delegation: String,
}

/// Somebody who is signed in and looks at a home.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// Who looks.
    pub(super) signed_in: SignedIn,
    /// Whose home it is.
    pub(super) owner: PartyId,
    /// Who holds the keys that sign for the owner.
    pub(super) custody: Custody,
    /// What the owner agreed to, if the home is another's.
    pub(super) entrusted: Option<Entrusted>,
    /// The homes that the owner has named.
    pub(super) homes: Vec<Home>,
}

impl Visitor {
    /// Begins to look at another's home.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(super) async fn enter(session: &Session, entrusted: &Entrusted) -> Result<(), PageFailure> {
        let visiting = Visiting {
            owner: entrusted.owner,
            delegation: entrusted.delegation.id.clone(),
        };
        Ok(session.insert(VISITING, visiting).await?)
    }

    /// Goes back to one's own home.
    ///
    /// # Errors
    /// The store does not take writes.
    pub(super) async fn come_back(session: &Session) -> Result<(), PageFailure> {
        session.remove_value(VISITING).await?;
        Ok(())
    }

    /// Whether the home is another's.
    pub(super) fn is_delegate(&self) -> bool {
        self.entrusted.is_some()
    }

    /// Whether the visitor may pause what is active, as far as this page can.
    pub(super) fn may_pause(&self) -> bool {
        let may = |entrusted: &Entrusted| entrusted.delegation.scope == Scope::SeeAndPause;
        self.custody == Custody::Hosted && self.entrusted.as_ref().is_none_or(may)
    }

    /// What of the holdings the visitor is shown.
    pub(super) fn shared(&self) -> Shared {
        Shared {
            only: self.entrusted.as_ref().map(|entrusted| {
                let home = entrusted.delegation.home.clone();
                Only { home }
            }),
            homes: self.homes.clone(),
        }
    }

    /// The frame of a page of this home. `title` is the key of the title.
    pub(super) fn frame(&self, texts: Texts, title: &str, area: &'static str, here: &str) -> Frame {
        let host = self.entrusted.as_ref().map(|entrusted| Host {
            name: entrusted.owner_name.clone(),
            home: entrusted.home_name.clone(),
        });
        Frame {
            host,
            ..Frame::of(texts, title, area, here, &self.signed_in)
        }
    }

    /// The homes as a filter offers them.
    pub(super) fn home_choices(&self, chosen: &str) -> Vec<Choice> {
        let is_shown = |home: &&Home| {
            let only = self.entrusted.as_ref();
            let only = only.and_then(|entrusted| entrusted.delegation.home.as_ref());
            only.is_none_or(|only| home.id == *only)
        };
        let choice = |home: &Home| Choice {
            value: home.id.clone(),
            name: home.name.clone(),
            is_chosen: home.id == chosen,
        };
        self.homes.iter().filter(is_shown).map(choice).collect()
    }
}

impl FromRequestParts<Arc<Node>> for Visitor {
    type Rejection = PageFailure;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, PageFailure> {
        let signed_in = SignedIn::from_request_parts(parts, node).await?;
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or(PageFailure::Internal)?;
        of(node, signed_in, &session).await
    }
}

async fn of(node: &Node, signed_in: SignedIn, session: &Session) -> Result<Visitor, PageFailure> {
    let Some(visiting) = session.get::<Visiting>(VISITING).await? else {
        return Ok(Visitor {
            owner: signed_in.party,
            custody: signed_in.custody,
            homes: homes::of(node, signed_in.party).await?,
            signed_in,
            entrusted: None,
        });
    };
    let Visiting { owner, delegation } = visiting;
    let entrusted = delegates::entrusted(node, signed_in.party, owner, &delegation).await?;
    let Some(entrusted) = entrusted else {
        // It was taken back: the next page is one's own again, and this one says so.
        Visitor::come_back(session).await?;
        return Err(over());
    };
    let party = node
        .state
        .get::<assent_exchange::identity::state::Party>(&owner)
        .await?;
    Ok(Visitor {
        owner,
        custody: party.ok_or_else(over)?.custody,
        homes: homes::of(node, owner).await?,
        signed_in,
        entrusted: Some(entrusted),
    })
}

fn over() -> PageFailure {
    Failure::from(assent_api::problem::Code::CodeSpent).into()
}

/// What a visitor is shown.
pub(super) struct Shared {
    only: Option<Only>,
    homes: Vec<Home>,
}

/// A delegate is shown consents and what became of them; where one home is agreed, those of it.
struct Only {
    home: Option<String>,
}

impl Shared {
    /// Whether the visitor is shown what is like this.
    pub(super) fn sees(&self, like: &Likeness) -> bool {
        let Some(only) = &self.only else {
            return true;
        };
        let home = only.home.as_ref();
        like.is_consent && home.is_none_or(|home| self.is_at(like, home))
    }

    /// Whether what is like this belongs to a home.
    pub(super) fn is_at(&self, like: &Likeness, home: &str) -> bool {
        like.link.is_some_and(|link| self.has_link(home, link))
    }

    /// Whether the visitor is shown what is at a place.
    pub(super) fn has(&self, holdings: &Holdings, place: Place) -> bool {
        let known = place.which().and_then(|which| holdings.lines.of(which));
        match known {
            Some((like, _)) => self.sees(holdings.lines.likeness(like)),
            None => self.only.is_none(),
        }
    }

    /// Whether the visitor sees everything.
    pub(super) fn is_whole(&self) -> bool {
        self.only.is_none()
    }

    /// Whether a link belongs to a home.
    pub(super) fn has_link(&self, home: &str, link: LinkId) -> bool {
        let home = self.homes.iter().find(|known| known.id == home);
        home.is_some_and(|home| home.links.contains(&link))
    }
}
