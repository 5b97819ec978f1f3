//! What person and service sign when they link.

use assent_crypto::digest::{Digest, Salt, commitment};
use assent_crypto::domains;
use assent_crypto::signature::{KeyId, VerifyingKey};
use assent_model::canonical;
use assent_model::ids::{LinkId, LinkStatusId, PartyId, ServiceId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::link::{LinkCountersignature, LinkRecord, LinkStatus, LinkStatusRecord};
use assent_model::records::service::DescriptionRef;
use assent_model::statement::Verified;
use serde::{Deserialize, Serialize};

use super::Signer;
use crate::keys::{PartyKeys, Pseudonym};

/// Ties a pseudonym to the person's account at a service. Known to the two alone: the link record
/// has a salted commitment to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountCertificate {
    /// The service.
    pub service_id: ServiceId,
    /// The person's account there, as the service names it.
    pub account: String,
    /// The pseudonym. Absent where the person has yet to make it: then the person signs the
    /// commitment, which ties the two as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surrogate_id: Option<SurrogateId>,
}

impl AccountCertificate {
    /// The commitment that stands in the link record.
    pub fn commit(&self, salt: &Salt) -> Digest {
        commitment(domains::COMMITMENT_LINK, salt, &canonical::encode(self))
    }
}

/// With whom a person links.
#[derive(Debug, Clone)]
pub struct Linking {
    /// The service, in the version that the person saw.
    pub service: DescriptionRef,
    /// Its provider.
    pub provider: PartyId,
    /// The provider's signing key.
    pub holder: KeyId,
    /// Who holds the pseudonym's key.
    pub custody: Custody,
    /// See [`AccountCertificate::commit`].
    pub account: Digest,
}

/// Why a service does not countersign a link record. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CountersignError {
    /// The record names another service or provider.
    #[error("the link record is for another service or provider")]
    OtherService,
    /// The pseudonym is not the one of the signing key.
    #[error("the pseudonym is not the one of the signing key")]
    PseudonymMismatch,
    /// The record names another key than the provider's.
    #[error("the link record names another proof-of-possession key")]
    HolderMismatch,
    /// The commitment is to another account than the one of the session.
    #[error("the link record is for another account")]
    AccountMismatch,
}

/// What a service keeps of a link: the key that speaks for the pseudonym, pinned while the person
/// was logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedLink {
    /// The link.
    pub slr_id: LinkId,
    /// The service.
    pub service_id: ServiceId,
    /// The pseudonym.
    pub surrogate_id: SurrogateId,
    /// Its key.
    pub key: VerifyingKey,
}

impl Signer {
    /// The person's half of a new link, with a random id.
    pub fn link_record(&self, linking: &Linking, pseudonym: &Pseudonym) -> Verified<LinkRecord> {
        let record = LinkRecord {
            slr_id: LinkId::random(),
            surrogate_id: pseudonym.surrogate_id(),
            service: linking.service.clone(),
            provider: linking.provider,
            pop_key: linking.holder,
            custody: linking.custody,
            account: linking.account,
        };
        self.sign(&pseudonym.key, record)
    }

    /// The service's half, given within its own session with the person whose `account`
    /// commitment it expects. Keep the [`PinnedLink`]: the service's later checks rest on it.
    ///
    /// # Errors
    /// The first thing in the record that is not as the service knows it.
    pub fn countersign(
        &self,
        provider: &PartyKeys,
        service_id: ServiceId,
        account: Digest,
        record: &Verified<LinkRecord>,
    ) -> Result<(Verified<LinkCountersignature>, PinnedLink), CountersignError> {
        let said = record.content();
        if said.service.service_id != service_id || said.provider != provider.party_id() {
            return Err(CountersignError::OtherService);
        }
        if said.surrogate_id != SurrogateId::of(record.signer()) {
            return Err(CountersignError::PseudonymMismatch);
        }
        if said.pop_key != provider.signing.verifying_key().thumbprint() {
            return Err(CountersignError::HolderMismatch);
        }
        if said.account != account {
            return Err(CountersignError::AccountMismatch);
        }
        let countersignature = LinkCountersignature {
            slr_id: said.slr_id,
            slr_digest: record.digest(),
            provider: provider.party_id(),
        };
        let pinned = PinnedLink {
            slr_id: said.slr_id,
            service_id,
            surrogate_id: said.surrogate_id,
            key: *record.signer(),
        };
        Ok((self.sign(&provider.signing, countersignature), pinned))
    }

    /// Removes or restores a link. `prev` is the digest of the last record of its chain.
    pub fn link_status(
        &self,
        pseudonym: &Pseudonym,
        slr_id: LinkId,
        sl_status: LinkStatus,
        prev: Digest,
    ) -> Verified<LinkStatusRecord> {
        let record = LinkStatusRecord {
            record_id: LinkStatusId::random(),
            slr_id,
            surrogate_id: pseudonym.surrogate_id(),
            sl_status,
            prev,
        };
        self.sign(&pseudonym.key, record)
    }
}
