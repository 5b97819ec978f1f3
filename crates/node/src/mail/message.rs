//! A letter as a message (RFC 5322): plain text and HTML, the same words in both.

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::time::Timestamp;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use std::time::{Duration, UNIX_EPOCH};

use super::catalogue::{Letter, Tongue};
use crate::contacts::code::Recipient;

/// Who writes, and from where.
#[derive(Debug, Clone)]
pub(super) struct Sender {
    pub(super) mailbox: Mailbox,
    /// Where people reach the node.
    pub(super) link: String,
}

/// Keeps holiday messages from answering (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted(String);

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// A message that could not be made: the address is one that only we take for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the letter cannot be put into a message")]
pub(super) struct NoMessage;

/// Puts a letter into a message.
pub(super) fn message(
    sender: &Sender,
    recipient: &Recipient,
    letter: &Letter,
    now: Timestamp,
) -> Result<Message, NoMessage> {
    let address: Address = recipient.address.as_str().parse().map_err(|_| NoMessage)?;
    let wording = letter.wording(Tongue::of(&recipient.language), &sender.link);
    let unique = base64url::encode(&random_bytes::<16>());
    Message::builder()
        .from(sender.mailbox.clone())
        .to(Mailbox::new(None, address))
        .subject(wording.subject)
        .date(UNIX_EPOCH + Duration::from_millis(now.as_millis()))
        // Not the name of the machine, which would stand there otherwise.
        .message_id(Some(format!(
            "<{unique}@{}>",
            sender.mailbox.email.domain()
        )))
        .header(AutoSubmitted("auto-generated".into()))
        .multipart(MultiPart::alternative_plain_html(
            wording.text,
            wording.html,
        ))
        .map_err(|_| NoMessage)
}
