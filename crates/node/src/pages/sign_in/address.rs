//! The field for an e-mail address, as signing in and signing up have it.

use serde::Deserialize;

use crate::contacts::address::EmailAddress;
use crate::pages::frame::local_path;
use crate::pages::texts::Texts;

/// What a form with the field sends.
#[derive(Deserialize)]
pub(in crate::pages) struct Sent {
    email: String,
    #[serde(default)]
    here: String,
    /// Whether it is asked for once more, because something needs it.
    #[serde(default)]
    pub(super) again: bool,
}

impl Sent {
    /// Where to go afterwards.
    pub(in crate::pages) fn here(&self) -> &str {
        local_path(&self.here)
    }

    /// The address.
    ///
    /// # Errors
    /// It is none: the field once more, with what is wrong.
    pub(in crate::pages) fn address(&self, texts: &Texts) -> Result<EmailAddress, AddressField> {
        EmailAddress::parse(self.email.trim()).ok_or_else(|| AddressField {
            error: texts.get("sign-in-email-invalid"),
            email: self.email.clone(),
        })
    }
}

/// The field, for `sign_in/address.html`.
#[derive(Default)]
pub(in crate::pages) struct AddressField {
    /// What is wrong with the address that was typed; empty at first.
    pub(in crate::pages) error: String,
    pub(in crate::pages) email: String,
}
