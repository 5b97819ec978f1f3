//! The few pages for people at a terminal or in a browser: what this is, and what a problem means.

use axum::extract::Path;
use axum::response::Html;

use super::catalogue::{self, Entry};
use super::failure::Failure;

/// `GET /problems`.
pub(super) async fn problems() -> Html<String> {
    let item = |entry: &Entry| {
        let (code, title) = (entry.code, marked_up(&entry.title));
        format!("    <li><a href=\"/problems/{code}\"><code>{code}</code></a> {title}</li>\n")
    };
    let items: String = catalogue::all().map(item).collect();
    Html(include_str!("pages/problems.html").replace("{items}", &items))
}

/// `GET /problems/{code}`.
pub(super) async fn problem(Path(code): Path<String>) -> Result<Html<String>, Failure> {
    let entry = catalogue::find(&code).ok_or_else(Failure::not_found)?;
    let page = include_str!("pages/problem.html")
        .replace("{code}", entry.code)
        .replace("{status}", &entry.status.to_string())
        .replace("{title}", &marked_up(&entry.title))
        .replace("{meaning}", &marked_up(entry.meaning))
        .replace("{remedy}", &marked_up(entry.remedy));
    Ok(Html(page))
}

/// Text as HTML; what stands between backticks is code.
fn marked_up(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let parts = escaped.split('`').enumerate();
    parts
        .map(|(place, part)| {
            if place % 2 == 1 {
                format!("<code>{part}</code>")
            } else {
                part.to_owned()
            }
        })
        .collect()
}
