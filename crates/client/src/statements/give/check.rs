//! What must hold of a form before the person signs an answer to it.

use assent_api::v1::consents::{Notice, notice};
use assent_crypto::digest::Digest;
use assent_exchange::consent::{offer, state::Offer};
use assent_model::canonical;
use assent_model::description::ProcessingBasis;
use assent_model::records::consent::UsageRules;
use assent_model::records::service::Outline;
use assent_model::time::Timestamp;

use super::{Answer, GiveError};
use crate::choice;

/// Checks everything that the person would sign, and returns the notice as it should be.
pub(super) fn check(answer: &Answer<'_>) -> Result<Notice, GiveError> {
    let form = answer.form;
    let asked = answer.request.content();
    check_request(answer)?;
    if answer.service.reference() != form.service
        || form.service != asked.service
        || answer.link.service_id != form.service.service_id
    {
        return Err(GiveError::OtherService);
    }
    check_source(answer)?;
    let (purpose, offer) = purpose_and_offer(answer)?;
    if purpose.purpose_id != asked.purpose_id {
        return Err(GiveError::OtherPurpose);
    }
    let usage_rules = UsageRules {
        purpose_id: purpose.purpose_id.clone(),
        legal_basis: purpose.legal_basis,
        conditions: purpose.digest(),
    };
    if usage_rules != form.usage_rules {
        return Err(GiveError::UsageRulesMismatch);
    }
    let notice = rebuild(answer, purpose, &offer)?;
    if notice != form.notice || Digest::of(&canonical::encode(&notice)) != form.notice_digest {
        return Err(GiveError::NoticeMismatch);
    }
    if let Some(sharing) = &answer.sharing
        && form.pop_key.parse() != Ok(*sharing.holder)
    {
        return Err(GiveError::HolderMismatch);
    }
    choice::check(&answer.resource_set, &offer)?;
    check_validity(answer, notice.valid_until_max)?;
    if notice.minimum_age.is_some() && !answer.age_confirmed {
        return Err(GiveError::AgeUnconfirmed);
    }
    let source_supersedes = answer.sharing.as_ref().map(|s| s.supersedes.is_some());
    if source_supersedes.is_some_and(|source| source != answer.supersedes.is_some()) {
        return Err(GiveError::SupersedesMismatch);
    }
    Ok(notice)
}

/// The notice, from what was described and asked.
fn rebuild(
    answer: &Answer<'_>,
    purpose: &ProcessingBasis,
    offer: &Offer,
) -> Result<Notice, GiveError> {
    let shown = &answer.form.notice;
    if shown.language != *answer.language {
        return Err(GiveError::LanguageMismatch);
    }
    let asked = answer.request.content();
    let max = asked.valid_until_max.map(Timestamp::as_millis);
    if shown.valid_until_max != max {
        return Err(GiveError::LatestEndMismatch);
    }
    let source = answer.sharing.as_ref().map(|sharing| sharing.source);
    let service = answer.service;
    Ok(notice(
        service,
        purpose,
        source,
        offer,
        max,
        answer.language,
    ))
}

fn check_request(answer: &Answer<'_>) -> Result<(), GiveError> {
    let asked = answer.request.content();
    let matches = asked.request_id == answer.form.request_id
        && asked.provider == answer.service.provider.party_id
        && asked.slr_id == answer.link.slr_id
        && asked.surrogate_id == answer.link.pseudonym.surrogate_id();
    if matches {
        Ok(())
    } else {
        Err(GiveError::OtherRequest)
    }
}

fn check_source(answer: &Answer<'_>) -> Result<(), GiveError> {
    let is_asked = answer.form.source == answer.request.content().source;
    let matches = match (&answer.form.source, &answer.sharing) {
        (None, None) => is_asked,
        (Some(wanted), Some(sharing)) => {
            is_asked
                && sharing.source.reference() == *wanted
                && sharing.link.service_id == wanted.service_id
        }
        _ => false,
    };
    if matches {
        Ok(())
    } else {
        Err(GiveError::OtherSource)
    }
}

fn purpose_and_offer<'a>(answer: &Answer<'a>) -> Result<(&'a ProcessingBasis, Offer), GiveError> {
    let outline = answer.service.outline();
    let holder: Outline = match &answer.sharing {
        Some(sharing) => sharing.source.outline(),
        None => answer.service.outline(),
    };
    let purpose_id = &answer.form.usage_rules.purpose_id;
    let offer = outline
        .purpose(purpose_id)
        .and_then(|purpose| offer(purpose, &holder).ok());
    answer
        .service
        .purpose(purpose_id)
        .zip(offer)
        .ok_or(GiveError::PurposeImpossible)
}

fn check_validity(answer: &Answer<'_>, max: Option<u64>) -> Result<(), GiveError> {
    let until = answer.valid_until;
    let is_empty = until.is_some_and(|until| until <= answer.valid_from);
    let is_offered = match (until, max) {
        (_, None) => true,
        (Some(until), Some(max)) => until.as_millis() <= max,
        (None, Some(_)) => false,
    };
    if is_offered && !is_empty {
        Ok(())
    } else {
        Err(GiveError::ValidityInvalid)
    }
}
