//! Names that others chose, as they may stand in a page.

use assent_api::v1::consents::pick;
use assent_model::description::{ServiceDescription, Texts as Named};
use assent_model::names::{ConceptId, Language, PurposeId};

use super::texts::Texts;

/// The name without characters that steer the text around it (Unicode TR 36, section 2.10).
pub(crate) fn clean(name: &str) -> String {
    let steers = |character: char| {
        character.is_control()
            || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    name.chars()
        .filter(|character| !steers(*character))
        .collect()
}

/// The language of a reader, as descriptions name languages.
pub(crate) fn language(texts: &Texts) -> Language {
    texts.tag().parse().expect("catalogues are named by tags")
}

/// A text of a description in the language of the reader.
pub(crate) fn picked(texts: &Named, language: &Language) -> String {
    clean(pick(texts, language))
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

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn names_do_not_steer_what_stands_around_them() {
        assert_eq!(clean("Bank\u{202e}knaB\u{2069}"), "BankknaB");
        assert_eq!(clean("a\nb\u{0}"), "ab");
        assert_eq!(clean("Ærø Élan <b>"), "Ærø Élan <b>");
    }
}
