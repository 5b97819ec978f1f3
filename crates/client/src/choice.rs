//! What a person may choose from an offer, and what may follow.

use assent_exchange::consent::state::Offer;
use assent_model::records::consent::ResourceSet;

/// Why a choice does not fit an offer. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// A dataset or concept was chosen that is not offered, or a dataset without concepts.
    #[error("something was chosen that is not offered")]
    NotOffered,
    /// A concept was left out without which the purpose cannot be served.
    #[error("a concept that the purpose requires was left out")]
    RequiredMissing,
}

/// Checks that everything chosen is offered, and everything required chosen.
///
/// # Errors
/// The first rule that the choice breaks.
pub fn check(chosen: &ResourceSet, offer: &Offer) -> Result<(), ChoiceError> {
    let is_offered = chosen.iter().all(|(dataset, concepts)| {
        let offered = offer.get(dataset);
        !concepts.is_empty()
            && concepts.iter().all(|concept| {
                offered.is_some_and(|offered| {
                    offered.required.contains(concept) || offered.optional.contains(concept)
                })
            })
    });
    if !is_offered {
        return Err(ChoiceError::NotOffered);
    }
    let has_required = offer.iter().all(|(dataset, offered)| {
        offered.required.iter().all(|concept| {
            chosen
                .get(dataset)
                .is_some_and(|chosen| chosen.contains(concept))
        })
    });
    if has_required {
        Ok(())
    } else {
        Err(ChoiceError::RequiredMissing)
    }
}

/// Whether `narrow` has nothing that is not in `wide`.
pub fn is_within(narrow: &ResourceSet, wide: &ResourceSet) -> bool {
    narrow.iter().all(|(dataset, concepts)| {
        wide.get(dataset)
            .is_some_and(|wide| concepts.is_subset(wide))
    })
}
