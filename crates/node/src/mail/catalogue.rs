//! What letters say. The texts are plain files, `texts/mail/{language}/{letter}.txt`: a line for
//! the subject, then paragraphs between empty lines. `{code}`, `{minutes}` and `{link}` stand for
//! what is filled in. A paragraph that is `{code}` alone is shown large.

use assent_model::names::Language;

use crate::contacts::code::{LIFETIME, OneTimeCode};

/// A letter.
pub enum Letter {
    /// The code that makes an address a contact.
    ContactCode(OneTimeCode),
    /// The address is a contact now.
    ContactConfirmed,
    /// The address is no longer the contact of somebody.
    ContactRemoved,
    /// The code for a person who lost the signing key.
    LostKeyCode(OneTimeCode),
    /// A link that signs somebody in: its path at this node.
    SignIn(String),
    /// The code that begins an account.
    SignUpCode(OneTimeCode),
    /// The address has an account already: a link that signs in there.
    SignUpKnown(String),
    /// A consent was given: where its receipt is at this node.
    ConsentGiven(String),
    /// Consents were paused or ended for a person who lost the signing key.
    ConsentsStopped,
}

/// The languages that there are texts in. The first is for everybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Dutch,
    Danish,
}

impl Tongue {
    #[cfg(test)]
    pub(super) const ALL: [Self; 3] = [Self::English, Self::Dutch, Self::Danish];

    /// The tongue of a language tag: `nl-BE` is Dutch.
    pub(super) fn of(language: &Language) -> Self {
        let primary = language.as_str().split('-').next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "nl" => Self::Dutch,
            "da" => Self::Danish,
            _ => Self::English,
        }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
            Self::Danish => "da",
        }
    }
}

/// A letter in words, ready to be put into an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) subject: &'static str,
    pub(super) text: String,
    pub(super) html: String,
}

macro_rules! texts {
    ($tongue:expr, $file:literal) => {
        match $tongue {
            Tongue::English => include_str!(concat!("../../texts/mail/en/", $file)),
            Tongue::Dutch => include_str!(concat!("../../texts/mail/nl/", $file)),
            Tongue::Danish => include_str!(concat!("../../texts/mail/da/", $file)),
        }
    };
}

impl Letter {
    /// The text as translators wrote it.
    pub(super) const fn text(&self, tongue: Tongue) -> &'static str {
        match self {
            Self::ContactCode(_) => texts!(tongue, "contact-code.txt"),
            Self::ContactConfirmed => texts!(tongue, "contact-confirmed.txt"),
            Self::ContactRemoved => texts!(tongue, "contact-removed.txt"),
            Self::LostKeyCode(_) => texts!(tongue, "lost-key-code.txt"),
            Self::SignIn(_) => texts!(tongue, "sign-in.txt"),
            Self::SignUpCode(_) => texts!(tongue, "sign-up-code.txt"),
            Self::SignUpKnown(_) => texts!(tongue, "sign-up-known.txt"),
            Self::ConsentGiven(_) => texts!(tongue, "consent-given.txt"),
            Self::ConsentsStopped => texts!(tongue, "consents-stopped.txt"),
        }
    }

    const fn code(&self) -> Option<&OneTimeCode> {
        match self {
            Self::ContactCode(code) | Self::LostKeyCode(code) | Self::SignUpCode(code) => {
                Some(code)
            }
            Self::ContactConfirmed
            | Self::ContactRemoved
            | Self::SignIn(_)
            | Self::SignUpKnown(_)
            | Self::ConsentGiven(_)
            | Self::ConsentsStopped => None,
        }
    }

    /// The letter in a tongue. `link` is the address of the node.
    pub(super) fn wording(&self, tongue: Tongue, link: &str) -> Wording {
        let (subject, body) = self.text(tongue).split_once('\n').unwrap_or_default();
        let code = self.code().map(ToString::to_string).unwrap_or_default();
        let link = &match self {
            Self::SignIn(path) | Self::SignUpKnown(path) | Self::ConsentGiven(path) => {
                format!("{}{path}", link.trim_end_matches('/'))
            }
            _ => link.to_owned(),
        };
        let minutes = (LIFETIME.as_millis() / 60_000).to_string();
        let filled = |text: &str, link: &str| {
            text.replace("{code}", &code)
                .replace("{minutes}", &minutes)
                .replace("{link}", link)
        };
        let paragraphs = body.trim().split("\n\n").map(str::trim);
        let address = escaped(link);
        let anchor = format!("<a href=\"{address}\">{address}</a>");
        let shown: String = paragraphs
            .clone()
            .map(|paragraph| match paragraph {
                "{code}" => format!("<p style=\"font-size:1.6em\"><strong>{code}</strong></p>\n"),
                _ => format!("<p>{}</p>\n", filled(&escaped(paragraph), &anchor)),
            })
            .collect();
        let tag = tongue.tag();
        Wording {
            subject: subject.trim(),
            text: filled(&paragraphs.collect::<Vec<_>>().join("\n\n"), link) + "\n",
            html: format!(
                "<!doctype html>\n<html lang=\"{tag}\">\n<body>\n{shown}</body>\n</html>\n"
            ),
        }
    }
}

/// Text within HTML, or within an attribute of it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
