//! How a source says no: problem+json, with the code that the requester can act on.

use std::cmp::Ordering;

use assent_api::problem::{Code, MEDIA_TYPE, Problem};
use assent_client::http::ReleaseError;
use assent_client::source::Refusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why no data leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denial {
    /// There is no such dataset, or nothing in it for this person.
    NothingHere,
    /// The request does not hold against the consent.
    Refused(Refusal),
    /// The node refuses the release, with this code.
    NotAllowed(String),
    /// The node gives no decision: without a clear yes it is a no.
    Undecided,
    /// A fault of the source.
    Failed,
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ReleaseError> for Denial {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::Refused(refusal) => Self::Refused(refusal),
            ReleaseError::Undecided(_) => Self::Undecided,
        }
    }
}

impl Denial {
    fn problem(&self) -> Problem {
        match self {
            Self::NothingHere => Problem::new(Code::NotFound),
            Self::Failed => Problem::new(Code::Internal),
            Self::Undecided => {
                Problem::new(Code::Unavailable).with_detail("the node gives no decision")
            }
            Self::NotAllowed(code) => named(Code::Forbidden, code, "The node refuses the release"),
            Self::Refused(refusal) => named(kind(*refusal), refusal.code(), &refusal.to_string()),
        }
    }
}

/// Whether a token or proof is at fault, which another one may mend, or the consent.
fn kind(refusal: Refusal) -> Code {
    // The rules that come before are about token and proof, those after about the consent.
    match refusal.cmp(&Refusal::TooManyProofs) {
        Ordering::Less => Code::Unauthenticated,
        Ordering::Equal => Code::RateLimited,
        Ordering::Greater => Code::Forbidden,
    }
}

fn named(kind: Code, code: &str, title: &str) -> Problem {
    let mut problem = Problem::new(kind);
    problem.kind = format!("/problems/{code}");
    code.clone_into(&mut problem.code);
    title.clone_into(&mut problem.title);
    problem
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status =
            StatusCode::from_u16(problem.status).expect("problem statuses are HTTP statuses");
        let body = serde_json::to_vec(&problem).expect("a problem has a JSON form");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9449, section 7.1.
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("DPoP algs=\"EdDSA\""),
            );
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(denial: impl Into<Denial>, status: u16, code: &str) {
        let problem = denial.into().problem();
        assert_eq!((problem.status, problem.code.as_str()), (status, code));
    }

    #[test]
    fn what_another_token_can_mend_is_unauthenticated() {
        check(Refusal::TokenMissing, 401, "token-missing");
        check(Refusal::TokenExpired, 401, "token-expired");
        check(Refusal::ProofReplayed, 401, "proof-replayed");
        check(Refusal::TooManyProofs, 429, "too-many-proofs");
        check(Refusal::ConsentUnknown, 403, "consent-unknown");
        check(Refusal::ConsentNotActive, 403, "consent-not-active");
        check(
            Denial::NotAllowed("consent-disabled".into()),
            403,
            "consent-disabled",
        );
        check(Denial::Undecided, 503, "unavailable");
        check(Denial::NothingHere, 404, "not-found");
    }
}
