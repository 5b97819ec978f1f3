//! A letter as a message (RFC 5322): plain text and HTML, the same words in both.

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::time::Timestamp;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use std::time::{Duration, UNIX_EPOCH};

use super::catalogue::{Letter, at, texts};
use crate::contacts::code::Recipient;

/// Who writes, and from where.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) mailbox: Mailbox,
    /// Where people reach the node.
    pub(super) link: String,
}

/// A header of one line that is not among those that the library knows.
macro_rules! header {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($text)
            }

            fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            // Plain ASCII of our own making, and a line that must not be folded within an address.
            fn display(&self) -> HeaderValue {
                HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
            }
        }
    };
}

header! {
    /// Keeps holiday messages from answering (RFC 3834).
    AutoSubmitted, "Auto-Submitted"
}
header! {
    /// Where letters of this kind are turned off (RFC 2369).
    ListUnsubscribe, "List-Unsubscribe"
}
header! {
    /// That one request does it, without a page in between (RFC 8058).
    ListUnsubscribePost, "List-Unsubscribe-Post"
}

/// A message that could not be made: the address is one that only we take for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the letter cannot be put into a message")]
pub(super) struct NoMessage;

/// Puts a letter into a message. One that can be turned off says how, in its foot and to programs
/// that read mail.
pub(super) fn message(
    sender: &Sender,
    recipient: &Recipient,
    letter: &Letter,
    now: Timestamp,
) -> Result<Message, NoMessage> {
    let address: Address = recipient.address.as_str().parse().map_err(|_| NoMessage)?;
    let plan = letter.plan();
    let wording = plan.wording(&texts(&recipient.language), &sender.link);
    let unique = base64url::encode(&random_bytes::<16>());
    let mut message = Message::builder()
        .from(sender.mailbox.clone())
        .to(Mailbox::new(None, address))
        .subject(wording.subject)
        .date(UNIX_EPOCH + Duration::from_millis(now.as_millis()))
        // Not the name of the machine, which would stand there otherwise.
        .message_id(Some(format!(
            "<{unique}@{}>",
            sender.mailbox.email.domain()
        )))
        .header(AutoSubmitted("auto-generated".into()));
    if let Some(off) = &plan.off {
        let address = at(&sender.link, off);
        message = message
            .header(ListUnsubscribe(format!("<{address}>")))
            .header(ListUnsubscribePost("List-Unsubscribe=One-Click".into()));
    }
    message
        .multipart(MultiPart::alternative_plain_html(
            wording.text,
            wording.html,
        ))
        .map_err(|_| NoMessage)
}
