//! The guard of a service that hands data out.
//!
//! Three steps, each a type that only the step before can make, so that none is left out:
//! [`SourceGuard::check`] holds a request against the consent that this service has checked
//! itself and gives a [`Grant`]; the node decides whether the consent is still in force, and
//! [`Grant::release`] turns its yes into a [`Release`] (see
//! [`NodeClient::authorise`](crate::http::NodeClient::authorise)); a release drops what the
//! person did not consent to and seals the rest. Whatever is in doubt is refused.

mod refusal;
mod release;
mod replay;
mod request;

pub use refusal::Refusal;
pub use release::{Grant, Release};
pub(crate) use request::target;
pub use request::{DataRequest, Possession, Presented, possession};

use std::collections::BTreeMap;

use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{ConsentId, ServiceId};
use assent_model::names::{ChainId, DatasetId};
use assent_model::time::Timestamp;

use crate::chain_check::CheckedConsent;
use replay::ReplayCache;
use request::{Proven, Token};

/// What a service keeps to guard its data. One guard for all replicas of a service: a proof that
/// was used at one must be known at the others.
#[derive(Debug)]
pub struct SourceGuard {
    chain: ChainId,
    service_id: ServiceId,
    token_key: VerifyingKey,
    consents: BTreeMap<ConsentId, CheckedConsent>,
    proofs: ReplayCache,
}

/// A consent is shown further back than it was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the consent was seen with a longer or another history")]
pub struct RolledBack;

impl SourceGuard {
    /// The guard of a service on a chain with this token key.
    pub fn new(chain: ChainId, service_id: ServiceId, token_key: VerifyingKey) -> Self {
        Self {
            chain,
            service_id,
            token_key,
            consents: BTreeMap::new(),
            proofs: ReplayCache::default(),
        }
    }

    /// Takes in a consent that is new or has changed. Call it for every event that a webhook
    /// tells of, and at the start for everything that was stored (see
    /// [`CheckedConsent::view`]).
    ///
    /// # Errors
    /// The history is not the known one or a continuation of it. Nothing changes then.
    pub fn store(&mut self, consent: CheckedConsent) -> Result<(), RolledBack> {
        match self.consents.get(&consent.cr_id()) {
            Some(known) if !known.is_continued_by(&consent) => Err(RolledBack),
            _ => {
                self.consents.insert(consent.cr_id(), consent);
                Ok(())
            }
        }
    }

    /// All consents, to be stored by the caller.
    pub fn consents(&self) -> impl Iterator<Item = &CheckedConsent> {
        self.consents.values()
    }

    /// A consent.
    pub fn consent(&self, id: ConsentId) -> Option<&CheckedConsent> {
        self.consents.get(&id)
    }

    /// Holds a request against the consent that it is made under. A proof of possession that got
    /// as far as its consent is used up, whatever the answer.
    ///
    /// # Errors
    /// The first rule that the request breaks.
    pub fn check(&mut self, request: &DataRequest<'_>) -> Result<Grant, Refusal> {
        let presented = request.presented();
        let token = Token::verify(&presented, &self.token_key)?;
        token.check_claims(&self.chain, self.service_id, request.now)?;
        let proof = Proven::verify(&presented, &token)?;
        self.proofs
            .spend(token.holder(), proof.jti(), proof.issued_at(), request.now)?;
        let consent = self
            .consents
            .get(&token.claims().source_cr_id)
            .ok_or(Refusal::ConsentUnknown)?;
        check_terms(consent, &token, &self.token_key)?;
        check_in_force(consent, request.now)?;
        grant(consent, &token, request.dataset)
    }
}

/// The token says what the person signed: which pair, whose key, on whose word.
fn check_terms(
    consent: &CheckedConsent,
    token: &Token<'_>,
    token_key: &VerifyingKey,
) -> Result<(), Refusal> {
    let terms = consent.as_source().ok_or(Refusal::ConsentMismatch)?;
    let claims = token.claims();
    if claims.cr_id != terms.sink_cr_id
        || claims.client_id != terms.sink.service_id
        || claims.sub != consent.record().common_part.surrogate_id.to_string()
    {
        return Err(Refusal::ConsentMismatch);
    }
    if claims.cnf.jkt != *terms.pop_key {
        return Err(Refusal::HolderMismatch);
    }
    if token_key.thumbprint() != *terms.token_issuer_key {
        return Err(Refusal::IssuerMismatch);
    }
    Ok(())
}

fn check_in_force(consent: &CheckedConsent, now: Timestamp) -> Result<(), Refusal> {
    if consent.is_in_force(now) {
        Ok(())
    } else if consent.is_within_period(now) {
        Err(Refusal::ConsentNotActive)
    } else {
        Err(Refusal::OutsidePeriod)
    }
}

fn grant(
    consent: &CheckedConsent,
    token: &Token<'_>,
    dataset_id: &DatasetId,
) -> Result<Grant, Refusal> {
    let concepts = consent
        .resource_set()
        .get(dataset_id)
        .filter(|concepts| !concepts.is_empty())
        .ok_or(Refusal::DatasetNotConsented)?;
    Ok(Grant::new(consent, token.claims(), dataset_id, concepts))
}
