//! What a service must check before it relies on a consent that a node shows to it.
//!
//! A service trusts what it pinned itself: the key of the pseudonym, inside its own session with
//! the person, and the operator's keys. From there every link of the history is checked, so a
//! node can keep the end of a history back (which a [status proof](crate::evidence) shows), but
//! can neither make up a consent nor change, reorder or leave out a part of one.

use std::collections::BTreeMap;

use assent_api::v1::consents::{AliasDisclosure, ConsentView};
use assent_crypto::base64url;
use assent_crypto::domains;
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::signature::{KeyId, VerifyingKey};
use assent_model::canonical;
use assent_model::ids::{ConsentId, LinkId, ServiceId, SurrogateId};
use assent_model::names::{ChainId, PurposeId};
use assent_model::records::consent::{ConsentRecord, ConsentStatus, ResourceSet, RolePart};
use assent_model::records::link::AliasCertificate;
use assent_model::records::service::DescriptionRef;
use assent_model::statement::{self, Content, Verified};
use assent_model::time::Timestamp;

use crate::statements::give::commit_alias;
use crate::statements::link::PinnedLink;
use crate::status_chain::{StatusChain, StatusFault};

/// Why a consent is not to be relied on. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The consent record is not a valid statement.
    #[error("the consent record is not a valid statement")]
    RecordInvalid,
    /// A record was made for another chain.
    #[error("a record is addressed to another chain")]
    OtherChain,
    /// The record is of another consent than it was shown for.
    #[error("the record is of another consent")]
    OtherConsent,
    /// The record is for another service.
    #[error("the record is for another service")]
    OtherService,
    /// The record names a link that this service does not have.
    #[error("the record names an unknown link")]
    LinkUnknown,
    /// A source's record without the alias certificate.
    #[error("the alias certificate is missing")]
    AliasMissing,
    /// The sealed alias does not open, or holds something else.
    #[error("the sealed alias does not open to an alias certificate")]
    AliasUnreadable,
    /// The certificate is not the one that the record commits to.
    #[error("the alias certificate is not the one in the record")]
    AliasNotCommitted,
    /// The certificate is not signed with the key that was pinned at linking.
    #[error("the alias certificate is not signed with the pinned key")]
    AliasWrongKey,
    /// The certificate is for another alias or pseudonym.
    #[error("the alias certificate is for another alias")]
    AliasMismatch,
    /// The pseudonym is not that of the link or alias.
    #[error("the record is of another pseudonym")]
    OtherPseudonym,
    /// The record is not signed with the key of the pseudonym.
    #[error("the record is not signed with the pinned key")]
    WrongKey,
    /// The record itself breaks a rule.
    #[error("the consent record breaks a rule")]
    Record(#[source] StatusFault),
    /// A status record is not a valid statement.
    #[error("status record {0} is not a valid statement")]
    StatusInvalid(usize),
    /// A status record does not continue the history. Counted from 0.
    #[error("status record {0} does not continue the history")]
    Status(usize, #[source] StatusFault),
    /// The history ends elsewhere than the node says: records are missing.
    #[error("the history does not end where the node says")]
    Truncated,
    /// The last record declares another status than the node says.
    #[error("the history ends in another status than the node says")]
    StatusMismatch,
}

impl ChainError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RecordInvalid => "record-invalid",
            Self::OtherChain => "chain-mismatch",
            Self::OtherConsent => "consent-mismatch",
            Self::OtherService => "service-mismatch",
            Self::LinkUnknown => "link-unknown",
            Self::AliasMissing => "alias-missing",
            Self::AliasUnreadable => "alias-unreadable",
            Self::AliasNotCommitted => "alias-not-committed",
            Self::AliasWrongKey => "alias-wrong-key",
            Self::AliasMismatch => "alias-mismatch",
            Self::OtherPseudonym => "pseudonym-mismatch",
            Self::WrongKey => "wrong-key",
            Self::Record(fault) | Self::Status(_, fault) => fault.code(),
            Self::StatusInvalid(_) => "status-record-invalid",
            Self::Truncated => "history-truncated",
            Self::StatusMismatch => "status-mismatch",
        }
    }
}

/// What a service has pinned.
#[derive(Debug, Clone, Copy)]
pub struct Pins<'a> {
    /// The chain.
    pub chain: &'a ChainId,
    /// The operator's signing key.
    pub operator_key: &'a VerifyingKey,
    /// The service that checks.
    pub service_id: ServiceId,
    /// Its links.
    pub links: &'a BTreeMap<LinkId, PinnedLink>,
    /// Its provider's opening key, for the aliases in records that it has as a source.
    pub opening: &'a OpeningKey,
}

/// Where a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Data can be processed within the period of validity.
    Active,
    /// Paused.
    Disabled,
    /// Over for good: withdrawn, superseded or expired.
    Ended,
}

/// A consent that was checked: [`check`] is the only way to get one.
#[derive(Debug, Clone)]
pub struct CheckedConsent {
    view: ConsentView,
    record: Verified<ConsentRecord>,
    link: LinkId,
    chain: StatusChain,
    standing: Standing,
}

/// Checks a consent with all of its history.
///
/// That a consent ended by supersession or by time is taken from the node as it says it, for that
/// only takes away; everything that allows something is checked by signatures.
///
/// # Errors
/// The first thing that does not hold.
pub fn check(view: ConsentView, pins: Pins<'_>) -> Result<CheckedConsent, ChainError> {
    let record = read_record(&view, pins.chain)?;
    let common = &record.content().common_part;
    if common.service.service_id != pins.service_id {
        return Err(ChainError::OtherService);
    }
    let (link, surrogate_id, key) = match &record.content().role_specific_part {
        RolePart::Within { slr_id } | RolePart::Sink { slr_id, .. } => {
            let link = pinned(pins, *slr_id)?;
            (link.slr_id, link.surrogate_id, link.key)
        }
        RolePart::Source { .. } => check_alias(&view, &record, pins)?,
    };
    if common.surrogate_id != surrogate_id {
        return Err(ChainError::OtherPseudonym);
    }
    if *record.signer() != key {
        return Err(ChainError::WrongKey);
    }
    let chain = follow(&view, &record, pins.chain, pins.operator_key)?;
    let standing = standing(&view, &chain)?;
    Ok(CheckedConsent {
        view,
        record,
        link,
        chain,
        standing,
    })
}

/// Checks a consent that a person gave, with the key of that person's pseudonym or alias, so that
/// the next status record continues the true history.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_own(
    view: &ConsentView,
    chain: &ChainId,
    key: &VerifyingKey,
    operator_key: &VerifyingKey,
) -> Result<StatusChain, ChainError> {
    let record = read_record(view, chain)?;
    if record.content().common_part.surrogate_id != SurrogateId::of(key) {
        return Err(ChainError::OtherPseudonym);
    }
    if record.signer() != key {
        return Err(ChainError::WrongKey);
    }
    let followed = follow(view, &record, chain, operator_key)?;
    standing(view, &followed)?;
    Ok(followed)
}

fn read_record(view: &ConsentView, chain: &ChainId) -> Result<Verified<ConsentRecord>, ChainError> {
    let record = read(&view.record, chain, ChainError::RecordInvalid)?;
    let said: &ConsentRecord = record.content();
    if said.common_part.cr_id == view.cr_id {
        Ok(record)
    } else {
        Err(ChainError::OtherConsent)
    }
}

fn read<T: Content>(
    compact: &str,
    chain: &ChainId,
    invalid: ChainError,
) -> Result<Verified<T>, ChainError> {
    let record = statement::verify::<T>(compact).map_err(|_| invalid)?;
    if record.envelope().aud == *chain {
        Ok(record)
    } else {
        Err(ChainError::OtherChain)
    }
}

fn pinned(pins: Pins<'_>, slr_id: LinkId) -> Result<&PinnedLink, ChainError> {
    let link = pins.links.get(&slr_id);
    link.filter(|link| link.service_id == pins.service_id)
        .ok_or(ChainError::LinkUnknown)
}

/// The link, the alias and the alias's key, certified by the pseudonym that was pinned.
fn check_alias(
    view: &ConsentView,
    record: &Verified<ConsentRecord>,
    pins: Pins<'_>,
) -> Result<(LinkId, SurrogateId, VerifyingKey), ChainError> {
    let disclosure = open_alias(view, pins.opening)?;
    let committed = match &record.content().role_specific_part {
        RolePart::Source { alias, .. } => *alias == commit_alias(&disclosure),
        RolePart::Within { .. } | RolePart::Sink { .. } => false,
    };
    if !committed {
        return Err(ChainError::AliasNotCommitted);
    }
    let unreadable = ChainError::AliasUnreadable;
    let certificate: Verified<AliasCertificate> =
        read(&disclosure.certificate, pins.chain, unreadable)?;
    let said = certificate.content();
    let link = pinned(pins, said.slr_id)?;
    if *certificate.signer() != link.key {
        return Err(ChainError::AliasWrongKey);
    }
    if said.surrogate_id != link.surrogate_id || said.alias != SurrogateId::of(&said.alias_key) {
        return Err(ChainError::AliasMismatch);
    }
    Ok((link.slr_id, said.alias, said.alias_key))
}

fn open_alias(view: &ConsentView, opening: &OpeningKey) -> Result<AliasDisclosure, ChainError> {
    let sealed = view.sealed_alias.as_ref().ok_or(ChainError::AliasMissing)?;
    let sealed = base64url::decode(sealed).map_err(|_| ChainError::AliasUnreadable)?;
    let aad = view.cr_id.to_string();
    let info = domains::SEAL_ALIAS.as_bytes();
    let opened = sealing::open(opening, info, aad.as_bytes(), &sealed)
        .map_err(|_| ChainError::AliasUnreadable)?;
    canonical::decode(&opened).map_err(|_| ChainError::AliasUnreadable)
}

fn follow(
    view: &ConsentView,
    record: &Verified<ConsentRecord>,
    chain: &ChainId,
    operator_key: &VerifyingKey,
) -> Result<StatusChain, ChainError> {
    let mut history = StatusChain::begin(record).map_err(ChainError::Record)?;
    for (place, compact) in view.statuses.iter().enumerate() {
        let record = read(compact, chain, ChainError::StatusInvalid(place))?;
        history
            .extend(&record, operator_key)
            .map_err(|fault| ChainError::Status(place, fault))?;
    }
    Ok(history)
}

/// Compares where the history leads with what the node says.
fn standing(view: &ConsentView, chain: &StatusChain) -> Result<Standing, ChainError> {
    let declared = match view.status.as_str() {
        // Its end is a record of another consent, which the view does not have.
        "superseded" => return Ok(Standing::Ended),
        "expired" => None,
        "active" => Some(ConsentStatus::Active),
        "disabled" => Some(ConsentStatus::Disabled),
        "withdrawn" => Some(ConsentStatus::Withdrawn),
        _ => return Err(ChainError::StatusMismatch),
    };
    if chain.head() != view.head {
        return Err(ChainError::Truncated);
    }
    match (declared, chain.status()) {
        (None, _) => Ok(Standing::Ended),
        (Some(declared), reached) if declared != reached => Err(ChainError::StatusMismatch),
        (_, ConsentStatus::Active) => Ok(Standing::Active),
        (_, ConsentStatus::Disabled) => Ok(Standing::Disabled),
        (_, ConsentStatus::Withdrawn) => Ok(Standing::Ended),
    }
}

impl CheckedConsent {
    /// The consent as it was shown: what to store, and to check again when it is loaded.
    pub fn view(&self) -> &ConsentView {
        &self.view
    }

    /// The consent.
    pub fn cr_id(&self) -> ConsentId {
        self.chain.cr_id()
    }

    /// What the person signed at the beginning.
    pub fn record(&self) -> &ConsentRecord {
        self.record.content()
    }

    /// The link of the person at this service.
    pub fn link(&self) -> LinkId {
        self.link
    }

    /// The purpose.
    pub fn purpose_id(&self) -> &PurposeId {
        &self.record().common_part.usage_rules.purpose_id
    }

    /// What may be delivered now.
    pub fn resource_set(&self) -> &ResourceSet {
        self.chain.resource_set()
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether data can be processed at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.standing == Standing::Active && self.is_within_period(now)
    }

    /// Whether `now` is within the period of validity.
    pub fn is_within_period(&self, now: Timestamp) -> bool {
        let common = &self.record().common_part;
        common.valid_from <= now && common.valid_until.is_none_or(|end| now < end)
    }

    /// The history.
    pub fn chain(&self) -> &StatusChain {
        &self.chain
    }

    /// What a source's record says beyond what all have.
    pub fn as_source(&self) -> Option<SourceTerms<'_>> {
        match &self.record().role_specific_part {
            RolePart::Source {
                sink,
                sink_cr_id,
                pop_key,
                token_issuer_key,
                ..
            } => Some(SourceTerms {
                sink,
                sink_cr_id: *sink_cr_id,
                pop_key,
                token_issuer_key,
            }),
            RolePart::Within { .. } | RolePart::Sink { .. } => None,
        }
    }

    /// Whether `later` shows the same consent as this, not further back in its history.
    pub(crate) fn is_continued_by(&self, later: &Self) -> bool {
        let revived = self.standing == Standing::Ended && later.standing != Standing::Ended;
        self.chain.is_continued_by(&later.chain) && !revived
    }
}

/// To whom a source may hand out data, and on whose word.
#[derive(Debug, Clone, Copy)]
pub struct SourceTerms<'a> {
    /// To whom.
    pub sink: &'a DescriptionRef,
    /// The sink's record.
    pub sink_cr_id: ConsentId,
    /// The requester's key.
    pub pop_key: &'a KeyId,
    /// The key that signs tokens.
    pub token_issuer_key: &'a KeyId,
}
