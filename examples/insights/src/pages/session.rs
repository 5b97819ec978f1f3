//! Who visits: a session of this service, named by a cookie that no script can read.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::household::Phase;
use crate::households::{Household, SessionSecret};
use crate::insights::Insights;

/// The cookie. Other programs at the same host have theirs under other names.
const COOKIE: &str = "insights-session";
/// The same over https: browsers take a cookie of this name from this host alone, so that no other host
/// of its domain brings a person into a session of somebody else.
const HOST_COOKIE: &str = "__Host-insights-session";
/// A year, in seconds.
const LASTS: u32 = 31_536_000;

/// Whoever asks for a page.
pub(super) struct Visitor(Option<(SessionSecret, Arc<Household>)>);

impl Visitor {
    /// The household of the session, if it is one of ours.
    pub(super) fn household(&self) -> Option<&Arc<Household>> {
        self.0.as_ref().map(|(_, household)| household)
    }

    /// The session, for what goes on after the answer has begun.
    pub(super) fn session(self) -> Option<(SessionSecret, Arc<Household>)> {
        self.0
    }

    /// Where it stands.
    pub(super) fn phase(&self) -> Phase {
        self.household()
            .map_or(Phase::New, |household| household.phase())
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor
where
    Arc<Insights>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let insights = Arc::<Insights>::from_ref(state);
        let secret = secret(&parts.headers, name(is_secure(&insights)));
        let session = secret.and_then(|secret| {
            let household = insights.households.find(&secret)?;
            Some((secret, household))
        });
        Ok(Self(session))
    }
}

/// Whether people's browsers come over https.
pub(super) fn is_secure(insights: &Insights) -> bool {
    insights.service.instance.url.starts_with("https:")
}

const fn name(is_secure: bool) -> &'static str {
    if is_secure { HOST_COOKIE } else { COOKIE }
}

fn secret(headers: &HeaderMap, cookie: &str) -> Option<SessionSecret> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == cookie)
        .and_then(|(_, value)| SessionSecret::parse(value))
}

/// The cookie of a session. It comes along when the person comes back from the node, and with nothing
/// that another site sends.
pub(super) fn cookie(secret: &SessionSecret, is_secure: bool) -> HeaderValue {
    let secure = if is_secure { "; Secure" } else { "" };
    let (name, value) = (name(is_secure), secret.as_str());
    let cookie = format!("{name}={value}; Path=/; Max-Age={LASTS}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).expect("base64url is visible ASCII")
}
