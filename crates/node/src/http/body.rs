//! Reading bodies and paths strictly: the wrong shape is a problem with a stable code.

use std::str::FromStr;

use assent_api::problem::{Code, FieldError, Problem};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// A JSON body of exactly this shape.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        check_media_type(request.headers())?;
        let bytes = read(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

/// The bytes of a body, within the limit that the router sets on all of them.
pub(crate) async fn read(body: axum::body::Body) -> Result<Bytes, Failure> {
    // The only way to fail with a caller that is still there is to send more than the limit.
    axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|_| Code::BodyTooLarge.into())
}

pub(super) fn check_media_type(headers: &axum::http::HeaderMap) -> Result<(), Failure> {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = media_type
        .and_then(|text| text.split(';').next())
        .map(str::trim);
    if essence == Some("application/json") {
        Ok(())
    } else {
        Err(Code::UnsupportedMediaType.into())
    }
}

/// Reads JSON, saying where it goes wrong but never what stands there.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    // A body is an object. The fields of one may otherwise come as a list, in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(malformed(
            "a field is missing, unknown or of the wrong type at line 1, column 1",
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        malformed(&format!(
            "{} at line {line}, column {column}",
            category(&error)
        ))
    })
}

fn malformed(detail: &str) -> Failure {
    let mut problem = Problem::new(Code::MalformedBody);
    problem.errors.push(FieldError {
        pointer: String::new(),
        detail: detail.to_owned(),
    });
    problem.into()
}

fn category(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Eof => "ends too early",
        serde_json::error::Category::Data => "a field is missing, unknown or of the wrong type",
        serde_json::error::Category::Io => "cannot be read",
    }
}

/// A typed id in the path.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::from(Code::MalformedTarget))?;
        // An id that cannot exist names nothing.
        text.parse().map(Self).map_err(|_| Failure::not_found())
    }
}

/// A JSON answer.
#[derive(Debug)]
pub struct Answer<T>(pub T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0).expect("answers have a JSON form");
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// A JSON answer for something that came into being.
#[derive(Debug)]
pub struct Created<T> {
    /// Where it can be read.
    pub location: String,
    /// What became of the command.
    pub outcome: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (
            StatusCode::CREATED,
            [(header::LOCATION, self.location)],
            Answer(self.outcome),
        )
            .into_response()
    }
}
