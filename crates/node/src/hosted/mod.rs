//! Hosted keys: the operator keeps the keys of people who want it so, sealed in the vault, and signs
//! for them when they press a button. Every record says `custody: hosted`.
//!
//! It signs what the person answered and nothing else, through the same SDK that a person's own agent
//! has, and submits through the same commands. It never signs for a person who keeps the keys.

mod answering;
mod changing;
mod granting;
mod keeping;
mod linking;
mod meters;

use assent_api::problem::{Code, Problem};
use assent_client::keys::{PartyKeys, Pseudonym, Wallet};
use assent_client::statements::Signer;
use assent_exchange::command::Command;
use assent_exchange::identity::command::IdentityCommand;
use assent_model::ids::{PartyId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::account::AccountPseudonym;
use assent_model::records::identity::PartyKind;

pub(crate) use answering::{Choice, give, refuse};
pub(crate) use changing::{Change, change};
pub(crate) use granting::grant;
pub(crate) use linking::{offer_link, remove_link, restore_link};
pub(crate) use meters::{known_meters, pair, unpair, unpair_all};

use crate::accounts;
use crate::http::failure::Failure;
use crate::node::Node;

/// Makes a person whose keys the operator keeps.
///
/// # Errors
/// The store does not take writes.
pub async fn create(node: &Node) -> Result<PartyId, Failure> {
    let keys = PartyKeys::generate();
    let party = keys.party_id();
    // Kept before anybody knows of the party: keys without one harm nothing.
    keeping::keep_party(node, &keys).await?;
    let registration = signer(node).register(&keys, PartyKind::Person, Custody::Hosted);
    let command = Command::Identity(IdentityCommand::Register(registration));
    node.intake.submit(command, Vec::new()).await?;
    Ok(party)
}

/// Signs for this chain, now.
fn signer(node: &Node) -> Signer {
    Signer::new(node.chain.clone(), node.clock.now())
}

/// The keys of a person that the operator keeps.
async fn wallet(node: &Node, party: PartyId) -> Result<Wallet, Failure> {
    let wallet = keeping::load(node, party).await?;
    wallet.ok_or_else(|| refused("the keys of this account are not kept here"))
}

/// The pseudonym, or the alias of a pair, with this id.
fn pseudonym(wallet: &Wallet, id: SurrogateId) -> Result<&Pseudonym, Failure> {
    let links = wallet.links().map(|link| &link.pseudonym);
    let aliases = wallet.aliases().map(|pair| &pair.alias);
    links
        .chain(aliases)
        .find(|pseudonym| pseudonym.surrogate_id() == id)
        .ok_or_else(Failure::not_found)
}

/// Adds a pseudonym of a hosted wallet to the account.
async fn name(node: &Node, party: PartyId, pseudonym: &Pseudonym) -> Result<(), Failure> {
    let statement = AccountPseudonym {
        party,
        surrogate_id: pseudonym.surrogate_id(),
    };
    let signed = signer(node).sign(&pseudonym.key, statement);
    accounts::add(node, party, signed.compact()).await?;
    Ok(())
}

/// Something in what is to be signed does not hold: nothing is signed.
fn refused(detail: &str) -> Failure {
    Problem::new(Code::Forbidden).with_detail(detail).into()
}
