//! The form that a description leads to, for who writes it: the same template with the same words, of
//! which nothing can be sent.

use assent_api::v1::consents::{Notice, notice};
use assent_crypto::digest::Digest;
use assent_exchange::consent::state::{Offer, OfferedDataset};
use assent_model::canonical;
use assent_model::description::{ProcessingBasis, ServiceDescription};
use assent_model::names::ConceptId;
use assent_model::time::Timestamp;
use axum::http::StatusCode;
use axum::response::Response;

use super::fields::Choices;
use super::form::{FormPage, Worded};
use super::visit::language;
use crate::pages::frame::{Frame, page};
use crate::pages::logos::Mark;

/// What stands for a dataset that only the source's description names.
const ELSEWHERE: &str = "of-the-source";

/// The form for a purpose of a description, with data of `source` or of the service itself.
pub(in crate::pages) fn preview(
    frame: Frame,
    service: &ServiceDescription,
    purpose: &ProcessingBasis,
    source: Option<&ServiceDescription>,
    mark: Mark,
    now: Timestamp,
) -> Response {
    let offer = offer(source.unwrap_or(service), purpose);
    let language = language(&frame.texts);
    let mut notice = notice(service, purpose, source, &offer, None, &language);
    for dataset in &mut notice.datasets {
        if dataset.dataset_id.as_str() == ELSEWHERE {
            dataset.title = frame.texts.get("preview-elsewhere");
        }
    }
    let shown = form(frame, &notice, mark, now);
    page(StatusCode::OK, &shown)
}

/// What the purpose asks for, each concept from the dataset that it would be read from, the rest from one
/// that is not known yet.
fn offer(holder: &ServiceDescription, purpose: &ProcessingBasis) -> Offer {
    let outline = holder.outline();
    let place = |concept: &ConceptId| {
        let found = outline.holder(concept, purpose.resolution);
        let elsewhere = || ELSEWHERE.parse().expect("a name of a dataset");
        found.map_or_else(|_| elsewhere(), |dataset| dataset.dataset_id.clone())
    };
    let mut offer = Offer::new();
    for concept in &purpose.required_concepts {
        let offered: &mut OfferedDataset = offer.entry(place(concept)).or_default();
        offered.required.insert(concept.clone());
    }
    for concept in &purpose.optional_concepts {
        let offered = offer.entry(place(concept)).or_default();
        offered.optional.insert(concept.clone());
    }
    offer
}

fn form(frame: Frame, notice: &Notice, mark: Mark, now: Timestamp) -> FormPage {
    let texts = frame.texts.clone();
    let worded = Worded {
        notice,
        texts: &texts,
        choices: &Choices::default(),
        digest: Digest::of(&canonical::encode(notice)),
        now,
    };
    worded.preview(frame, texts.get("preview-you"), mark)
}
