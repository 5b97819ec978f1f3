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

use assent_model::ids::PartyId;

use self::catalogue::Letter;
use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::Recipient;
use crate::http::failure::Failure;
use crate::node::Node;

/// Writes to a party, where it has a confirmed address. Whether there was anybody to write to.
///
/// # Errors
/// The store cannot be read.
pub async fn write_to(node: &Node, party: PartyId, letter: Letter) -> Result<bool, Failure> {
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
    node.contacts.post.tell(party, &recipient, letter);
    Ok(true)
}
