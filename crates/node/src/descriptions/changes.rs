//! Whether another version of a description means something else to who consented under this one.

use std::collections::BTreeMap;

use assent_model::description::{ProcessingBasis, ServiceDescription, Texts};
use assent_model::names::{ConceptId, DatasetId, PurposeId};
use assent_model::vocabulary::ValueKind;

/// Whether what is said about a purpose, its data or who is responsible differs.
pub(crate) fn concern(
    purpose: &PurposeId,
    before: &ServiceDescription,
    now: &ServiceDescription,
) -> bool {
    match (before.purpose(purpose), now.purpose(purpose)) {
        (Some(was), Some(is)) => {
            before.provider != now.provider || was != is || data(before, was) != data(now, is)
        }
        _ => true,
    }
}

/// What people are told about the data of a purpose.
fn data<'a>(
    description: &'a ServiceDescription,
    purpose: &ProcessingBasis,
) -> BTreeMap<(&'a DatasetId, &'a ConceptId), (&'a Texts, &'a Texts, ValueKind)> {
    let wanted = |concept: &ConceptId| {
        purpose.required_concepts.contains(concept) || purpose.optional_concepts.contains(concept)
    };
    let mut found = BTreeMap::new();
    for dataset in &description.datasets {
        for mapping in dataset
            .data_mappings
            .iter()
            .filter(|mapping| wanted(&mapping.concept_id))
        {
            let name = (&dataset.dataset_id, &mapping.concept_id);
            found.insert(name, (&dataset.title, &mapping.name, mapping.kind));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use assent_model::description::ServiceDescription;

    use super::concern;

    fn described() -> ServiceDescription {
        let text = include_str!("../../../../examples/household/energy-adviser.json");
        let mut value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        value["service_id"] = assent_model::ids::ServiceId::random().to_string().into();
        value["version"] = 1.into();
        let key = assent_crypto::signature::SigningKey::generate();
        let party = assent_model::ids::PartyId::of(key.verifying_key());
        value["provider"]["party_id"] = party.to_string().into();
        let mut described: ServiceDescription =
            serde_json::from_value(value).expect("a description");
        let own = described.datasets[0].data_mappings[0].concept_id.clone();
        described.purposes[0].optional_concepts.insert(own);
        described
    }

    fn check(change: impl FnOnce(&mut ServiceDescription), expected: bool) {
        let before = described();
        let mut now = before.clone();
        now.version += 1;
        change(&mut now);
        let purpose = &before.purposes[0].purpose_id;
        assert_eq!(concern(purpose, &before, &now), expected);
    }

    #[test]
    fn only_what_was_consented_to_concerns() {
        let english = || "en".parse().expect("a language");
        check(|_| {}, false);
        check(|now| now.keywords.push("other".into()), false);
        check(|now| now.instance.url.push_str("/new"), false);
        check(|now| now.purposes[0].special_categories ^= true, true);
        check(|now| now.provider.address.push_str(", 2nd floor"), true);
        check(|now| now.purposes.clear(), true);
        check(
            |now| {
                let mapping = &mut now.datasets[0].data_mappings[0];
                mapping.name.insert(english(), "Something else".into());
            },
            true,
        );
        check(
            |now| {
                let mut other = now.purposes[0].clone();
                other.purpose_id = "other".parse().expect("a name");
                now.purposes.push(other);
            },
            false,
        );
    }
}
