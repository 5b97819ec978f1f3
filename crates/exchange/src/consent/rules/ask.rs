//! A requester asks for one consent for one purpose.

use assent_model::machine::Context;
use assent_model::records::consent::{ConsentRequest, UsageRules};
use assent_model::records::service::{DescriptionRef, HolderMissing, Outline, PurposeOutline};
use assent_model::statement::Verified;
use assent_model::vocabulary::LegalBasis;

use super::{Decision, active_provider};
use crate::consent::event::ConsentEvent;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::Offer;
use crate::link::state::Link;
use crate::state::View;

pub(super) fn ask(
    view: &View<'_>,
    request: &Verified<ConsentRequest>,
    context: Context,
) -> Decision {
    let asked = request.content();
    if *request.signer() != active_provider(view, asked.provider)?.signing_key {
        return Err(ConsentRejection::WrongKey);
    }
    if view.request(asked.request_id).is_some() {
        return Err(ConsentRejection::RequestIdTaken);
    }
    check_service(view, asked)?;
    let outline = current_outline(view, &asked.service)?;
    let holder = asked
        .source
        .as_ref()
        .map_or(Ok(outline), |source| current_outline(view, source))?;
    if asked
        .source
        .as_ref()
        .is_some_and(|source| source.service_id == asked.service.service_id)
    {
        return Err(ConsentRejection::SourceIsRequester);
    }
    let link = view.link(asked.slr_id);
    check_link(link.ok_or(ConsentRejection::LinkUnknown)?, asked)?;
    let purpose = outline
        .purpose(&asked.purpose_id)
        .ok_or(ConsentRejection::PurposeUnknown)?;
    if purpose.legal_basis != LegalBasis::Consent {
        return Err(ConsentRejection::PurposeNotByConsent);
    }
    if asked.answer_by <= context.time {
        return Err(ConsentRejection::AnswerTimePassed);
    }
    let offer = offer(purpose, holder)?;
    if asked.valid_until_max.is_some_and(|end| end <= context.time) {
        return Err(ConsentRejection::ValidityInvalid);
    }
    Ok(vec![ConsentEvent::Requested {
        request: request.record(),
        offer,
    }])
}

fn check_service(view: &View<'_>, asked: &ConsentRequest) -> Result<(), ConsentRejection> {
    let service = view
        .service(asked.service.service_id)
        .ok_or(ConsentRejection::ServiceUnknown)?;
    if service.provider == asked.provider {
        Ok(())
    } else {
        Err(ConsentRejection::NotTheProvider)
    }
}

/// The outline of a service, if `wanted` is its current description.
fn current_outline<'a>(
    view: &View<'a>,
    wanted: &DescriptionRef,
) -> Result<&'a Outline, ConsentRejection> {
    view.description(wanted.service_id, wanted.version)
        .filter(|described| described.is_current && described.digest == wanted.digest)
        .map(|described| &described.outline)
        .ok_or(ConsentRejection::DescriptionSuperseded)
}

fn check_link(link: &Link, asked: &ConsentRequest) -> Result<(), ConsentRejection> {
    if link.service != asked.service.service_id || link.surrogate != asked.surrogate_id {
        return Err(ConsentRejection::LinkMismatch);
    }
    if link.is_removed() {
        return Err(ConsentRejection::LinkRemoved);
    }
    Ok(())
}

/// What a person can choose from: every concept that the purpose needs, by the dataset of the source
/// that it is read from ([`Outline::holder`]). Optional concepts that the source lacks, or has as
/// streams of another resolution only, are left out.
///
/// # Errors
/// The source lacks a required concept, or lacks it at the resolution that the purpose needs.
pub fn offer(purpose: &PurposeOutline, source: &Outline) -> Result<Offer, ConsentRejection> {
    let holder = |concept| source.holder(concept, purpose.resolution);
    let mut offer = Offer::new();
    for concept in &purpose.required {
        let dataset = holder(concept).map_err(|missing| match missing {
            HolderMissing::Concept => ConsentRejection::RequiredConceptMissing,
            HolderMissing::Resolution => ConsentRejection::ResolutionMissing,
        })?;
        offer
            .entry(dataset.dataset_id.clone())
            .or_default()
            .required
            .insert(concept.clone());
    }
    for concept in &purpose.optional {
        if let Ok(dataset) = holder(concept) {
            offer
                .entry(dataset.dataset_id.clone())
                .or_default()
                .optional
                .insert(concept.clone());
        }
    }
    Ok(offer)
}

/// The usage rules that a consent for this purpose must carry.
pub(super) fn usage_rules(purpose: &PurposeOutline) -> UsageRules {
    UsageRules {
        purpose_id: purpose.purpose_id.clone(),
        legal_basis: purpose.legal_basis,
        conditions: purpose.conditions,
    }
}
