//! What can be said otherwise: all members of a value, and what else each could be.

use std::collections::{BTreeMap, BTreeSet};

use assent_crypto::base64url;
use serde_json::{Map, Value, json};

use crate::stories::{Keys, digest_of};
use crate::tampering::{is_statement, key_id};

/// Words that stand for one another.
const WORDS: &[&[&str]] = &[
    &["active", "disabled", "withdrawn"],
    &["consent", "contract"],
    &["day", "quarter-hour", "second"],
    &["hosted", "page", "independent"],
    &["organisation", "person", "operator"],
    &["released", "refused"],
    &["signing", "recovery"],
    &["within", "sink", "source"],
];

/// Members that may be left out, but may not be null.
const OPTIONAL: &[&str] = &[
    "/acknowledge_by",
    "/cr_pair_id",
    "/data_endpoint",
    "/logo",
    "/minimum_age",
    "/optional_concepts",
    "/refusal",
    "/resolution",
    "/sealing_key",
    "/source",
    "/supersedes",
    "/valid_until",
    "/valid_until_max",
];

/// Members, with where they stand. Of all statements of a family the envelope is looked at once:
/// it is read in the same way everywhere.
#[derive(Default)]
pub(crate) struct Places {
    pub(crate) found: Vec<(String, Value)>,
    families: BTreeSet<String>,
}

impl Places {
    /// Adds a value and all members below it.
    pub(crate) fn visit(&mut self, value: &Value, place: &str) {
        self.found.push((place.to_owned(), value.clone()));
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, &format!("{place}/{index}"));
                }
            }
            Value::Object(members) if is_statement(members) => self.visit_statement(value, place),
            Value::Object(members) => {
                for (name, item) in members {
                    self.visit(item, &format!("{place}/{name}"));
                }
            }
            _ => {}
        }
    }

    fn visit_statement(&mut self, statement: &Value, place: &str) {
        let family = statement["header"]["typ"].as_str().unwrap();
        if self.families.insert(family.to_owned()) {
            self.visit(&statement["header"], &format!("{place}/header"));
            self.visit(&statement["payload"], &format!("{place}/payload"));
        } else {
            let content = &statement["payload"]["statement"];
            self.visit(content, &format!("{place}/payload/statement"));
        }
    }
}

/// A change with what to call it.
pub(crate) type NamedChange = (&'static str, Change);

/// What can be done to a member.
pub(crate) enum Change {
    Remove,
    Replace(Value),
}

impl Change {
    pub(crate) fn apply(self, body: &mut Value, place: &str) {
        match self {
            Self::Replace(value) => *body.pointer_mut(place).unwrap() = value,
            Self::Remove => {
                let (parent, name) = place.rsplit_once('/').unwrap();
                match body.pointer_mut(parent).unwrap() {
                    Value::Array(items) => {
                        items.remove(name.parse().unwrap());
                    }
                    Value::Object(members) => {
                        members.remove(name);
                    }
                    _ => unreachable!("only lists and objects have members"),
                }
            }
        }
    }
}

/// The ids and digests that occur in a bundle: each could be in the place of another of its kind.
pub(crate) struct Pool(BTreeMap<String, BTreeSet<String>>);

impl Pool {
    pub(crate) fn of(body: &Value) -> Self {
        let mut places = Places::default();
        places.visit(body, "");
        let mut pool: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, value) in &places.found {
            if let Some((kind, text)) = value.as_str().and_then(|text| Some((kind(text)?, text))) {
                pool.entry(kind).or_default().insert(text.to_owned());
            }
        }
        Self(pool)
    }

    /// What can be done to the value in a place.
    pub(crate) fn changes(&self, place: &str, value: &Value, keys: &Keys) -> Vec<NamedChange> {
        let mut changes = vec![("removed", Change::Remove)];
        if OPTIONAL.iter().any(|name| place.ends_with(name)) {
            changes.push(("null", Change::Replace(Value::Null)));
        }
        let mut replace = |what, value| changes.push((what, Change::Replace(value)));
        match value {
            Value::Bool(is_so) => replace("negated", json!(!is_so)),
            Value::Number(number) => {
                let number = number.as_u64().unwrap();
                replace("one more", json!(number + 1));
                replace("one less", json!(number.saturating_sub(1)));
                replace("much more", json!(number + 1_000_000_000));
                replace("much less", json!(number / 2));
            }
            Value::String(text) => self.replace_text(text, &mut replace),
            Value::Array(items) => replace_list(items, &mut replace),
            Value::Object(members) if is_statement(members) => {
                replace_signature(members, keys, &mut replace);
            }
            Value::Object(members) => {
                let mut more = members.clone();
                more.insert("more".to_owned(), json!(1));
                replace("with one more member", Value::Object(more));
            }
            Value::Null => {}
        }
        changes.retain(|(_, change)| !matches!(change, Change::Replace(same) if same == value));
        changes
    }

    fn replace_text(&self, text: &str, replace: &mut impl FnMut(&'static str, Value)) {
        let longer = format!("{text}x");
        replace("longer", json!(longer));
        if let Some(kind) = kind(text) {
            let others = &self.0[&kind];
            let next = others.range(longer..).next().or_else(|| others.first());
            if let Some(next) = next.filter(|next| *next != text) {
                replace("another that occurs", json!(next));
            }
            let first = if text.ends_with('a') { "b" } else { "a" };
            let unknown = match text.split_once('_') {
                Some((prefix, _)) if kind != "digest" => format!("{prefix}_{}", first.repeat(32)),
                _ => digest_of(text),
            };
            replace("an unknown one", json!(unknown));
        }
        for group in WORDS.iter().filter(|group| group.contains(&text)) {
            for word in group.iter().filter(|word| **word != text) {
                replace("another word", json!(word));
            }
        }
    }
}

/// What an id or a digest is one of.
fn kind(text: &str) -> Option<String> {
    let is_base32 = |text: &str| {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
        text.len() == 32 && text.bytes().all(is_letter)
    };
    match text.split_once('_') {
        Some((prefix, rest)) if is_base32(rest) => Some(prefix.to_owned()),
        _ if base64url::decode_array::<32>(text).is_ok() => Some("digest".to_owned()),
        _ => None,
    }
}

fn replace_list(items: &[Value], replace: &mut impl FnMut(&'static str, Value)) {
    let Some(first) = items.first() else {
        return replace("filled", json!(["x"]));
    };
    replace("emptied", json!([]));
    replace(
        "with the first twice",
        [std::slice::from_ref(first), items].concat().into(),
    );
    if items.len() > 1 {
        let reversed: Vec<Value> = items.iter().rev().cloned().collect();
        replace("reversed", reversed.into());
    }
}

fn replace_signature(
    members: &Map<String, Value>,
    keys: &Keys,
    replace: &mut impl FnMut(&'static str, Value),
) {
    let with = |name: &str, value: Value| {
        let mut members = members.clone();
        members.insert(name.to_owned(), value);
        Value::Object(members)
    };
    replace("with a broken signature", with("broken", json!(true)));
    let signer = &members["payload"]["signer"];
    for key in keys.iter() {
        let jwk = serde_json::to_value(key.verifying_key()).unwrap();
        if jwk != *signer {
            let mut signed = Value::Object(members.clone());
            signed["header"]["kid"] = json!(key_id(&jwk));
            signed["payload"]["signer"] = jwk;
            replace("signed by another", signed);
        }
    }
}
