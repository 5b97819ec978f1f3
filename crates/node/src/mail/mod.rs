//! Mail: letters from the catalogue, sent over SMTP or, in development, written to files.
//!
//! A letter holds a code or a number and addresses of the node, and nothing else of anybody's: no
//! name, no service, no data, no picture, no link that tells who opened it.

pub mod catalogue;
pub(crate) mod events;
pub mod mailer;
mod message;
pub mod post;
mod refusal;
#[cfg(test)]
mod tests;
pub(crate) mod waiting;

use assent_model::ids::PartyId;

use self::catalogue::Letter;
use crate::http::failure::Failure;
use crate::node::Node;

/// Writes to a party, where it has a confirmed address: soon, and even after a crash.
///
/// # Errors
/// The store does not take writes.
pub async fn write_to(node: &Node, party: PartyId, letter: Letter) -> Result<(), Failure> {
    let letter = waiting::document(node, party, letter);
    node.store.put_documents(vec![letter]).await?;
    node.letters.wake();
    Ok(())
}
