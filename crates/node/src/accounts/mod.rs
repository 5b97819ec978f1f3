//! Accounts: which pseudonyms a person has named as its own, and so what belongs to the person.
//!
//! Only the home operator knows, and only because the person's agent says so: signed with the
//! pseudonym's key and sent by the party. It lives in the vault.

pub mod lost_key;

use std::collections::BTreeSet;

use assent_api::problem::{Code, Problem};
use assent_api::v1::accounts::{PseudonymAdded, PseudonymView};
use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_exchange::consent::state::Consent;
use assent_model::ids::{ConsentId, PartyId, SurrogateId};
use assent_model::records::account::AccountPseudonym;
use assent_model::statement::{self, Verified};
use assent_storage::{StoreError, VaultEntry};

use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the bodies in the vault.
const KIND: &str = "account-pseudonym";
/// How many members of a list are read at a time.
const PAGE: u32 = 256;

/// Adds a pseudonym to an account. Adding it again changes nothing.
///
/// # Errors
/// The statement does not say that the pseudonym belongs to this party, or it belongs to another.
pub async fn add(node: &Node, party: PartyId, compact: &str) -> Result<PseudonymAdded, Failure> {
    let statement = statement::verify::<AccountPseudonym>(compact)?;
    check(node, party, &statement)?;
    let surrogate_id = statement.content().surrogate_id;
    let (id, owner) = (body_id(node, surrogate_id), party.to_string());
    match vaulted::put(node, id, owner, KIND, compact.as_bytes()).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            if !has_named(node, party, surrogate_id).await? {
                return Err(Code::PseudonymTaken.into());
            }
        }
        Err(error) => return Err(error.into()),
    }
    node.holdings.named(party, surrogate_id);
    Ok(PseudonymAdded { surrogate_id })
}

fn check(
    node: &Node,
    party: PartyId,
    statement: &Verified<AccountPseudonym>,
) -> Result<(), Failure> {
    let said = statement.content();
    let now = node.clock.now();
    let claims = statement.envelope().check(&node.chain, now);
    claims.map_err(|rejection| Failure::rejected(rejection.into()))?;
    if said.surrogate_id != SurrogateId::of(statement.signer()) || said.party != party {
        let problem = Problem::new(Code::StatementInvalid);
        return Err(problem
            .with_detail("the statement is of another pseudonym or party")
            .into());
    }
    Ok(())
}

/// The same for a pseudonym whoever names it, and nothing to anybody who reads it: the store does
/// not say in clear which pseudonyms a party has.
fn body_id(node: &Node, surrogate: SurrogateId) -> String {
    let surrogate = surrogate.to_string();
    let index = hmac_sha256(
        &node.index_key,
        domains::PSEUDONYM_INDEX,
        &[surrogate.as_bytes()],
    );
    format!("{KIND}/{index}")
}

/// The pseudonyms of an account, in the order in which they were added. One that does not open is left
/// out.
///
/// # Errors
/// The store cannot be read.
pub async fn pseudonyms(node: &Node, party: PartyId) -> Result<Vec<PseudonymView>, Failure> {
    let entries = node.store.vault_of(&party.to_string()).await?;
    let named = entries.iter().filter(|entry| entry.kind == KIND);
    let views = named.filter_map(|entry| vaulted::if_it_opens(KIND, view(node, entry)));
    Ok(views.collect())
}

fn view(node: &Node, entry: &VaultEntry) -> Result<PseudonymView, Failure> {
    let compact = String::from_utf8(vaulted::open(node, entry)?);
    let compact = compact.map_err(|_| Failure::from(Code::Internal))?;
    let statement = statement::verify::<AccountPseudonym>(&compact)?;
    Ok(PseudonymView {
        surrogate_id: statement.content().surrogate_id,
        statement: compact,
    })
}

/// Whether a pseudonym is one that this account has named. One look-up, however many there are.
///
/// # Errors
/// The store cannot be read.
pub async fn has_named(
    node: &Node,
    party: PartyId,
    surrogate: SurrogateId,
) -> Result<bool, Failure> {
    Ok(holder(node, surrogate).await? == Some(party))
}

/// The account that has named a pseudonym, if any has. The account is sealed with the pseudonym: one
/// that was given to another account does not open, and is nobody's.
///
/// # Errors
/// The store cannot be read.
pub async fn holder(node: &Node, surrogate: SurrogateId) -> Result<Option<PartyId>, Failure> {
    let Some(known) = node.store.vault_get(&body_id(node, surrogate)).await? else {
        return Ok(None);
    };
    let opened = vaulted::if_it_opens(KIND, vaulted::open(node, &known));
    Ok(opened.and_then(|_| known.owner.parse().ok()))
}

/// What belongs to a person beside the party itself.
#[derive(Debug, Clone, Default)]
pub struct Belongings {
    /// The pseudonyms that the person has named, and the aliases of their pairs.
    pub surrogates: BTreeSet<SurrogateId>,
    /// The consents of all of them, both records of each pair.
    pub consents: BTreeSet<ConsentId>,
}

/// Everything that follows from the pseudonyms of an account. The other record of a pair belongs
/// to the same person, though its alias may not have been named: both were given in one command.
///
/// # Errors
/// The store cannot be read.
pub async fn belongings(node: &Node, party: PartyId) -> Result<Belongings, Failure> {
    let mut belongings = Belongings::default();
    let named = pseudonyms(node, party).await?;
    let mut waiting: Vec<SurrogateId> = named.iter().map(|view| view.surrogate_id).collect();
    while let Some(surrogate) = waiting.pop() {
        if !belongings.surrogates.insert(surrogate) {
            continue;
        }
        for cr_id in listed(node, surrogate, "consents").await? {
            belongings.consents.insert(cr_id);
            let consent = node
                .state
                .get::<Consent>(&cr_id)
                .await?
                .ok_or(Code::Internal)?;
            let Some(other) = consent.role.counterpart() else {
                continue;
            };
            let other = node
                .state
                .get::<Consent>(&other)
                .await?
                .ok_or(Code::Internal)?;
            waiting.push(other.surrogate);
        }
    }
    Ok(belongings)
}

/// All members of a list of a pseudonym, oldest first.
///
/// # Errors
/// The store cannot be read.
pub async fn listed<T: std::str::FromStr>(
    node: &Node,
    surrogate: SurrogateId,
    list: &str,
) -> Result<Vec<T>, Failure> {
    let list = format!("{surrogate}/{list}");
    let mut members: Vec<(u64, String)> = Vec::new();
    loop {
        let after = members
            .last()
            .map(|(position, member)| (*position, member.as_str()));
        let page = node.store.listing(&list, after, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        members.extend(page);
        if is_last {
            break;
        }
    }
    let read = |(_, member): (u64, String)| member.parse().map_err(|_| Code::Internal.into());
    members.into_iter().map(read).collect()
}
