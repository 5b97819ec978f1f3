//! What is wrong with a description, and in which line of its text.

use std::collections::BTreeMap;

use assent_model::description::ServiceDescription;
use assent_model::ids::PartyId;
use serde_json::Value;

use super::drafts::TEXT_BYTES_MAX;
use crate::descriptions;
use crate::pages::texts::Texts;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The line of the text, from 1.
    pub(super) line: usize,
    /// A JSON Pointer to the field.
    pub(super) pointer: String,
    /// What is wrong there.
    pub(super) detail: String,
}

/// A text that was looked at.
pub(super) struct Examined {
    /// The text, in the usual layout where it is JSON.
    pub(super) text: String,
    /// The description, where nothing is wrong.
    pub(super) description: Option<ServiceDescription>,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
}

/// Looks at the text of a description that is to be registered by a party.
pub(super) fn examine(text: &str, party: PartyId, texts: &Texts) -> Examined {
    let refused = |line, detail: String| Examined {
        text: text.to_owned(),
        description: None,
        findings: vec![Finding {
            line,
            pointer: String::new(),
            detail,
        }],
    };
    if text.len() > TEXT_BYTES_MAX {
        return refused(1, texts.get("editor-too-long"));
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return refused(error.line().max(1), texts.get("editor-not-json")),
    };
    let text = serde_json::to_string_pretty(&value).expect("a value has a JSON form");
    let lines = lines(&value);
    let finding = |pointer: String, detail: String| Finding {
        line: line_of(&lines, &pointer),
        pointer,
        detail,
    };
    let (description, findings) = match descriptions::checked(&value) {
        Ok(said) if said.provider.party_id != party => {
            let pointer = "/provider/party_id".to_owned();
            (
                None,
                vec![finding(pointer, texts.get("editor-other-party"))],
            )
        }
        Ok(said) => (Some(said), Vec::new()),
        Err(failure) => {
            let problem = failure.problem();
            let detail = problem.detail.clone().unwrap_or_default();
            let mut findings: Vec<Finding> = problem
                .errors
                .iter()
                .map(|error| finding(error.pointer.clone(), error.detail.clone()))
                .collect();
            if findings.is_empty() {
                findings.push(finding(contradiction(&value), detail));
            }
            (None, findings)
        }
    };
    Examined {
        text,
        description,
        findings,
    }
}

/// Where a description contradicts itself: datasets or purposes, as far as it can be said.
fn contradiction(value: &Value) -> String {
    use assent_model::description::DescriptionError as Error;
    let Ok(said) = serde_json::from_value::<ServiceDescription>(value.clone()) else {
        return String::new();
    };
    let last_of = |list: &str, member: &str, id: &str| {
        let items = value.get(list).and_then(Value::as_array);
        let is_it = |item: &Value| item.get(member).and_then(Value::as_str) == Some(id);
        let place = items.and_then(|items| items.iter().rposition(is_it));
        place.map_or_else(|| format!("/{list}"), |place| format!("/{list}/{place}"))
    };
    match said.check() {
        Err(Error::DatasetRepeated(id)) => last_of("datasets", "dataset_id", id.as_str()),
        Err(Error::PurposeRepeated(id) | Error::PurposeEmpty(id)) => {
            last_of("purposes", "purpose_id", id.as_str())
        }
        Err(Error::ConceptRepeated(_)) => "/datasets".into(),
        Err(Error::ConceptRequiredAndOptional(_)) => "/purposes".into(),
        Err(Error::TextMissing(_)) | Ok(()) => String::new(),
    }
}

/// The line of every value in the usual layout, by its JSON Pointer.
fn lines(value: &Value) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    walk(value, "", &mut 1, &mut found);
    found
}

fn walk(value: &Value, pointer: &str, line: &mut usize, found: &mut BTreeMap<String, usize>) {
    found.insert(pointer.to_owned(), *line);
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.replace('~', "~0").replace('/', "~1"), member))
            .collect(),
        Value::Array(items) => (0..)
            .map(|place: usize| place.to_string())
            .zip(items)
            .collect(),
        _ => Vec::new(),
    };
    let is_open = !members.is_empty();
    for (name, member) in members {
        *line += 1;
        walk(member, &format!("{pointer}/{name}"), line, found);
    }
    if is_open {
        *line += 1;
    }
}

/// The line of what a pointer points to, or of the nearest thing around it.
fn line_of(lines: &BTreeMap<String, usize>, pointer: &str) -> usize {
    let mut pointer = pointer;
    loop {
        if let Some(line) = lines.get(pointer) {
            return *line;
        }
        pointer = pointer.rsplit_once('/').map_or("", |(around, _)| around);
        if pointer.is_empty() {
            return 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{line_of, lines};

    #[test]
    fn every_value_stands_in_its_line() {
        let value = json!({ "a": { "b": [1, { "c": "here" }], "empty": {} }, "d~/": "there" });
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        let lines = lines(&value);
        let check = |pointer: &str, part: &str| {
            let line = text.lines().nth(line_of(&lines, pointer) - 1);
            assert!(line.expect("a line").contains(part), "{pointer}");
        };
        check("/a/b/1/c", "here");
        check("/a/empty", "empty");
        check("/d~0~1", "there");
        check("/a/b/7/x", "\"b\"");
        check("/nothing", "{");
    }
}
