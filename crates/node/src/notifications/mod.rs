//! Notifications: what a person is told without asking, in My Home and by mail.
//!
//! Most of it follows from the log ([`watching`]); signing in and what delegates do is told where it
//! happens. Everything is told once: a mark and the notification are written in one transaction, so
//! that a restart, or reading the log again, repeats nothing. The letter is put beside them and waits
//! there until it was taken.
//!
//! Bodies are sealed, and who is told what about stands in no log.

pub(crate) mod settings;
pub(crate) mod watching;

use std::sync::atomic::{AtomicU64, Ordering};

use assent_api::v1::accounts::NotificationView;
use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_model::ids::{ConsentId, PartyId, RequestId};
use assent_model::time::{Span, Timestamp};
use assent_storage::Document;
use serde::{Deserialize, Serialize};

use crate::http::failure::Failure;
use crate::mail::catalogue::{Letter, Notice};
use crate::mail::waiting;
use crate::node::Node;
use crate::owned;
use crate::vaulted;

/// The kind of the documents that hold notifications, in the order in which they were told.
pub(crate) const KIND: &str = "notification";
/// The kind of the documents that mark what was told.
pub(crate) const TOLD: &str = "notification-told";
/// How long a notification is kept.
const KEPT: Span = Span::from_days(400);
/// So many are counted; of more it is said that they are more.
pub(crate) const COUNTED: usize = 10;
/// Milliseconds are told apart in so many parts: what is told at one time keeps its order.
const PARTS: u64 = 1000;

/// What somebody is told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A service asks for consent.
    Request,
    /// Data was used on a consent for the first time.
    FirstAccess,
    /// A consent ends in 14 days.
    ExpirySoon,
    /// A service has changed the conditions that a consent was given under.
    ConditionsChanged,
    /// A service did not say in time that it has seen an end.
    Overdue,
    /// Somebody signed in to the account.
    SignedIn,
    /// The account has other keys.
    KeysChanged,
    /// Somebody whom the person lets in did something.
    DelegateActed,
}

impl Kind {
    /// All of them, in the order of the settings.
    pub(crate) const ALL: [Self; 8] = [
        Self::Request,
        Self::FirstAccess,
        Self::ExpirySoon,
        Self::ConditionsChanged,
        Self::Overdue,
        Self::SignedIn,
        Self::KeysChanged,
        Self::DelegateActed,
    ];

    /// The name in forms, in links of letters and, behind `notification-`, in the catalogues.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::FirstAccess => "first-access",
            Self::ExpirySoon => "expiry-soon",
            Self::ConditionsChanged => "conditions-changed",
            Self::Overdue => "overdue",
            Self::SignedIn => "signed-in",
            Self::KeysChanged => "keys-changed",
            Self::DelegateActed => "delegate-acted",
        }
    }

    /// The kind with a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether somebody else may be at work in the account: this is told whatever the settings say.
    pub(crate) fn is_security(self) -> bool {
        matches!(
            self,
            Self::SignedIn | Self::KeysChanged | Self::DelegateActed
        )
    }
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Subject {
    /// The account.
    Account,
    /// A consent.
    Consent(ConsentId),
    /// A request.
    Request(RequestId),
    /// The people who are let in.
    Delegates,
}

impl Subject {
    /// The page about it.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Account => "/home/account".into(),
            Self::Consent(id) => format!("/home/consents/{id}"),
            Self::Request(id) => format!("/home/requests/{id}"),
            Self::Delegates => "/home/delegates".into(),
        }
    }

    fn id(self) -> Option<String> {
        match self {
            Self::Consent(id) => Some(id.to_string()),
            Self::Request(id) => Some(id.to_string()),
            Self::Account | Self::Delegates => None,
        }
    }
}

/// What somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notification {
    /// When it was told.
    pub(crate) at: Timestamp,
    /// What kind of thing.
    pub(crate) kind: Kind,
    /// About what.
    pub(crate) subject: Subject,
}

impl From<Notification> for NotificationView {
    fn from(said: Notification) -> Self {
        Self {
            at: said.at.as_millis(),
            kind: said.kind.name().into(),
            about: said.subject.id(),
        }
    }
}

/// How a notification leaves the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// By a letter, unless the person does not want any.
    Letter,
    /// Not at all, or not now.
    Page,
}

/// The number of the last notification, so that numbers only grow.
#[derive(Default)]
pub struct Numbers(AtomicU64);

impl Numbers {
    /// A number that sorts after all before it. A process that starts goes on where its clock is.
    fn next(&self, now: Timestamp) -> u64 {
        let from_clock = now.as_millis().saturating_mul(PARTS);
        let advance = |last: u64| Some(from_clock.max(last + 1));
        let last = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, advance);
        let last = last.expect("there is always a next number");
        from_clock.max(last + 1)
    }
}

/// Tells a person something, once: `once` names the occasion among those of its kind, and is empty
/// where each is another.
///
/// # Errors
/// The store fails; nothing was told then.
pub(crate) async fn tell(
    node: &Node,
    party: PartyId,
    kind: Kind,
    subject: Subject,
    once: &str,
) -> Result<(), Failure> {
    tell_by(node, party, kind, subject, once, Post::Letter).await
}

/// The same, by a letter or not.
///
/// # Errors
/// As for [`tell`].
pub(crate) async fn tell_by(
    node: &Node,
    party: PartyId,
    kind: Kind,
    subject: Subject,
    once: &str,
    post: Post,
) -> Result<(), Failure> {
    let mark = (!once.is_empty()).then(|| mark(node, party, kind, once));
    if let Some(mark) = &mark
        && node.store.document(TOLD, mark).await?.is_some()
    {
        return Ok(());
    }
    let settings = settings::of(node, party).await?;
    let now = node.clock.now();
    let owner = party.to_string();
    let marks = mark.into_iter().map(|mark| told(mark, &owner));
    let mut documents: Vec<Document> = marks.collect();
    if settings.shows(kind) {
        let said = Notification {
            at: now,
            kind,
            subject,
        };
        let id = format!("{owner}/{:020}", node.notifications.next(now));
        let until = Some(now + KEPT);
        documents.push(vaulted::document(node, KIND, id, owner, until, &said));
    }
    if post == Post::Letter && settings.mails(kind) {
        documents.push(letter(node, party, kind, subject));
    }
    node.store.put_documents(documents).await?;
    node.letters.wake();
    Ok(())
}

/// Sends a letter about what was told before, once.
///
/// # Errors
/// The store fails; nothing was sent then.
async fn mail_later(
    node: &Node,
    party: PartyId,
    kind: Kind,
    subject: Subject,
    once: &str,
) -> Result<(), Failure> {
    let mark = mark(node, party, kind, &format!("letter/{once}"));
    if node.store.document(TOLD, &mark).await?.is_some() {
        return Ok(());
    }
    let mut documents = vec![told(mark, &party.to_string())];
    if settings::of(node, party).await?.mails(kind) {
        documents.push(letter(node, party, kind, subject));
    }
    node.store.put_documents(documents).await?;
    node.letters.wake();
    Ok(())
}

/// That something was told.
fn told(mark: String, owner: &str) -> Document {
    Document {
        kind: TOLD.into(),
        id: mark,
        owner: owner.to_owned(),
        expires_at: None,
        body: Vec::new(),
    }
}

/// The letter that says the same.
fn letter(node: &Node, party: PartyId, kind: Kind, subject: Subject) -> Document {
    let off = (!kind.is_security()).then(|| settings::unsubscribe_path(node, party, kind));
    let notice = Notice {
        kind,
        path: subject.path(),
        off,
    };
    waiting::document(node, party, Letter::Notice(notice))
}

fn mark(node: &Node, party: PartyId, kind: Kind, once: &str) -> String {
    let party = party.to_string();
    let parts = [party.as_bytes(), kind.name().as_bytes(), once.as_bytes()];
    hmac_sha256(&node.index_key, domains::NOTIFICATION, &parts).to_string()
}

/// The notifications of a person before the one with the id `before`, newest first; with their ids.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn newest(
    node: &Node,
    party: PartyId,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<(String, Notification)>, Failure> {
    let owner = party.to_string();
    let found = node
        .store
        .last_documents_of(KIND, &owner, before, limit)
        .await?;
    let opened = found
        .iter()
        .map(|stored| Ok((stored.document.id.clone(), vaulted::opened(node, stored)?)));
    opened.collect()
}

/// How many a person has not seen, up to [`COUNTED`].
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn unseen(node: &Node, party: PartyId) -> Result<usize, Failure> {
    let settings = settings::of(node, party).await?;
    let limit = u32::try_from(COUNTED).expect("a small number");
    let owner = party.to_string();
    let newer = node
        .store
        .documents_of(KIND, &owner, &settings.seen, limit)
        .await?;
    Ok(newer.len())
}

/// Forgets everything that a person was told, and how.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn forget(node: &Node, party: PartyId) -> Result<(), Failure> {
    owned::forget(node, &[KIND, TOLD, settings::KIND, waiting::KIND], party).await
}

#[cfg(test)]
mod tests {
    use assent_model::time::Timestamp;

    use super::{Kind, Numbers};

    #[test]
    fn numbers_only_grow() {
        let numbers = Numbers::default();
        let noon = Timestamp::from_millis(1_767_268_800_000);
        let first = numbers.next(noon);
        let second = numbers.next(noon);
        // A clock that was set back.
        let third = numbers.next(Timestamp::from_millis(1_767_268_700_000));
        assert!(first < second && second < third);
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        assert_eq!(Kind::named(""), None);
    }
}
