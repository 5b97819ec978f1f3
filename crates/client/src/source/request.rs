//! What arrives with a data request: a token, and a proof of possession of its key.

use assent_api::v1::releases::{DpopClaims, TOKEN_SECONDS_MAX, TOKEN_TYP, TokenClaims};
use assent_crypto::digest::Digest;
use assent_crypto::jws::{self, JwsError, UnverifiedDpop};
use assent_crypto::signature::{KeyId, VerifyingKey};
use assent_model::ids::ServiceId;
use assent_model::names::{ChainId, DatasetId, Jti};
use assent_model::statement::CLOCK_SKEW_MAX;
use assent_model::time::{Span, Timestamp};
use reqwest::Url;

use super::Refusal;
use super::replay::PROOF_AGE_MAX;

/// The longest token or proof, in bytes.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// A token and a proof of possession, as they came with a request.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The `Authorization` header.
    pub authorization: &'a str,
    /// The `DPoP` header. More than one is none: refuse the request before.
    pub dpop: &'a str,
    /// The method.
    pub method: &'a str,
    /// The whole address as the requester knows it, with scheme and host.
    pub url: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// A token whose holder has shown its key for one request. That the proof was not used before is
/// for the caller to see to.
#[derive(Debug, Clone)]
pub struct Possession {
    /// What the token says.
    pub claims: TokenClaims,
    /// The number of the proof, used once.
    pub proof: Jti,
    /// When the proof was made.
    pub issued_at: Timestamp,
}

/// Checks a token for a service and the possession of its key, with a proof that is fresh.
///
/// # Errors
/// The first rule that the request breaks.
pub fn possession(
    presented: &Presented<'_>,
    token_key: &VerifyingKey,
    chain: &ChainId,
    service_id: ServiceId,
) -> Result<Possession, Refusal> {
    let token = Token::verify(presented, token_key)?;
    token.check_claims(chain, service_id, presented.now)?;
    let proof = Proven::verify(presented, &token)?;
    let issued_at = proof.issued_at();
    let is_over = issued_at + PROOF_AGE_MAX <= presented.now;
    if is_over || issued_at > presented.now + CLOCK_SKEW_MAX {
        return Err(Refusal::ProofStale);
    }
    Ok(Possession {
        proof: proof.jti().clone(),
        claims: token.claims,
        issued_at,
    })
}

/// A request for data, as it came in.
#[derive(Debug, Clone, Copy)]
pub struct DataRequest<'a> {
    /// The `Authorization` header.
    pub authorization: &'a str,
    /// The `DPoP` header. More than one is none: refuse the request before.
    pub dpop: &'a str,
    /// The method.
    pub method: &'a str,
    /// The whole address as the requester knows it, with scheme and host.
    pub url: &'a str,
    /// The dataset that is asked for.
    pub dataset: &'a DatasetId,
    /// The time.
    pub now: Timestamp,
}

impl<'a> DataRequest<'a> {
    pub(super) fn presented(&self) -> Presented<'a> {
        Presented {
            authorization: self.authorization,
            dpop: self.dpop,
            method: self.method,
            url: self.url,
            now: self.now,
        }
    }
}

/// A token signed by the chain's token key.
pub(super) struct Token<'a> {
    compact: &'a str,
    claims: TokenClaims,
}

impl<'a> Token<'a> {
    pub(super) fn verify(
        request: &Presented<'a>,
        token_key: &VerifyingKey,
    ) -> Result<Self, Refusal> {
        let (scheme, compact) = request
            .authorization
            .split_once(' ')
            .ok_or(Refusal::TokenMissing)?;
        if !scheme.eq_ignore_ascii_case("DPoP") {
            return Err(Refusal::TokenMissing);
        }
        let verified = jws::Unverified::parse(compact, TOKEN_BYTES_MAX)
            .and_then(|token| token.verify(TOKEN_TYP, token_key))
            .map_err(|error| match error {
                JwsError::WrongKey | JwsError::BadSignature => Refusal::TokenSignature,
                _ => Refusal::TokenMalformed,
            })?;
        let claims =
            serde_json::from_slice(verified.payload()).map_err(|_| Refusal::TokenMalformed)?;
        Ok(Self { compact, claims })
    }

    pub(super) fn check_claims(
        &self,
        chain: &ChainId,
        service_id: ServiceId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let TokenClaims { iat, exp, .. } = self.claims;
        if self.claims.iss != chain.as_str() {
            return Err(Refusal::TokenIssuer);
        }
        if self.claims.aud != service_id {
            return Err(Refusal::TokenAudience);
        }
        if exp <= iat || exp - iat > TOKEN_SECONDS_MAX {
            return Err(Refusal::TokenLifetime);
        }
        if iat > (now + CLOCK_SKEW_MAX).as_seconds() {
            return Err(Refusal::TokenFromFuture);
        }
        if exp <= now.as_seconds() {
            return Err(Refusal::TokenExpired);
        }
        Ok(())
    }

    pub(super) fn claims(&self) -> &TokenClaims {
        &self.claims
    }

    /// The key that must prove possession.
    pub(super) fn holder(&self) -> &KeyId {
        &self.claims.cnf.jkt
    }
}

/// A proof of possession for one request and token. Whether it is fresh and was not used before
/// is not known yet.
pub(super) struct Proven(DpopClaims);

impl Proven {
    /// Checks a proof as RFC 9449, section 4.3 says.
    pub(super) fn verify(request: &Presented<'_>, token: &Token<'_>) -> Result<Self, Refusal> {
        let proof = UnverifiedDpop::parse(request.dpop, TOKEN_BYTES_MAX)
            .and_then(UnverifiedDpop::verify)
            .map_err(|_| Refusal::ProofInvalid)?;
        let claims: DpopClaims =
            serde_json::from_slice(proof.payload()).map_err(|_| Refusal::ProofInvalid)?;
        if proof.thumbprint() != token.holder() {
            return Err(Refusal::ProofKey);
        }
        if claims.htm != request.method {
            return Err(Refusal::ProofMethod);
        }
        let target = target(request.url);
        if target.is_none() || target != target_of_proof(&claims.htu) {
            return Err(Refusal::ProofTarget);
        }
        if claims.ath != Digest::of(token.compact.as_bytes()).to_string() {
            return Err(Refusal::ProofToken);
        }
        Ok(Self(claims))
    }

    pub(super) fn jti(&self) -> &Jti {
        &self.0.jti
    }

    pub(super) fn issued_at(&self) -> Timestamp {
        Timestamp::from_millis(0) + Span::from_seconds(self.0.iat)
    }
}

/// The address of a request without query and fragment, in its one spelling (RFC 3986,
/// section 6.2.2 and 6.2.3).
pub(crate) fn target(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// The address in a proof, which has no query and fragment to begin with.
fn target_of_proof(htu: &str) -> Option<Url> {
    Url::parse(htu)
        .ok()
        .filter(|url| url.query().is_none() && url.fragment().is_none())
}
