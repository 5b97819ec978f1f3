//! What a keyring may be. The node cannot read it, so these are bounds of form and size alone.

use std::collections::BTreeSet;

use assent_api::problem::{Code, FieldError, Problem};
use assent_api::v1::keyring::{Keyring, Wrapping};
use assent_crypto::base64url;

use crate::http::failure::Failure;

/// The longest keyring as JSON, in bytes.
pub(super) const BYTES_MAX: usize = 256 * 1024;
/// The most wrappings.
const WRAPPINGS_MAX: usize = 32;
/// The longest name of a wrapping, in bytes.
const ID_MAX: usize = 64;
/// The longest label, in characters.
const LABEL_MAX: usize = 64;

/// What names are.
pub(super) const NAME: &str = "1 to 64 letters, digits, `-` and `_`";
/// What labels are.
pub(super) const LABEL: &str = "at most 64 characters, none of them for control";

/// Whether a text can name a device.
pub(super) fn is_name(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=ID_MAX).contains(&text.len()) && text.bytes().all(is_name)
}

/// Whether a text can be shown beside a device.
pub(super) fn is_label(text: &str) -> bool {
    text.chars().count() <= LABEL_MAX && !text.chars().any(char::is_control)
}

/// Refuses what this node does not keep.
pub(super) fn check(keyring: &Keyring) -> Result<(), Failure> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, detail: &str| {
        errors.push(FieldError {
            pointer,
            detail: detail.to_owned(),
        });
    };
    if !is_ciphertext(&keyring.keyring) {
        wrong("/keyring".into(), "base64url of at least one byte");
    }
    if keyring.wrappings.len() > WRAPPINGS_MAX {
        wrong("/wrappings".into(), "at most 32 wrappings");
    }
    let mut ids = BTreeSet::new();
    for (place, wrapping) in keyring.wrappings.iter().enumerate().take(WRAPPINGS_MAX) {
        for (field, detail) in wrongs(wrapping, ids.insert(&wrapping.id)) {
            wrong(format!("/wrappings/{place}/{field}"), detail);
        }
    }
    if errors.is_empty() && size(keyring) > BYTES_MAX {
        return Err(Code::BodyTooLarge.into());
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Problem {
        errors,
        ..Problem::new(Code::KeyringInvalid)
    }
    .into())
}

/// What is wrong with a wrapping, field by field.
fn wrongs(wrapping: &Wrapping, is_new: bool) -> Vec<(&'static str, &'static str)> {
    let mut wrongs = Vec::new();
    if !is_name(&wrapping.id) {
        wrongs.push(("id", NAME));
    } else if !is_new {
        wrongs.push(("id", "each wrapping once"));
    }
    if !wrapping.label.as_deref().is_none_or(is_label) {
        wrongs.push(("label", LABEL));
    }
    if !is_ciphertext(&wrapping.wrapped) {
        wrongs.push(("wrapped", "base64url of at least one byte"));
    }
    wrongs
}

fn is_ciphertext(text: &str) -> bool {
    base64url::decode(text).is_ok_and(|bytes| !bytes.is_empty())
}

fn size(keyring: &Keyring) -> usize {
    serde_json::to_vec(keyring)
        .expect("a keyring has a JSON form")
        .len()
}
