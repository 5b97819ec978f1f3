//! Whether the records of an answer say what was asked, and say it together.

use assent_crypto::signature::KeyId;
use assent_model::ids::SurrogateId;
use assent_model::machine::Context;
use assent_model::records::consent::{CommonPart, ConsentRecord, ResourceSet, RolePart};
use assent_model::records::service::DescriptionRef;

use crate::consent::command::Give;
use crate::consent::rejection::ConsentRejection;
use crate::consent::state::{Offer, Request};
use crate::link::state::Link;
use crate::state::View;

/// The records are those that the request needs, and agree with it and with each other.
pub(super) fn check_pair(give: &Give, request: &Request) -> Result<(), ConsentRejection> {
    let primary = give.primary.content();
    let source = give.source.as_ref().map(|record| record.content());
    let agree = match (&primary.role_specific_part, &request.source, source) {
        (RolePart::Within { slr_id }, None, None) => {
            *slr_id == request.link && primary.common_part.cr_pair_id.is_none()
        }
        (RolePart::Sink { .. }, Some(asked), Some(source)) => {
            sink_agrees(primary, request, asked, source) && source_agrees(primary, asked, source)
        }
        _ => return Err(ConsentRejection::PairIncomplete),
    };
    if agree {
        Ok(())
    } else {
        Err(ConsentRejection::PairInconsistent)
    }
}

fn sink_agrees(
    sink: &ConsentRecord,
    request: &Request,
    asked: &DescriptionRef,
    source: &ConsentRecord,
) -> bool {
    let RolePart::Sink {
        slr_id,
        source: named,
        source_cr_id,
        source_surrogate_id,
    } = &sink.role_specific_part
    else {
        return false;
    };
    *slr_id == request.link
        && named == asked
        && *source_cr_id == source.common_part.cr_id
        && *source_surrogate_id == source.common_part.surrogate_id
        && *source_surrogate_id != request.surrogate
        && sink.common_part.cr_pair_id.is_some()
}

fn source_agrees(sink: &ConsentRecord, asked: &DescriptionRef, source: &ConsentRecord) -> bool {
    let RolePart::Source {
        sink: named,
        sink_cr_id,
        ..
    } = &source.role_specific_part
    else {
        return false;
    };
    let (a, b) = (&sink.common_part, &source.common_part);
    *named == a.service
        && *sink_cr_id == a.cr_id
        && b.service == *asked
        && a.cr_id != b.cr_id
        && a.cr_pair_id == b.cr_pair_id
        && a.request_id == b.request_id
        && a.resource_set == b.resource_set
        && a.usage_rules == b.usage_rules
        && a.notice == b.notice
        && (a.valid_from, a.valid_until) == (b.valid_from, b.valid_until)
        && a.supersedes.is_some() == b.supersedes.is_some()
}

/// The person who was asked answers, and the source's record is signed by the alias it names.
pub(super) fn check_givers(
    give: &Give,
    request: &Request,
    link: &Link,
) -> Result<(), ConsentRejection> {
    let is_asked = give.primary.content().common_part.surrogate_id == request.surrogate;
    let is_own_alias = give.source.as_ref().is_none_or(|record| {
        record.content().common_part.surrogate_id == SurrogateId::of(record.signer())
    });
    if !is_asked || !is_own_alias {
        return Err(ConsentRejection::PseudonymMismatch);
    }
    if *give.primary.signer() != link.key {
        return Err(ConsentRejection::WrongKey);
    }
    Ok(())
}

/// A record says who held the key that signed it as the record of the link did: a key that a page or
/// an operator holds never turns into one that proves something against them. The alias of a pair is
/// held as the pseudonym is.
pub(super) fn check_custody(give: &Give, link: &Link) -> Result<(), ConsentRejection> {
    let mut records = give.records();
    if records.all(|record| record.content().common_part.custody == link.custody) {
        Ok(())
    } else {
        Err(ConsentRejection::CustodyMismatch)
    }
}

/// Keys that decide who can use the consent stand under its signature, and are the right ones
/// (invariant 9).
pub(super) fn check_keys(
    view: &View<'_>,
    give: &Give,
    requester: KeyId,
) -> Result<(), ConsentRejection> {
    let Some((holder, token_issuer)) = keys(give) else {
        return Ok(());
    };
    if holder != requester {
        return Err(ConsentRejection::HolderKeyMismatch);
    }
    if view.chain().map(|chain| chain.token_key.thumbprint()) != Some(token_issuer) {
        return Err(ConsentRejection::TokenKeyMismatch);
    }
    Ok(())
}

/// The key that must prove possession of a token, when there is a source that hands out data.
pub(super) fn holder(give: &Give) -> Option<KeyId> {
    keys(give).map(|(holder, _)| holder)
}

fn keys(give: &Give) -> Option<(KeyId, KeyId)> {
    match &give.source.as_ref()?.content().role_specific_part {
        RolePart::Source {
            pop_key,
            token_issuer_key,
            ..
        } => Some((*pop_key, *token_issuer_key)),
        RolePart::Within { .. } | RolePart::Sink { .. } => None,
    }
}

/// Only what was offered, and all of it that is required.
pub(super) fn check_resource_set(
    chosen: &ResourceSet,
    offer: &Offer,
) -> Result<(), ConsentRejection> {
    let is_offered = chosen.iter().all(|(dataset, concepts)| {
        let offered = offer.get(dataset);
        !concepts.is_empty()
            && offered.is_some_and(|offered| {
                concepts
                    .iter()
                    .all(|c| offered.required.contains(c) || offered.optional.contains(c))
            })
    });
    if !is_offered {
        return Err(ConsentRejection::ConceptNotOffered);
    }
    let has_required = offer.iter().all(|(dataset, offered)| {
        offered.required.is_empty()
            || chosen
                .get(dataset)
                .is_some_and(|chosen| chosen.is_superset(&offered.required))
    });
    if has_required {
        Ok(())
    } else {
        Err(ConsentRejection::RequiredConceptMissing)
    }
}

/// The period is not empty, not over, and no longer than offered.
pub(super) fn check_validity(
    common: &CommonPart,
    request: &Request,
    context: Context,
) -> Result<(), ConsentRejection> {
    let has_future = common
        .valid_until
        .is_none_or(|end| end > common.valid_from && end > context.time);
    let as_offered = request
        .valid_until_max
        .is_none_or(|max| common.valid_until.is_some_and(|end| end <= max));
    if has_future && as_offered {
        Ok(())
    } else {
        Err(ConsentRejection::ValidityInvalid)
    }
}
