//! What letters say. The words are in the Fluent catalogues, `texts/pages/{language}/letters.ftl`:
//! `letter-{name}-subject`, and `letter-{name}-text` with paragraphs between empty lines. A paragraph
//! that is `{ $code }` or `{ $link }` alone is shown large.
//!
//! A new letter is a variant, its line in [`Letter::plan`], and its words in every language.

use askama::Template;
use assent_crypto::digest::Digest;
use assent_model::ids::ConsentId;
use assent_model::names::Language;
use fluent_templates::fluent_bundle::FluentValue;
use serde::{Deserialize, Serialize};

use crate::contacts::code::{LIFETIME, OneTimeCode};
use crate::notifications::Kind;
use crate::pages::texts::Texts;

/// A letter. What is a path leads to a page of this node, after signing in. What lets its reader in is
/// not kept: codes are void after a restart anyway, and the person asks again.
#[derive(Serialize, Deserialize)]
pub enum Letter {
    /// The code that makes an address a contact.
    #[serde(skip)]
    ContactCode(OneTimeCode),
    /// The address is a contact now.
    ContactConfirmed,
    /// The address is no longer the contact of somebody.
    ContactRemoved,
    /// The code for a person who lost the signing key.
    #[serde(skip)]
    LostKeyCode(OneTimeCode),
    /// The code for a device that has no keys.
    #[serde(skip)]
    PassCode(OneTimeCode),
    /// A link that signs somebody in: its path at this node.
    #[serde(skip)]
    SignIn(String),
    /// The code that begins an account.
    #[serde(skip)]
    SignUpCode(OneTimeCode),
    /// The address has an account already: a link that signs in there.
    #[serde(skip)]
    SignUpKnown(String),
    /// A consent was given: its receipt.
    ConsentGiven {
        /// Where the whole receipt is.
        path: String,
        /// The consent.
        cr_id: ConsentId,
        /// Of the notice that was shown.
        notice: Digest,
    },
    /// To the provider: an acknowledgement is overdue, and where it is told what is owed.
    AcknowledgementOverdue(String),
    /// To the provider: nothing reaches an endpoint, and where it is looked at.
    EndpointFailing {
        /// Where the endpoint is.
        path: String,
        /// In how many days it is switched off.
        days: u64,
    },
    /// To the provider: an endpoint is switched off, and where it is.
    EndpointOff(String),
    /// A passkey was added to the account.
    PasskeyAdded,
    /// A passkey signs in no more, because it may have been copied.
    PasskeyStopped,
    /// Consents were paused or ended for a person who lost the signing key.
    ConsentsStopped,
    /// A device more has the keys of the person.
    DeviceAdded,
    /// A paper more opens the keys of the person.
    RecoveryKitMade,
    /// A passkey more opens the keys of the person.
    KeyPasskeyAdded,
    /// Something opens the keys of the person no more.
    DeviceRemoved,
    /// Somebody is invited to look after a home: where the invitation is.
    #[serde(skip)]
    Invitation(String),
    /// Something has happened that the person wants to hear of.
    Notice(Notice),
}

/// See [`Letter::Notice`].
#[derive(Serialize, Deserialize)]
pub struct Notice {
    /// What has happened.
    pub(crate) kind: Kind,
    /// Where more is said.
    pub(crate) path: String,
    /// Where letters of this kind are turned off, for those that can be.
    pub(crate) off: Option<String>,
}

/// Where people see who has their keys.
const DEVICES: &str = "/home/devices";

/// What a letter is made of.
pub(super) struct Plan {
    /// As the catalogues name it.
    name: &'static str,
    /// What its sentences have filled in beside the address of the node.
    values: Vec<(&'static str, String)>,
    /// Where `$link` leads to at this node.
    path: String,
    /// Where letters of its kind are turned off, for those that can be: a path at this node that works
    /// without signing in, by one empty form (RFC 8058).
    pub(super) off: Option<String>,
}

impl Plan {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            values: Vec::new(),
            path: String::new(),
            off: None,
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts and numbers are given alike"
    )]
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }
}

impl Letter {
    /// How each letter is made.
    pub(super) fn plan(&self) -> Plan {
        match self {
            Self::ContactCode(code) => Plan::of("contact-code").with("code", code),
            Self::ContactConfirmed => Plan::of("contact-confirmed"),
            Self::ContactRemoved => Plan::of("contact-removed"),
            Self::LostKeyCode(code) => Plan::of("lost-key-code").with("code", code),
            Self::PassCode(code) => Plan::of("pass-code").with("code", code),
            Self::SignIn(path) => Plan::of("sign-in").at(path),
            Self::SignUpCode(code) => Plan::of("sign-up-code").with("code", code),
            Self::SignUpKnown(path) => Plan::of("sign-up-known").at(path),
            Self::ConsentGiven {
                path,
                cr_id,
                notice,
            } => Plan::of("consent-given")
                .at(path)
                .with("consent", cr_id)
                .with("notice", notice),
            Self::AcknowledgementOverdue(path) => Plan::of("acknowledgement-overdue").at(path),
            Self::EndpointFailing { path, days } => {
                Plan::of("endpoint-failing").at(path).with("days", days)
            }
            Self::EndpointOff(path) => Plan::of("endpoint-off").at(path),
            Self::PasskeyAdded => Plan::of("passkey-added"),
            Self::PasskeyStopped => Plan::of("passkey-stopped"),
            Self::ConsentsStopped => Plan::of("consents-stopped"),
            Self::DeviceAdded => Plan::of("device-added").at(DEVICES),
            Self::RecoveryKitMade => Plan::of("recovery-kit-made").at(DEVICES),
            Self::KeyPasskeyAdded => Plan::of("key-passkey-added").at(DEVICES),
            Self::DeviceRemoved => Plan::of("device-removed").at(DEVICES),
            Self::Invitation(path) => Plan::of("invitation").at(path),
            Self::Notice(Notice { kind, path, off }) => Plan {
                off: off.clone(),
                ..Plan::of(named(*kind)).at(path)
            },
        }
    }
}

/// The name of the letter about something that has happened.
fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "notice-request",
        Kind::FirstAccess => "notice-first-access",
        Kind::ExpirySoon => "notice-expiry-soon",
        Kind::ConditionsChanged => "notice-conditions-changed",
        Kind::Overdue => "notice-overdue",
        Kind::SignedIn => "notice-signed-in",
        Kind::KeysChanged => "notice-keys-changed",
        Kind::DelegateActed => "notice-delegate-acted",
    }
}

/// A letter in words, ready to be put into an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// A paragraph.
enum Part {
    Words(String),
    Code(String),
    Link(String),
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct LetterPage<'a> {
    language: String,
    subject: &'a str,
    parts: Vec<Part>,
    open: String,
    foot: &'a [String],
}

/// The catalogue for a language tag: `nl-BE` is read in `nl`, and strangers read English.
pub(super) fn texts(language: &Language) -> Texts {
    Texts::in_language(language.as_str()).unwrap_or_else(Texts::fallback)
}

impl Plan {
    /// The letter in a language, from the node that people reach at this address.
    pub(super) fn wording(&self, texts: &Texts, node: &str) -> Wording {
        let link = at(node, &self.path);
        let off = self.off.as_deref().map(|path| at(node, path));
        let minutes = (LIFETIME.as_millis() / 60_000).to_string();
        let mut values: Vec<(&'static str, FluentValue<'_>)> = vec![
            ("link", link.as_str().into()),
            ("node", node.into()),
            ("minutes", minutes.as_str().into()),
            ("off", off.clone().unwrap_or_default().into()),
        ];
        let own = self.values.iter();
        values.extend(own.map(|(name, value)| (*name, value.as_str().into())));
        let said = |key: &str| without_isolates(&texts.with(key, &values));
        let subject = said(&format!("letter-{}-subject", self.name));
        let text = said(&format!("letter-{}-text", self.name));
        let mut foot = vec![said("letter-foot")];
        if off.is_some() {
            foot.push(said("letter-foot-optional"));
        }
        let code = self.values.iter().find(|(name, _)| *name == "code");
        let part = |words: &str| match words {
            _ if words == link => Part::Link(link.clone()),
            _ if code.is_some_and(|(_, code)| words == code) => Part::Code(words.to_owned()),
            _ => Part::Words(words.to_owned()),
        };
        let paragraphs = text.split("\n\n").map(str::trim);
        let shown = LetterPage {
            language: texts.tag(),
            subject: &subject,
            parts: paragraphs.map(part).collect(),
            open: texts.get("letter-open"),
            foot: &foot,
        };
        let html = shown.render().expect("templates render into memory");
        Wording {
            text: format!("{}\n\n-- \n{}\n", text.trim(), foot.join("\n")),
            subject,
            html,
        }
    }
}

/// The address of a path at a node.
pub(super) fn at(node: &str, path: &str) -> String {
    format!("{}{path}", node.trim_end_matches('/'))
}

/// Fluent puts invisible marks around what is filled in. Programs that read mail would take them for
/// a part of an address.
fn without_isolates(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}
