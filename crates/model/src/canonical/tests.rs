//! The fast way and the whole of RFC 8785 give the same bytes.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DecodeError, compact, decode, encode};

fn by_the_book(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).expect("there is a canonical encoding")
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![8 => "[ -~]{0,6}", 1 => any::<String>()]
}

#[expect(
    clippy::disallowed_types,
    reason = "documents may hold what records never do"
)]
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((names(), inner), 0..8)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

/// A value whose maps are written in the reverse order of their names.
#[derive(Debug, Clone)]
struct Reversed(Value);

impl serde::Serialize for Reversed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reversed = |value: &Value| Self(value.clone());
        match &self.0 {
            Value::Object(members) => serializer.collect_map(
                members
                    .iter()
                    .rev()
                    .map(|(name, value)| (name, reversed(value))),
            ),
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(reversed)),
            other => other.serialize(serializer),
        }
    }
}

proptest! {
    #[test]
    fn every_document_is_encoded_by_the_book(value in values()) {
        let expected = by_the_book(&value);
        prop_assert_eq!(encode(&value), expected.clone());
        prop_assert_eq!(encode(&Reversed(value)), expected);
    }
}

#[test]
fn members_are_sorted_at_every_depth() {
    let value = json!({"z": {"b": [], "a": {}}, "y": [{"d": 1, "c": "}"}]});
    assert_eq!(
        encode(&Reversed(value)),
        br#"{"y":[{"c":"}","d":1}],"z":{"a":{},"b":[]}}"#
    );
}

#[test]
fn only_what_needs_more_than_sorting_is_not_plain() {
    fn check(json: &str, sorted: Option<&str>) {
        let found = compact::sorted(json.as_bytes().to_vec()).ok();
        let found = found.map(|bytes| String::from_utf8(bytes).expect("still text"));
        assert_eq!(found.as_deref(), sorted, "{json}");
    }
    check(r#"{"b":1,"a":2}"#, Some(r#"{"a":2,"b":1}"#));
    check(
        r#"{"b":"\"}\\","a!":[],"a":{},"":null}"#,
        Some(r#"{"":null,"a":{},"a!":[],"b":"\"}\\"}"#),
    );
    check(
        r#"{"a":[true,false,null,-7]}"#,
        Some(r#"{"a":[true,false,null,-7]}"#),
    );
    check("999999999999999", Some("999999999999999"));
    check("-999999999999999", Some("-999999999999999"));
    check(r#""é\u0007""#, Some(r#""é\u0007""#));
    check("1000000000000000", None);
    check("1.5", None);
    check("1e3", None);
    check(r#"{"é":1}"#, None);
    check(r#"{"\n":1}"#, None);
    check(r#"{"a":1,"a":1}"#, None);
    check(r#"{"b":1,"a":1,"b":2}"#, None);
}

#[test]
fn a_second_spelling_is_refused() {
    fn check(json: &str, canonical: bool) {
        let decoded = decode::<BTreeMap<String, u64>>(json.as_bytes());
        match decoded {
            Ok(_) => assert!(canonical, "{json}"),
            Err(DecodeError::NotCanonical) => assert!(!canonical, "{json}"),
            Err(DecodeError::Shape(error)) => panic!("{json}: {error}"),
        }
    }
    check(r#"{"a":1,"b":2}"#, true);
    check(r#"{"b":2,"a":1}"#, false);
    check(r#"{"a":1, "b":2}"#, false);
    check(r#"{"a":1,"a":1}"#, false);
    check(r#"{"\u0061":1}"#, false);
    check(r#"{"a":9007199254740991}"#, true);
    check(r#"{"a":9007199254740993}"#, false);
}
