//! Names that say nothing about the thing they name.

use super::{File, Finding};
use std::path::Path;

/// A name whose last word is one of these could hold anything, and in time does.
const EMPTY_NAMES: [&str; 7] = [
    "util", "utils", "helper", "helpers", "manager", "common", "misc",
];

/// What declares a name that is checked.
const KEYWORDS: [&str; 5] = ["fn", "struct", "enum", "trait", "mod"];

/// What may stand before such a keyword.
const QUALIFIERS: [&str; 6] = ["const", "async", "unsafe", "extern", "\"C\"", "default"];

/// No folder, file or Rust item has an empty name.
pub(super) fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for component in Path::new(file.path) {
        let component = component.to_string_lossy();
        let stem = component.split('.').next().unwrap_or_default();
        if is_empty_name(stem) {
            findings.push(file.finding(0, format!("{component} does not say what it is")));
        }
    }
    if file.is("rs") {
        for (number, line) in file.lines() {
            if let Some((keyword, name)) = declaration(line).filter(|(_, name)| is_empty_name(name))
            {
                findings.push(
                    file.finding(number, format!("{keyword} {name} does not say what it is")),
                );
            }
        }
    }
    findings
}

/// The keyword and name that a line of rustfmt-ed Rust declares, if it does.
pub(super) fn declaration(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let keyword = words
        .find(|word| !is_qualifier(word))
        .filter(|word| KEYWORDS.contains(word))?;
    let name = words.next()?;
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    Some((keyword, &name[..end.unwrap_or(name.len())]))
}

fn is_qualifier(word: &str) -> bool {
    word == "pub" || word.starts_with("pub(") || QUALIFIERS.contains(&word)
}

/// Only the last word decides: `common_prefix` names a prefix, `prefix_helpers` names nothing.
fn is_empty_name(name: &str) -> bool {
    let last = name.rsplit(['_', '-']).next().unwrap_or_default();
    let hump = last.rfind(char::is_uppercase).unwrap_or(0);
    let matches = |word: &str| EMPTY_NAMES.contains(&word.to_lowercase().as_str());
    matches(last) || matches(&last[hump..])
}
