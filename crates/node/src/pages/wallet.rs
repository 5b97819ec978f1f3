//! What a page tells the wallet in it: who is signed in, and the words of the reader's language. The
//! script has no words of its own.

use std::collections::BTreeMap;

use assent_model::ids::PartyId;
use fluent_templates::fluent_bundle::FluentValue;
use serde::Serialize;

use super::texts::Texts;

#[derive(Serialize)]
struct Said {
    /// Empty where nobody is signed in.
    party: String,
    words: BTreeMap<&'static str, String>,
}

/// The same as JSON, for an attribute. What the script fills in stands in braces.
pub(super) fn said(texts: &Texts, party: Option<PartyId>) -> String {
    let open = |name: &'static str| (name, FluentValue::from(format!("{{{name}}}")));
    let code = [open("code")];
    let found = [open("records"), open("time")];
    let words = BTreeMap::from([
        ("wallet-making", texts.get("wallet-making")),
        ("wallet-confirming", texts.get("wallet-confirming")),
        ("wallet-signing", texts.get("wallet-signing")),
        ("wallet-checking", texts.get("wallet-checking")),
        ("wallet-no-keys", texts.get("wallet-no-keys")),
        ("wallet-waiting", texts.get("wallet-waiting")),
        ("wallet-sealing", texts.get("wallet-sealing")),
        ("wallet-removing", texts.get("wallet-removing")),
        (
            "wallet-device-code-mistyped",
            texts.get("wallet-device-code-mistyped"),
        ),
        ("wallet-device-unknown", texts.get("wallet-device-unknown")),
        ("wallet-device-swapped", texts.get("wallet-device-swapped")),
        ("wallet-device-removed", texts.get("wallet-device-removed")),
        (
            "wallet-device-key-past",
            texts.get("wallet-device-key-past"),
        ),
        ("wallet-device-last", texts.get("wallet-device-last")),
        (
            "wallet-device-no-keyring",
            texts.get("wallet-device-no-keyring"),
        ),
        (
            "wallet-device-kit-unknown",
            texts.get("wallet-device-kit-unknown"),
        ),
        ("wallet-device-altered", texts.get("wallet-device-altered")),
        ("consent-age-missing", texts.get("consent-age-missing")),
        ("wallet-unreachable", texts.get("wallet-unreachable")),
        ("wallet-code-wrong", texts.get("wallet-code-wrong")),
        ("wallet-declined", texts.with("wallet-declined", &code)),
        ("wallet-refused", texts.with("wallet-refused", &code)),
        ("wallet-failed", texts.with("wallet-failed", &code)),
        ("wallet-intact", texts.with("wallet-intact", &found)),
        ("wallet-broken", texts.with("wallet-broken", &code)),
        (
            "wallet-meter-foreign",
            texts.with("wallet-meter-foreign", &code),
        ),
    ]);
    let said = Said {
        party: party.map(|party| party.to_string()).unwrap_or_default(),
        words,
    };
    serde_json::to_string(&said).expect("words have a JSON form")
}

/// The words of closed lists that stand in notices, as JSON for an attribute: with them the wallet makes
/// again what a form says, from what was signed.
pub(super) fn vocabulary(texts: &Texts) -> String {
    let words: BTreeMap<&str, String> = vocabulary_keys()
        .chain(["notice-special-text", "notice-automated-none"])
        .map(|key| (key, texts.get(key)))
        .collect();
    serde_json::to_string(&words).expect("words have a JSON form")
}

/// The keys of the catalogue of closed lists: each language has all of them.
fn vocabulary_keys() -> impl Iterator<Item = &'static str> {
    let catalogue = include_str!("../../texts/pages/en/vocabulary.ftl");
    let messages = catalogue.lines().filter(|line| !line.starts_with('#'));
    messages.filter_map(|line| line.split_once(" = ").map(|(key, _)| key))
}
