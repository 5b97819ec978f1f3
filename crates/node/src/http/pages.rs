//! The few pages for people at a terminal or in a browser: what this is, and what a problem means.

use assent_api::problem::Code;
use axum::extract::Path;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

/// `GET /`.
pub(super) async fn index() -> Html<&'static str> {
    Html(include_str!("pages/index.html"))
}

/// `GET /problems/{code}`.
pub(super) async fn problem(Path(code): Path<String>) -> Response {
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    let text = match known {
        Some(code) => format!(
            "{}\n\nHTTP status {}. {}.\n",
            code.as_str(),
            code.status(),
            code.title()
        ),
        None => format!(
            "{}\n\nSee the list of rejections in the reference.\n",
            sanitised(&code)
        ),
    };
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Codes are kebab-case: anything else is not repeated.
fn sanitised(code: &str) -> &str {
    let is_code = code
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if is_code { code } else { "unknown code" }
}
