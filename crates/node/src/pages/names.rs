//! Names that others chose, as they may stand in a page.

use assent_api::v1::consents::pick;
use assent_model::description::{ServiceDescription, Texts as Named};
use assent_model::names::{ConceptId, Language, PurposeId};

use super::spelling::plain;
use super::texts::Texts;

/// The language of a reader, as descriptions name languages.
pub(crate) fn language(texts: &Texts) -> Language {
    texts.tag().parse().expect("catalogues are named by tags")
}

/// A text of a description in the language of the reader.
pub(crate) fn picked(texts: &Named, language: &Language) -> String {
    plain(pick(texts, language))
}

/// What people call a concept.
pub(crate) fn concept(of: &ServiceDescription, id: &ConceptId, language: &Language) -> String {
    let mut mappings = of
        .datasets
        .iter()
        .flat_map(|dataset| &dataset.data_mappings);
    let found = mappings.find(|mapping| mapping.concept_id == *id);
    found.map_or_else(|| id.to_string(), |mapping| picked(&mapping.name, language))
}

/// What people call a purpose.
pub(crate) fn purpose(of: &ServiceDescription, id: &PurposeId, language: &Language) -> String {
    let found = of.purpose(id);
    found.map_or_else(|| id.to_string(), |purpose| picked(&purpose.name, language))
}
