//! Contacts: which e-mail address leads to which party.
//!
//! An address counts once a code that was mailed to it has come back from the party that asked.
//! Until then nothing changes, so nobody takes an address over by asking for it; whoever reads the
//! mailbox decides, so a later confirmation moves the address. The address itself lives in the
//! vault; it is found by a keyed hash, and by exact match only. Which party a hash leads to is sealed
//! as well: what does not open leads to nobody.

pub mod address;
pub mod allowance;
pub mod asking;
pub mod code;

use assent_api::problem::Code;
use assent_api::v1::contacts::{CodeSent, ContactConfirmed, ContactView};
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::names::Language;
use assent_model::time::{Span, Timestamp};
use assent_storage::{Document, StoredDocument};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use self::address::EmailAddress;
use self::allowance::Allowance;
use self::asking::LetterAllowance;
use self::code::{Codes, Recipient, Subject};
use crate::http::failure::Failure;
use crate::mail::catalogue::Letter;
use crate::mail::post::Post;
use crate::mail::waiting;
use crate::network::Network;
use crate::node::Node;
use crate::owned;
use crate::vaulted;

/// The kind of the documents and of the bodies in the vault.
const KIND: &str = "contact";
/// More contacts than a party ever has, even after a crash in the midst of a change.
const CONTACTS_MAX: u32 = 64;

/// What the node remembers about codes and how often they are asked for.
pub struct Contacts {
    /// Where letters go.
    pub post: Post,
    /// The codes that wait for their use.
    pub codes: Codes,
    /// Look-ups by asker.
    pub look_ups: Allowance<PartyId>,
    /// Codes for a lost key.
    pub lost_keys: LetterAllowance,
    /// Links to sign in.
    pub sign_ins: LetterAllowance,
    /// Codes to begin an account.
    pub sign_ups: LetterAllowance,
    /// Codes for a device without keys.
    pub passes: LetterAllowance,
    /// Links to sign in by the party that asks with its key.
    pub sign_in_links: Allowance<PartyId>,
    by_party: Allowance<PartyId>,
    by_address: LetterAllowance,
    /// One change of contacts at a time.
    turn: Mutex<()>,
}

impl Contacts {
    /// No code waits, nothing is used up.
    pub fn new(post: Post, index_key: [u8; 32]) -> Self {
        let hour = Span::from_minutes(60);
        Self {
            post,
            codes: Codes::new(index_key),
            look_ups: Allowance::new(60, hour),
            lost_keys: LetterAllowance::new(3),
            sign_ins: LetterAllowance::new(10),
            sign_ups: LetterAllowance::new(5),
            passes: LetterAllowance::new(5),
            sign_in_links: Allowance::new(60, hour),
            by_party: Allowance::new(5, hour),
            by_address: LetterAllowance::new(5),
            turn: Mutex::default(),
        }
    }
}

/// A limit as the operator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// As catalogues name it, behind `limit-`.
    pub(crate) name: &'static str,
    /// So many times
    pub(crate) times: u32,
    /// within such a span.
    pub(crate) within: Span,
    /// How often it was refused since the node was started.
    pub(crate) refused: u64,
}

impl Contacts {
    /// All limits of what is asked for by people and addresses.
    pub(crate) fn limits(&self) -> Vec<Limit> {
        let limit = |name, (times, within), refused| Limit {
            name,
            times,
            within,
            refused,
        };
        let of_party = |name, one: &Allowance<_>| limit(name, one.limit(), one.refused());
        let of_letter = |name, one: &LetterAllowance| limit(name, one.limit(), one.refused());
        vec![
            of_party("look-ups", &self.look_ups),
            of_party("codes-by-party", &self.by_party),
            of_letter("codes-by-address", &self.by_address),
            of_letter("lost-keys", &self.lost_keys),
            of_letter("sign-ins", &self.sign_ins),
            of_letter("sign-ups", &self.sign_ups),
            of_letter("passes", &self.passes),
            of_party("sign-in-links", &self.sign_in_links),
        ]
    }
}

/// What is stored under the index of a confirmed address.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    /// The address in the vault.
    body: String,
    language: Language,
    at: Timestamp,
}

/// Sends a code to an address that a party wants to be found by. The same for every address.
///
/// # Errors
/// The address cannot be written to, codes were asked for too often, or too many letters wait.
pub fn ask(
    node: &Node,
    network: Network,
    party: PartyId,
    email: &str,
    language: &Language,
) -> Result<CodeSent, Failure> {
    let address = EmailAddress::parse(email).ok_or(Code::EmailInvalid)?;
    let (contacts, now) = (&node.contacts, node.clock.now());
    let index = address.index(&node.index_key);
    contacts.by_party.take(party, now)?;
    contacts.by_address.take(index, network, now)?;
    let recipient = Recipient {
        address,
        language: language.clone(),
    };
    let code = contacts
        .codes
        .issue(Subject::Contact(party), recipient.clone(), now)?;
    contacts
        .post
        .send(party, &recipient, Letter::ContactCode(code))?;
    Ok(CodeSent {
        expires_at: (now + code::LIFETIME).as_millis(),
    })
}

/// Makes the address that the code was sent to the contact of the party, and of nobody else.
///
/// # Errors
/// The code is wrong or spent, or the store does not take writes.
pub async fn confirm(node: &Node, party: PartyId, code: &str) -> Result<ContactConfirmed, Failure> {
    let now = node.clock.now();
    let recipient = node
        .contacts
        .codes
        .redeem(&Subject::Contact(party), code, now)?;
    settle(node, party, &recipient).await?;
    Ok(ContactConfirmed {
        confirmed_at: now.as_millis(),
    })
}

/// Makes an address, whose owner has shown to read the mail there, the contact of the party, and of
/// nobody else.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn settle(
    node: &Node,
    party: PartyId,
    recipient: &Recipient,
) -> Result<(), Failure> {
    let _turn = node.contacts.turn.lock().await;
    settle_in_turn(node, party, recipient).await
}

/// Begins an account for an address that is nobody's yet: `make` makes the party. `None` where the
/// address is somebody's by now. Of two who come at the same time one begins, and nothing is made for
/// the other.
///
/// # Errors
/// The store does not take writes, or the party cannot be made.
pub(crate) async fn settle_new(
    node: &Node,
    recipient: &Recipient,
    make: impl Future<Output = Result<PartyId, Failure>>,
) -> Result<Option<PartyId>, Failure> {
    let _turn = node.contacts.turn.lock().await;
    if owner_of(node, &recipient.address).await?.is_some() {
        return Ok(None);
    }
    let party = make.await?;
    settle_in_turn(node, party, recipient).await?;
    Ok(Some(party))
}

/// [`settle`] for who has the turn.
async fn settle_in_turn(node: &Node, party: PartyId, recipient: &Recipient) -> Result<(), Failure> {
    let now = node.clock.now();
    let index = recipient.address.index(&node.index_key).to_string();
    let before = node.store.document(KIND, &index).await?;
    let own = contacts_of(node, party).await?;
    let confirmed = Letter::ContactConfirmed;
    let mut letters = vec![waiting::document_to(node, party, recipient, confirmed)];
    let mut stale = Vec::new();
    // One that does not open is replaced: who reads the mail there has just shown it.
    if let Some((loser, earlier)) = before.and_then(|before| leads_to(node, &before)) {
        if loser != party {
            let known = Recipient {
                language: earlier.language,
                ..recipient.clone()
            };
            let removed = Letter::ContactRemoved;
            letters.push(waiting::document_to(node, loser, &known, removed));
        }
        stale.push(earlier.body);
    }
    // From here on the address leads to the party. What a crash after this leaves behind is
    // cleared away by the next change.
    lead_to(node, party, recipient, now, letters).await?;
    for other in own.iter().filter(|other| other.document.id != index) {
        stale.extend(replace(node, party, other).await?);
    }
    node.letters.wake();
    node.store.vault_erase_ids(&stale).await?;
    Ok(())
}

/// Together with the letters that tell of it.
async fn lead_to(
    node: &Node,
    party: PartyId,
    recipient: &Recipient,
    now: Timestamp,
    letters: Vec<Document>,
) -> Result<(), Failure> {
    let (owner, address) = (party.to_string(), &recipient.address);
    let body = format!(
        "{owner}/{KIND}/{}",
        base64url::encode(&random_bytes::<16>())
    );
    vaulted::put(
        node,
        body.clone(),
        owner.clone(),
        KIND,
        address.as_str().as_bytes(),
    )
    .await?;
    let confirmed = Confirmed {
        body,
        language: recipient.language.clone(),
        at: now,
    };
    let index = address.index(&node.index_key).to_string();
    let document = vaulted::document(node, KIND, index, owner, None, &confirmed);
    let mut documents = letters;
    documents.push(document);
    Ok(node.store.put_documents(documents).await?)
}

/// Takes an address from the party that has confirmed another; the body that is to be erased. What does
/// not open may have been another's, and stays.
async fn replace(
    node: &Node,
    party: PartyId,
    other: &StoredDocument,
) -> Result<Option<String>, Failure> {
    let Some((_, earlier)) = leads_to(node, other) else {
        return Ok(None);
    };
    if let Some(address) = address_in(node, party, &earlier.body).await? {
        let known = Recipient {
            address,
            language: earlier.language,
        };
        let removed = Letter::ContactRemoved;
        let letter = waiting::document_to(node, party, &known, removed);
        node.store.put_documents(vec![letter]).await?;
    }
    node.store.delete_document(KIND, &other.document.id).await?;
    Ok(Some(earlier.body))
}

/// The party that an index leads to, and what was confirmed. The party is sealed with it, so it is the
/// one that has confirmed; what does not open leads to nobody.
fn leads_to(node: &Node, stored: &StoredDocument) -> Option<(PartyId, Confirmed)> {
    let confirmed = vaulted::if_it_opens(KIND, vaulted::opened(node, stored))?;
    let owner = stored.document.owner.parse();
    Some((owner.ok()?, confirmed))
}

/// The address in a body of the vault, if it is of this party.
async fn address_in(
    node: &Node,
    party: PartyId,
    body: &str,
) -> Result<Option<EmailAddress>, Failure> {
    let entry = node.store.vault_get(body).await?;
    let Some(entry) = entry.filter(|entry| entry.owner == party.to_string()) else {
        return Ok(None);
    };
    let opened = vaulted::if_it_opens(KIND, vaulted::open(node, &entry));
    let text = opened.and_then(|opened| String::from_utf8(opened).ok());
    Ok(text.and_then(|text| EmailAddress::parse(&text)))
}

async fn contacts_of(node: &Node, party: PartyId) -> Result<Vec<StoredDocument>, Failure> {
    Ok(node
        .store
        .documents_of(KIND, &party.to_string(), "", CONTACTS_MAX)
        .await?)
}

/// The party that an address leads to. One that does not open leads to nobody.
///
/// # Errors
/// The store cannot be read.
pub async fn owner_of(node: &Node, address: &EmailAddress) -> Result<Option<PartyId>, Failure> {
    let index = address.index(&node.index_key).to_string();
    let found = node.store.document(KIND, &index).await?;
    let found = found.and_then(|found| leads_to(node, &found));
    Ok(found.map(|(party, _)| party))
}

/// Whether anybody has a confirmed contact.
///
/// # Errors
/// The store cannot be read.
pub async fn are_there(node: &Node) -> Result<bool, Failure> {
    Ok(!node.store.documents(KIND, "", 1).await?.is_empty())
}

/// The confirmed contact of a party.
///
/// # Errors
/// The store cannot be read.
pub async fn contact_of(node: &Node, party: PartyId) -> Result<Option<ContactView>, Failure> {
    for stored in contacts_of(node, party).await? {
        let Some((_, confirmed)) = leads_to(node, &stored) else {
            continue;
        };
        if let Some(address) = address_in(node, party, &confirmed.body).await? {
            return Ok(Some(ContactView {
                email: address.as_str().to_owned(),
                language: confirmed.language,
                confirmed_at: confirmed.at.as_millis(),
            }));
        }
    }
    Ok(None)
}

/// Forgets the contacts of a party: its codes, the letters about it that the node has kept, and
/// what leads to it. The addresses themselves go with the vault entries of the party.
///
/// # Errors
/// The store or the mail folder does not take writes.
pub async fn forget(node: &Node, party: PartyId) -> Result<(), Failure> {
    let contacts = &node.contacts;
    let _turn = contacts.turn.lock().await;
    contacts.codes.forget(&Subject::Contact(party));
    // Before the letters that were handed over, so that none comes after them.
    owned::forget(node, &[waiting::KIND], party).await?;
    for stored in contacts_of(node, party).await? {
        let id = &stored.document.id;
        if let Ok(index) = id.parse::<Digest>() {
            let is_of = |address: &EmailAddress| address.index(&node.index_key) == index;
            contacts.codes.forget_asked(is_of);
            contacts.post.forget(index).await?;
        }
        node.store.delete_document(KIND, id).await?;
    }
    contacts.post.forget(party).await
}
