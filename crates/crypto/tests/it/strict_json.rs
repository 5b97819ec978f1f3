//! The strict check accepts what the parser of the product accepts, less what is ambiguous.

use assent_crypto::strict_json::{StrictJsonError, check_object};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Any JSON without fractions, a few levels deep.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::from(Map::from_iter(members))),
        ]
    })
}

/// Writes an object with one member more, of the name of one that it has.
fn with_duplicate(object: &Map<String, Value>, index: usize) -> String {
    let names: Vec<&String> = object.keys().collect();
    let name = serde_json::to_string(names[index % names.len()]).expect("serialises");
    let text = serde_json::to_string(object).expect("serialises");
    format!("{},{name}:0}}", text.strip_suffix('}').expect("an object"))
}

proptest! {
    #[test]
    fn accepts_every_object_and_no_other_value(value in json()) {
        let text = serde_json::to_vec(&value).expect("serialises");
        prop_assert_eq!(check_object(&text).is_ok(), value.is_object());
    }

    #[test]
    fn finds_a_duplicate_wherever_it_is(
        inner in prop::collection::btree_map(any::<String>(), json(), 1..6),
        around in prop::collection::vec(any::<bool>(), 0..5),
        index: usize,
    ) {
        let mut text = with_duplicate(&Map::from_iter(inner), index);
        for as_object in around {
            text = if as_object { format!(r#"{{"a":{text},"b":1}}"#) } else { format!("[0,{text}]") };
        }
        let text = format!(r#"{{"outer":{text}}}"#);
        prop_assert_eq!(check_object(text.as_bytes()), Err(StrictJsonError::DuplicateMember));
    }

    #[test]
    fn agrees_with_the_parser_on_damaged_text(
        value in json(),
        position: prop::sample::Index,
        byte: u8,
    ) {
        let mut text = serde_json::to_vec(&Value::from(Map::from_iter([("a".to_owned(), value)])))
            .expect("serialises");
        let position = position.index(text.len());
        text[position] = byte;
        // Whatever passes here, the parser reads as an object.
        if check_object(&text).is_ok() {
            prop_assert!(serde_json::from_slice::<Map<String, Value>>(&text).is_ok());
        }
    }
}
