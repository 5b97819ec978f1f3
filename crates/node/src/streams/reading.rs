//! Who may read: a requester that shows a token and its key, under a consent that is in force.

use std::sync::Arc;

use assent_api::problem::{Code, Problem};
use assent_client::source::{Possession, Presented, Refusal as TokenRefusal, possession};
use assent_crypto::signature::KeyId;
use assent_exchange::consent::state::Consent;
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::release::UseAction;
use assent_model::time::Timestamp;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use reqwest::Url;

use super::{RunningTail, grants};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::release::decide::{Refusal, holder_refusal, receipt_for};

const DPOP: HeaderName = HeaderName::from_static("dpop");
/// How long a proof of possession is fresh, in seconds.
const PROOF_SECONDS: u64 = 60;

/// A requester that has shown who it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) stream: StreamId,
    /// The source's record of the consent.
    pub(crate) cr_id: ConsentId,
    /// The key that it has shown.
    holder: KeyId,
    /// Until when its token is good.
    until: Timestamp,
}

/// Why a reader is given nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// As for every release.
    Refused(Refusal),
    /// The holder of the stream took the grant away.
    NotGranted,
    /// The device was unpaired.
    StreamClosed,
    /// The token has run out.
    TokenExpired,
}

impl Ended {
    /// The stable code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NotGranted => "not-granted",
            Self::StreamClosed => "stream-closed",
            Self::TokenExpired => "token-expired",
        }
    }
}

impl Reader {
    /// Who calls, by the token and the proof of possession of a request.
    ///
    /// # Errors
    /// They do not hold, or are for something else.
    pub(crate) async fn of(
        node: &Node,
        parts: &Parts,
        stream: StreamId,
        cr_id: Option<ConsentId>,
    ) -> Result<Self, Failure> {
        let cr_id = cr_id.ok_or(Code::Unauthenticated)?;
        let consent = node.state.get::<Consent>(&cr_id).await?;
        let consent = consent.ok_or_else(|| Failure::from(Code::Unauthenticated))?;
        let shown = shown(node, parts, &consent).map_err(unauthenticated)?;
        if shown.claims.source_cr_id != cr_id {
            return Err(unauthenticated(TokenRefusal::ConsentMismatch));
        }
        let holder = shown.claims.cnf.jkt;
        let made = shown.issued_at.as_seconds();
        let during = made..made + PROOF_SECONDS;
        let now = node.clock.now();
        node.proofs.use_proof(&holder, &shown.proof, during, now)?;
        // A stream that the consent is not about is answered like one that does not exist.
        grants::one(node, stream, cr_id).await?;
        Ok(Self {
            stream,
            cr_id,
            holder,
            until: Timestamp::from_millis(0)
                + assent_model::time::Span::from_seconds(shown.claims.exp),
        })
    }

    /// Decides on one reading. The receipt, of it or of its refusal, is durable before the answer.
    ///
    /// # Errors
    /// The reader may not read, or the node cannot answer: then nothing is given out.
    pub(crate) async fn decide(&self, node: &Node) -> Result<(), Failure> {
        let head = node.fresh_head().await?;
        let consent = self.consent(node).await?;
        let now = head.header.time;
        let refusal = holder_refusal(node, self.cr_id, &consent, &self.holder, now);
        let at = node.clock.now();
        let receipt = receipt_for(self.cr_id, &consent, UseAction::Released, refusal, at);
        node.receipts.append(&receipt).await?;
        // Once more, now that the receipt is durable: a withdrawal may have come meanwhile.
        let consent = self.consent(node).await?;
        let refusal =
            refusal.or_else(|| holder_refusal(node, self.cr_id, &consent, &self.holder, now));
        match refusal {
            Some(refusal) => Err(Failure::refused(refusal.code(), refusal.title())),
            None => Ok(()),
        }
    }

    async fn consent(&self, node: &Node) -> Result<Arc<Consent>, Failure> {
        let consent = node.state.get::<Consent>(&self.cr_id).await?;
        consent.ok_or_else(Failure::not_found)
    }

    /// Why this reader is given nothing more from now on, if so.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn ended(&self, node: &Node) -> Result<Option<Ended>, Failure> {
        let stream = node.state.get::<Stream>(&self.stream).await?;
        if stream.is_none_or(|stream| stream.status == StreamStatus::Closed) {
            return Ok(Some(Ended::StreamClosed));
        }
        let now = node.clock.now();
        let consent = self.consent(node).await?;
        if let Some(refusal) = holder_refusal(node, self.cr_id, &consent, &self.holder, now) {
            return Ok(Some(Ended::Refused(refusal)));
        }
        match grants::one(node, self.stream, self.cr_id).await {
            Ok(_) => {}
            Err(failure) if failure == Failure::not_found() => return Ok(Some(Ended::NotGranted)),
            Err(failure) => return Err(failure),
        }
        Ok((self.until <= now).then_some(Ended::TokenExpired))
    }

    /// Begins a tail of this reader.
    ///
    /// # Errors
    /// It has as many as it may.
    pub(crate) fn begin_tail(&self, node: &Node) -> Result<RunningTail, Failure> {
        node.streams.begin_tail(self.holder)
    }
}

fn unauthenticated(refusal: TokenRefusal) -> Failure {
    let problem = Problem::new(Code::Unauthenticated);
    problem.with_detail(refusal.code()).into()
}

/// Checks token and proof, for the address under which the node is known.
fn shown(node: &Node, parts: &Parts, consent: &Consent) -> Result<Possession, TokenRefusal> {
    let authorization = single(&parts.headers, &header::AUTHORIZATION);
    let dpop = single(&parts.headers, &DPOP);
    let mut result = Err(TokenRefusal::ProofTarget);
    for url in addresses(node, parts) {
        let presented = Presented {
            authorization: authorization.ok_or(TokenRefusal::TokenMissing)?,
            dpop: dpop.ok_or(TokenRefusal::ProofInvalid)?,
            method: parts.method.as_str(),
            url: &url,
            now: node.clock.now(),
        };
        let (key, service) = (node.token_key.verifying_key(), consent.service.service_id);
        result = possession(&presented, key, &node.chain, service);
        if !matches!(result, Err(TokenRefusal::ProofTarget)) {
            return result;
        }
    }
    result
}

/// The value of a header that comes once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The address of a request as its caller may spell it. The names of this machine are one.
fn addresses(node: &Node, parts: &Parts) -> Vec<String> {
    const OF_THIS_MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let original = parts.extensions.get::<axum::extract::OriginalUri>();
    let path = original.map_or(&parts.uri, |original| &original.0).path();
    let base = node.config.public_url.trim_end_matches('/');
    let Ok(url) = Url::parse(&format!("{base}{path}")) else {
        return Vec::new();
    };
    if !url
        .host_str()
        .is_some_and(|host| OF_THIS_MACHINE.contains(&host))
    {
        return vec![url.into()];
    }
    let spelled = OF_THIS_MACHINE.iter().filter_map(|host| {
        let mut url = url.clone();
        url.set_host(Some(host)).ok()?;
        Some(url.into())
    });
    spelled.collect()
}
