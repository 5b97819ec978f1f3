//! Examples of everything that operations take and give, by the name of the schema or path
//! parameter. `{@Name}` stands for another example.

use std::sync::LazyLock;

use assent_crypto::sealing::OpeningKey;
use serde_json::{Map, Value};

/// The example of this name, with all that it is made of.
///
/// # Panics
/// There is none: every operation has its examples.
pub(super) fn of(name: &str) -> Value {
    let example = EXAMPLES
        .get(name)
        .unwrap_or_else(|| panic!("examples.json has no example of {name}"));
    resolved(example)
}

static EXAMPLES: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples.json"))
        .expect("the shipped examples are a JSON object")
});

/// A sealing key is too long to be written into the file.
static SEALING_KEY: LazyLock<Value> = LazyLock::new(|| {
    let key = OpeningKey::from_seed(&[1; 32]);
    serde_json::to_value(key.sealing_key()).expect("a key has a JSON form")
});

fn resolved(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "{sealing-key}" => SEALING_KEY.clone(),
        Value::String(text) => match text
            .strip_prefix("{@")
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => of(name),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(resolved).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), resolved(value)))
            .collect(),
        _ => value.clone(),
    }
}
