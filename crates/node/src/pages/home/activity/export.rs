//! The timeline as a file: CSV (RFC 4180) for spreadsheets, JSON for programs. What is in it is what
//! the filter takes, all of it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::filter::{Asked, Wanted};
use super::line::{Line, Timeline};
use crate::holdings::{self, Standing};
use crate::homes;
use crate::node::Node;
use crate::pages::dates::iso;
use crate::pages::failure::PageFailure;
use crate::pages::home::visitor::Visitor;
use crate::pages::texts::Texts;

/// What the JSON says about itself.
const FORMAT: &str = "assent-activity/1";

/// The first line of a table, in the order of [`cells`].
const COLUMNS: [&str; 13] = [
    "time",
    "kind",
    "who",
    "what",
    "data",
    "purpose",
    "service",
    "source",
    "status",
    "refusal",
    "refusal_code",
    "about",
    "log_entry",
];

/// Everything that a file says of one line.
#[derive(Serialize)]
struct Record {
    /// ISO 8601, in UTC.
    time: String,
    kind: &'static str,
    who: String,
    what: String,
    data: Vec<String>,
    purpose: String,
    service: String,
    source: String,
    status: Option<&'static str>,
    refusal: Option<String>,
    refusal_code: Option<String>,
    /// The consent, request or link.
    about: String,
    log_entry: Option<u64>,
}

impl From<Line> for Record {
    fn from(line: Line) -> Self {
        let (refusal, refusal_code) = line.refusal.unzip();
        Self {
            time: line.when.iso,
            kind: line.kind.name(),
            who: line.who,
            what: line.what,
            data: line.data,
            purpose: line.purpose,
            service: line.service,
            source: line.source,
            status: line.standing.map(Standing::name),
            refusal,
            refusal_code,
            about: line.id,
            log_entry: line.index,
        }
    }
}

#[derive(Serialize)]
struct Document {
    format: &'static str,
    made_at: String,
    language: String,
    /// The filter, without what it leaves open.
    filter: serde_json::Map<String, serde_json::Value>,
    entries: Vec<Record>,
}

/// `GET /home/activity/export/{format}`, with the filter of the page.
pub(super) async fn export(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Path(format): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    if !["csv", "json"].contains(&format.as_str()) {
        return Err(PageFailure::not_found());
    }
    let acts = homes::acts::of(&node, visitor.owner).await?;
    let holdings = holdings::of(&node, visitor.owner).await?;
    let wanted = Wanted::read(&asked);
    let shared = visitor.shared();
    let timeline = Timeline::new(&holdings, &shared, &acts, &wanted);
    let mut entries = Vec::new();
    for item in timeline.newest(None) {
        entries.push(Record::from(
            Line::of(&node, &texts, &holdings, &item).await?,
        ));
    }
    drop(holdings);
    let (media_type, body) = if format == "csv" {
        ("text/csv; charset=utf-8; header=present", csv(&entries))
    } else {
        let fields = asked.fields().into_iter();
        let document = Document {
            format: FORMAT,
            made_at: iso(node.clock.now()),
            language: texts.tag(),
            filter: fields
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            entries,
        };
        let json = serde_json::to_string_pretty(&document).expect("a timeline has a JSON form");
        ("application/json", json)
    };
    let name = format!("attachment; filename=\"my-activity.{format}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body).into_response())
}

fn csv(entries: &[Record]) -> String {
    let mut table = String::new();
    row(&mut table, &COLUMNS.map(str::to_owned));
    for entry in entries {
        row(&mut table, &cells(entry));
    }
    table
}

fn cells(entry: &Record) -> [String; 13] {
    let index = entry.log_entry.map(|index| index.to_string());
    [
        entry.time.clone(),
        entry.kind.to_owned(),
        entry.who.clone(),
        entry.what.clone(),
        entry.data.join("; "),
        entry.purpose.clone(),
        entry.service.clone(),
        entry.source.clone(),
        entry.status.unwrap_or_default().to_owned(),
        entry.refusal.clone().unwrap_or_default(),
        entry.refusal_code.clone().unwrap_or_default(),
        entry.about.clone(),
        index.unwrap_or_default(),
    ]
}

fn row(table: &mut String, cells: &[String]) {
    let quoted: Vec<String> = cells.iter().map(|cell| cell_of(cell)).collect();
    let _ = write!(table, "{}\r\n", quoted.join(","));
}

/// A cell that no spreadsheet takes for a formula: names are chosen by others, and a cell that
/// begins with one of these is computed by programs that open it.
fn cell_of(text: &str) -> String {
    let begins_formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '|', '%'])
        || text.starts_with(['\t', '\r', '\n']);
    let mark = if begins_formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::cell_of;

    fn check(text: &str, expected: &str) {
        assert_eq!(cell_of(text), expected, "{text:?}");
    }

    #[test]
    fn no_cell_is_a_formula_or_ends_before_its_time() {
        check("Bright Energy Advice", "\"Bright Energy Advice\"");
        check("a \"b\", c", "\"a \"\"b\"\", c\"");
        check("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
        check("  =1+1", "\"'  =1+1\"");
        check("+1", "\"'+1\"");
        check("-1", "\"'-1\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("\t=1", "\"'\t=1\"");
        check("1-1", "\"1-1\"");
        check("", "\"\"");
    }
}
