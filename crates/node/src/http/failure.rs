//! Answers that are not a success.

use assent_api::problem::{Code, MEDIA_TYPE, Problem};
use assent_exchange::rejection::Rejection;
use assent_model::statement::StatementError;
use assent_storage::StoreError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::release::receipts::ReceiptLost;
use crate::sequencing::SubmitError;

/// The detail of a statement whose payload cannot be read.
pub(super) const PAYLOAD_UNREADABLE: &str = "payload-unreadable";

/// A problem on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Box<Problem>);

impl Failure {
    /// There is nothing here, or nothing for this caller.
    pub fn not_found() -> Self {
        Code::NotFound.into()
    }

    /// The caller may not do this.
    pub fn forbidden() -> Self {
        Code::Forbidden.into()
    }

    /// The node cannot answer at the moment.
    pub fn unavailable() -> Self {
        Code::Unavailable.into()
    }

    /// The rules refuse.
    pub fn rejected(rejection: Rejection) -> Self {
        Problem::rejected(rejection).into()
    }

    /// What the caller is told.
    pub fn problem(&self) -> &Problem {
        &self.0
    }

    /// The same problem, in answer to the request with this id.
    #[must_use]
    pub(super) fn in_answer_to(mut self, request_id: Option<&HeaderValue>) -> Self {
        self.0.request_id = request_id.and_then(|id| id.to_str().ok()).map(Into::into);
        self
    }

    /// A release or token is refused.
    pub fn refused(code: &str, title: &str) -> Self {
        let mut problem = Problem::new(Code::Forbidden);
        problem.kind = format!("/problems/{code}");
        code.clone_into(&mut problem.code);
        title.clone_into(&mut problem.title);
        problem.into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Problem::new(code).into()
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Rejected(rejection) => Self::rejected(rejection),
            SubmitError::Reused => Code::StatementReused.into(),
            SubmitError::Overloaded => Code::Unavailable.into(),
            SubmitError::Unavailable => Code::StoreUnavailable.into(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
        Code::StoreUnavailable.into()
    }
}

impl From<ReceiptLost> for Failure {
    fn from(_: ReceiptLost) -> Self {
        Code::StoreUnavailable.into()
    }
}

impl From<StatementError> for Failure {
    fn from(error: StatementError) -> Self {
        let detail = match &error {
            StatementError::Jws(error) => error.code(),
            StatementError::Payload(_) => PAYLOAD_UNREADABLE,
        };
        Problem::new(Code::StatementInvalid)
            .with_detail(detail)
            .into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).expect("problem statuses are HTTP statuses");
        let body = serde_json::to_vec(&*self.0).expect("a problem has a JSON form");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if matches!(self.0.status, 429 | 503) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        // For the layer that adds the id of the request.
        response.extensions_mut().insert(self);
        response
    }
}
