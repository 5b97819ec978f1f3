//! Bundles that were damaged on the way, by somebody who cannot sign.

use assent_crypto::base64url;
use assent_model::canonical;
use serde_json::{Value, json};

use crate::bundles::Sample;

/// The way to one member, and what becomes of it.
type Blow = (&'static str, fn(&mut Value));

/// One blow to each part of a bundle.
const BLOWS: &[Blow] = &[
    ("another format", |b| {
        b["format"] = json!("assent-evidence/2");
    }),
    ("no format", |b| remove(b, "format")),
    ("one more member", |b| b["more"] = json!(1)),
    ("another subject", |b| {
        b["cr_id"] = json!(format!("cns_{}", "a".repeat(32)));
    }),
    ("a subject that is no id", |b| b["cr_id"] = json!("cns_1")),
    ("no entries", |b| b["entries"] = json!([])),
    ("no genesis", |b| drop(entries(b).remove(0))),
    ("no last status record", |b| {
        remove_last(b, "status-changed");
    }),
    ("an entry twice", |b| {
        let entry = entries(b)[3].clone();
        entries(b).insert(3, entry);
    }),
    ("two entries exchanged", |b| entries(b).swap(4, 5)),
    ("the entries reversed", |b| entries(b).reverse()),
    ("an index one more", |b| b["entries"][2]["index"] = json!(3)),
    ("an index far off", |b| {
        b["entries"][2]["index"] = json!(1_u64 << 40);
    }),
    ("an index that is no integer", |b| {
        b["entries"][2]["index"] = json!(2.5);
    }),
    ("a leaf changed", |b| {
        replace(&mut b["entries"][9]["leaf"], "\"height\":", "\"height\":1");
    }),
    ("a leaf with white space", |b| {
        replace(&mut b["entries"][9]["leaf"], "{\"event", "{ \"event");
    }),
    ("a leaf that is no JSON", |b| {
        b["entries"][1]["leaf"] = json!("{");
    }),
    ("a leaf of an unknown event", |b| {
        replace(&mut b["entries"][1]["leaf"], "registered", "x");
    }),
    ("a proof one hash short", |b| drop(proof(b, 5).pop())),
    ("a proof one hash long", |b| {
        let hash = proof(b, 5)[0].clone();
        proof(b, 5).push(hash);
    }),
    ("a proof reversed", |b| proof(b, 5).reverse()),
    ("a proof of another entry", |b| {
        b["entries"][5]["proof"] = b["entries"][6]["proof"].clone();
    }),
    ("an empty proof", |b| proof(b, 5).clear()),
    ("a proof with a short hash", |b| {
        b["entries"][5]["proof"][0] = json!("AAAA");
    }),
    ("no checkpoint", |b| remove(b, "checkpoint")),
    ("an unsigned checkpoint", |b| {
        let text = b["checkpoint"].as_str().unwrap();
        let (text, _) = text.split_once("— ").unwrap();
        b["checkpoint"] = json!(text);
    }),
    ("another log", |b| {
        replace(&mut b["checkpoint"], "node.example", "node.test");
    }),
    ("another height", |b| {
        replace(&mut b["checkpoint"], "height ", "height 1");
    }),
    ("another time", |b| {
        replace(&mut b["checkpoint"], "time ", "time 1");
    }),
    ("another status root", |b| {
        replace(&mut b["checkpoint"], "status ", "status A");
    }),
    ("a checkpoint with one more line", |b| {
        replace(&mut b["checkpoint"], "\n\n", "\nmore\n\n");
    }),
    ("a checkpoint signed twice", |b| sign_again(b, "")),
    ("a checkpoint with a foreign signature", |b| {
        sign_again(b, "witness.");
    }),
    ("no descriptions", |b| b["descriptions"] = json!([])),
    ("the descriptions exchanged", |b| {
        list(b, "descriptions").reverse();
    }),
    ("a description twice", |b| {
        let description = b["descriptions"][0].clone();
        list(b, "descriptions").push(description);
    }),
    ("a description changed", |b| {
        replace(&mut b["descriptions"][1], "Meter", "Metre");
    }),
    ("a notice changed", |b| {
        replace(&mut b["notice"], "intrekken", "intrekte");
    }),
    ("a notice of nothing", |b| b["notice"] = json!("{}")),
    ("a notice that is no text", |b| b["notice"] = json!({})),
    ("another status proof", |b| {
        // Not the siblings reversed: a short way can read the same from both ends.
        let foreign = proof(b, 5)[0].clone();
        b["status"]["siblings"][0] = foreign;
    }),
    ("a status proof one hash short", |b| {
        drop(list(&mut b["status"], "siblings").pop());
    }),
    ("a proof of no status", |b| {
        let hash = b["status"]["siblings"][0].clone();
        b["status"]["other"] = json!({"key": hash, "status": hash});
    }),
    ("an endless status proof", |b| {
        let hash = b["status"]["siblings"][0].clone();
        b["status"]["siblings"] = json!(vec![hash; 300]);
    }),
    ("no status", |b| remove(b, "status")),
];

/// The document with one blow to each of its parts, and not as canonical JSON.
pub(crate) fn of_document(bundle: &str) -> Vec<Sample> {
    let mut samples: Vec<Sample> = BLOWS
        .iter()
        .map(|(name, blow)| {
            let mut document = serde_json::from_str(bundle).unwrap();
            blow(&mut document);
            Sample {
                name: (*name).to_owned(),
                bundle: document.to_string(),
            }
        })
        .collect();
    let spellings = [
        ("a line end", format!("{bundle}\n")),
        ("a byte order mark", format!("\u{feff}{bundle}")),
        ("white space", bundle.replacen(':', ": ", 1)),
        (
            "an escape",
            bundle.replacen("assent-evidence", "\\u0061ssent-evidence", 1),
        ),
        (
            "a member twice",
            bundle.replacen('{', "{\"checkpoint\":\"\",", 1),
        ),
        ("an array", format!("[{bundle}]")),
        ("deep nesting", "[".repeat(100_000)),
        ("half of it", bundle[..bundle.len() / 2].to_owned()),
        ("nothing", String::new()),
    ];
    samples.extend(spellings.map(|(name, bundle)| Sample {
        name: name.to_owned(),
        bundle,
    }));
    samples
}

/// The document with one byte changed, in many places.
pub(crate) fn of_bytes(bundle: &str) -> Vec<Sample> {
    let changed = |at: usize| {
        let other = if bundle[at..].starts_with('A') {
            'B'
        } else {
            'A'
        };
        let mut changed = bundle.to_owned();
        changed.replace_range(at..=at, &other.to_string());
        let around: String = changed[..=at].chars().rev().take(80).collect();
        let around: String = around.chars().rev().collect();
        Sample {
            name: format!("byte {at}, the last of {around}"),
            bundle: changed,
        }
    };
    let is_single = |at: &usize| bundle.is_char_boundary(*at) && bundle.is_char_boundary(at + 1);
    (0..bundle.len())
        .step_by(61)
        .filter(is_single)
        .map(changed)
        .collect()
}

/// The bundle with one statement after the other spelled with a space more, which its reader would not notice
/// without the signature.
pub(crate) fn of_spelling(bundle: &str) -> Vec<Sample> {
    let count = entries(&mut serde_json::from_str(bundle).unwrap()).len();
    let spelled = |at: usize| {
        let mut bundle: Value = serde_json::from_str(bundle).unwrap();
        let entry = &mut entries(&mut bundle)[at];
        let mut leaf: Value = serde_json::from_str(entry["leaf"].as_str().unwrap()).unwrap();
        if !respell(&mut leaf["event"]) {
            return None;
        }
        entry["leaf"] = String::from_utf8(canonical::encode(&leaf)).unwrap().into();
        Some(Sample {
            name: format!("entry {at} with a space"),
            bundle: String::from_utf8(canonical::encode(&bundle)).unwrap(),
        })
    };
    (0..count).filter_map(spelled).collect()
}

/// Puts a space into the payload of the first statement that there is.
fn respell(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let parts: Vec<&str> = text.split('.').collect();
            let [head, payload, signature] = parts[..] else {
                return false;
            };
            let Ok(payload) = base64url::decode(payload) else {
                return false;
            };
            let payload = String::from_utf8(payload).unwrap().replacen(':', ": ", 1);
            let payload = base64url::encode(payload.as_bytes());
            *text = format!("{head}.{payload}.{signature}");
            true
        }
        Value::Array(items) => items.iter_mut().any(respell),
        Value::Object(members) => members.values_mut().any(respell),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn list<'v>(value: &'v mut Value, member: &str) -> &'v mut Vec<Value> {
    value[member].as_array_mut().unwrap()
}

fn entries(bundle: &mut Value) -> &mut Vec<Value> {
    list(bundle, "entries")
}

fn proof(bundle: &mut Value, entry: usize) -> &mut Vec<Value> {
    list(&mut bundle["entries"][entry], "proof")
}

fn remove(bundle: &mut Value, member: &str) {
    bundle.as_object_mut().unwrap().remove(member);
}

/// Replaces the first occurrence of something that must occur.
fn replace(text: &mut Value, from: &str, to: &str) {
    let before = text.as_str().unwrap();
    assert!(before.contains(from), "{from} does not occur");
    *text = json!(before.replacen(from, to, 1));
}

/// Leaves out the last entry of a kind.
fn remove_last(bundle: &mut Value, kind: &str) {
    let is_kind = |entry: &Value| entry["leaf"].as_str().unwrap().contains(kind);
    let entries = entries(bundle);
    let last = entries.iter().rposition(is_kind).unwrap();
    entries.remove(last);
}

/// Repeats the signature line of the checkpoint, under a name that begins with `prefix`.
fn sign_again(bundle: &mut Value, prefix: &str) {
    let checkpoint = bundle["checkpoint"].as_str().unwrap();
    let (_, line) = checkpoint.split_once("— ").unwrap();
    bundle["checkpoint"] = json!(format!("{checkpoint}— {prefix}{line}"));
}
