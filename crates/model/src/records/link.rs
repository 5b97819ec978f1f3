//! What person and service sign when they tie an account to Assent.

use assent_crypto::digest::Digest;
use assent_crypto::jws::Typ;
use assent_crypto::signature::{KeyId, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::Custody;
use super::service::DescriptionRef;
use crate::ids::{LinkId, LinkStatusId, PartyId, SurrogateId};
use crate::statement::Content;

/// The service link record (SLR). Signed with the pseudonym's key, from which the pseudonym is
/// derived; the service adds a [`LinkCountersignature`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRecord {
    /// The link.
    pub slr_id: LinkId,
    /// The pseudonym that the person has at this service, derived from the signer.
    pub surrogate_id: SurrogateId,
    /// The service, and the version of its description that the person saw.
    pub service: DescriptionRef,
    /// The provider of the service.
    pub provider: PartyId,
    /// Thumbprint of the provider's signing key: the key that will have to prove possession.
    pub pop_key: KeyId,
    /// Who holds the pseudonym's key.
    pub custody: Custody,
    /// Salted commitment to the certificate that ties the pseudonym to the person's account at
    /// the service. The certificate itself is sealed to the service.
    pub account: Digest,
}

impl Content for LinkRecord {
    const TYP: Typ = Typ("assent-slr+jwt");
}

/// The service's signature over a link record, given inside its own session with the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkCountersignature {
    /// The link.
    pub slr_id: LinkId,
    /// Digest of the signed link record.
    pub slr_digest: Digest,
    /// Who signs.
    pub provider: PartyId,
}

impl Content for LinkCountersignature {
    const TYP: Typ = Typ("assent-slr-countersignature+jwt");
}

/// Whether a link is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkStatus {
    /// Consents can be given and used.
    Active,
    /// Its consents are disabled.
    Removed,
}

/// A service link status record (SSR). Signed with the pseudonym's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkStatusRecord {
    /// This record.
    pub record_id: LinkStatusId,
    /// The link.
    pub slr_id: LinkId,
    /// The pseudonym.
    pub surrogate_id: SurrogateId,
    /// From now on.
    pub sl_status: LinkStatus,
    /// Digest of the record before: the link record, or the last status record.
    pub prev: Digest,
}

impl Content for LinkStatusRecord {
    const TYP: Typ = Typ("assent-ssr+jwt");
}

/// Says that a pair's alias belongs to a pseudonym that the source knows. Signed with the
/// pseudonym's key and sealed to the source; never on the ledger, so that ledger readers and
/// requesters cannot tell which pairs belong to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliasCertificate {
    /// The link at the source.
    pub slr_id: LinkId,
    /// The pseudonym at the source, derived from the signer.
    pub surrogate_id: SurrogateId,
    /// The pseudonym that the source's consent record carries.
    pub alias: SurrogateId,
    /// The key of that pseudonym.
    pub alias_key: VerifyingKey,
}

impl Content for AliasCertificate {
    const TYP: Typ = Typ("assent-alias+jwt");
}
