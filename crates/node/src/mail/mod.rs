//! Mail: letters from the catalogue, sent over SMTP or, in development, written to files.
//!
//! A letter holds a code or a number and addresses of the node, and nothing else of anybody's: no
//! name, no service, no data, no picture, no link that tells who opened it.

pub mod catalogue;
pub(crate) mod events;
pub mod mailer;
mod message;
pub mod post;
#[cfg(test)]
mod tests;
pub mod topics;

use assent_model::ids::PartyId;

use self::catalogue::Letter;
use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::Recipient;
use crate::http::failure::Failure;
use crate::node::Node;

/// Writes to a party, where it has a confirmed address and wants letters of this kind. Whether there
/// was anybody to write to.
///
/// # Errors
/// The store cannot be read.
pub async fn write_to(node: &Node, party: PartyId, letter: Letter) -> Result<bool, Failure> {
    if let Some(topic) = letter.plan().topic
        && topics::off(node, party).await?.contains(&topic)
    {
        return Ok(false);
    }
    let Some(contact) = contacts::contact_of(node, party).await? else {
        return Ok(false);
    };
    let Some(address) = EmailAddress::parse(&contact.email) else {
        return Ok(false);
    };
    let recipient = Recipient {
        address,
        language: contact.language,
    };
    node.contacts
        .post
        .tell_in_turn(party, &recipient, letter)
        .await;
    Ok(true)
}
