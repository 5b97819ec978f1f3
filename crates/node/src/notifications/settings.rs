//! How a person wants to be told what, and what the person has seen.

use std::collections::BTreeSet;

use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;
use assent_model::ids::PartyId;
use assent_storage::StoredDocument;
use serde::{Deserialize, Serialize};

use super::Kind;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the documents: one for each person who has chosen or seen something.
pub(crate) const KIND: &str = "notification-settings";

/// What a person has chosen. Whatever is chosen, security is told by all ways.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// What comes by no letter.
    no_letter: BTreeSet<Kind>,
    /// What does not appear in My Home.
    no_page: BTreeSet<Kind>,
    /// The id of the newest notification that the person has seen.
    #[serde(default)]
    pub(super) seen: String,
}

impl Settings {
    /// Whether this is told by letter.
    pub(crate) fn mails(&self, kind: Kind) -> bool {
        kind.is_security() || !self.no_letter.contains(&kind)
    }

    /// Whether this is shown in My Home.
    pub(crate) fn shows(&self, kind: Kind) -> bool {
        kind.is_security() || !self.no_page.contains(&kind)
    }

    /// Chooses the ways of everything that can be chosen.
    pub(crate) fn choose(&mut self, letters: &BTreeSet<Kind>, pages: &BTreeSet<Kind>) {
        let without = |wanted: &BTreeSet<Kind>| {
            let all = Kind::ALL.into_iter();
            all.filter(|kind| !kind.is_security() && !wanted.contains(kind))
                .collect()
        };
        self.no_letter = without(letters);
        self.no_page = without(pages);
    }

    /// The newest notification that the person has seen.
    pub(crate) fn seen(&self) -> &str {
        &self.seen
    }
}

/// The settings of a person. Those that do not open are as if nothing had been chosen: nobody else waits
/// for them to be mended.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn of(node: &Node, party: PartyId) -> Result<Settings, Failure> {
    let found = node.store.document(KIND, &party.to_string()).await?;
    Ok(found
        .map(|stored| chosen(node, &stored))
        .unwrap_or_default())
}

fn chosen(node: &Node, stored: &StoredDocument) -> Settings {
    vaulted::if_it_opens(KIND, vaulted::opened(node, stored)).unwrap_or_default()
}

/// Changes the settings of a person. Of two changes at a time both count.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn change(
    node: &Node,
    party: PartyId,
    change: impl Fn(&mut Settings),
) -> Result<(), Failure> {
    let owner = party.to_string();
    loop {
        let found = node.store.document(KIND, &owner).await?;
        let revision = found.as_ref().map(|stored| stored.revision);
        let chosen = found.as_ref().map(|stored| chosen(node, stored));
        let mut settings = chosen.unwrap_or_default();
        change(&mut settings);
        let id = owner.clone();
        let document = vaulted::document(node, KIND, id, owner.clone(), None, &settings);
        let put = node.store.put_if_revision(document, revision).await?;
        if put.is_some() {
            return Ok(());
        }
    }
}

/// The person has seen everything up to the notification with this id.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn see(node: &Node, party: PartyId, id: &str) -> Result<(), Failure> {
    // Whatever is sent here, what is still to come is not seen yet.
    let newest = super::newest(node, party, None, 1).await?;
    let is_told = newest
        .first()
        .is_some_and(|(newest, _)| id <= newest.as_str());
    if !is_told {
        return Ok(());
    }
    change(node, party, |settings| {
        if settings.seen.as_str() < id {
            id.clone_into(&mut settings.seen);
        }
    })
    .await
}

/// Where a letter of a kind can be ended by who received it, signed in or not (RFC 8058).
pub(super) fn unsubscribe_path(node: &Node, party: PartyId, kind: Kind) -> String {
    let proof = proof(node, party, kind);
    format!("/notifications/{}/{party}/{proof}", kind.name())
}

/// Whether this proof was sent to the person in a letter of this kind. It ends letters of the kind
/// and nothing else.
pub(crate) fn is_proven(node: &Node, party: PartyId, kind: Kind, shown: &str) -> bool {
    let shown: Result<Digest, _> = shown.parse();
    // Digests are compared in constant time.
    !kind.is_security() && shown.is_ok_and(|shown| shown == proof(node, party, kind))
}

fn proof(node: &Node, party: PartyId, kind: Kind) -> Digest {
    let party = party.to_string();
    let parts = [party.as_bytes(), kind.name().as_bytes()];
    hmac_sha256(&node.index_key, domains::UNSUBSCRIBE, &parts)
}

/// No letters of this kind any more.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn end_letters(node: &Node, party: PartyId, kind: Kind) -> Result<(), Failure> {
    change(node, party, |settings| {
        settings.no_letter.insert(kind);
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn security_is_told_whatever_is_chosen() {
        let mut settings = Settings::default();
        for kind in Kind::ALL {
            assert!(settings.mails(kind) && settings.shows(kind));
        }
        settings.choose(&BTreeSet::new(), &BTreeSet::from([Kind::Request]));
        for kind in Kind::ALL {
            assert_eq!(settings.mails(kind), kind.is_security());
            let is_shown = kind.is_security() || kind == Kind::Request;
            assert_eq!(settings.shows(kind), is_shown);
        }
    }
}
