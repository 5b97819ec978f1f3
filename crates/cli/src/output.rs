//! What a command answers: text for people, JSON for programs.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

use assent_api::v1::Outcome;
use assent_model::names::ConceptId;
use assent_model::records::consent::ResourceSet;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::{Doing, Failure};

/// Where answers go, and in which form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    is_json: bool,
}

impl Output {
    pub(crate) fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    /// Whether the answer is for a program.
    pub(crate) fn is_json(self) -> bool {
        self.is_json
    }

    /// Answers with a value: as one line of JSON, or in the words that `text` finds for it.
    pub(crate) fn answer<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.is_json {
            print(serde_json::to_string(value).doing("the answer has no JSON form")?)
        } else {
            print(text(value))
        }
    }
}

/// Writes one line, or several, to standard output, and ends the last if the text does not.
pub(crate) fn print(mut text: String) -> Result<(), Failure> {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        // Whoever reads has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.doing("the answer cannot be written"),
    }
}

/// The lines of an answer for people.
#[derive(Debug, Default)]
pub(crate) struct Lines(String);

impl Lines {
    pub(crate) fn push(&mut self, line: impl Display) {
        let line = line.to_string();
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}

impl From<String> for Lines {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Lines> for String {
    fn from(lines: Lines) -> Self {
        lines.0
    }
}

/// Lines of names and values, the values below each other.
pub(crate) fn fields(fields: &[(&str, &dyn Display)]) -> String {
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = Lines::default();
    for (name, value) in fields {
        lines.push(format_args!("{name:width$}  {value}"));
    }
    lines.into()
}

/// What became of a command, for people.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome.events {
        0 => format!("nothing changed, as of block {}", outcome.height),
        _ => format!("done in block {}", outcome.height),
    }
}

/// A resource set on one line, as `dataset: concept, concept; dataset: …`.
pub(crate) fn resources(set: &ResourceSet) -> String {
    let datasets = set.iter().map(|(dataset, concepts)| {
        let concepts: Vec<&str> = concepts.iter().map(ConceptId::as_str).collect();
        format!("{dataset}: {}", concepts.join(", "))
    });
    datasets.collect::<Vec<String>>().join("; ")
}

/// A value as it is spelled on the wire: a text without its quotes, all else as JSON.
pub(crate) fn spelled<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Rows below a header, without lines between them.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table.add_rows(rows);
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_below_each_other() {
        assert_eq!(
            fields(&[("id", &"cns_1"), ("status", &"active")]),
            "id      cns_1\nstatus  active\n"
        );
    }
}
