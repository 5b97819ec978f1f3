//! What the form sends: which optional data, until when, and which button.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use assent_api::problem::Code;
use assent_api::v1::consents::Notice;
use assent_model::names::{ConceptId, DatasetId};
use assent_model::records::consent::ResourceSet;
use assent_model::time::{Span, Timestamp};

use crate::http::failure::Failure;
use crate::pages::dates::{day, end_of, last_day};

/// The pairs of a form or a query.
pub(super) type Pairs = Vec<(String, String)>;

/// What a person has chosen so far. Survives signing in and another language: it goes along in the
/// address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choices {
    /// The optional concepts that are switched on, as [`choice_name`] spells them.
    pub(super) optional: BTreeSet<String>,
    /// The last day, as typed. `None` before the person has seen the field.
    pub(super) until: Option<String>,
    /// Whether the statement about age is confirmed. Never read from an address: who makes a link does
    /// not confirm for somebody else.
    pub(super) is_of_age: bool,
}

/// Why an end is not one that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UntilError {
    /// Not a day.
    NoDay,
    /// Over already.
    Past,
    /// Later than is offered, or no end where one is needed.
    TooLate,
}

/// The name of one concept of one dataset. Neither has a tilde in it.
pub(super) fn choice_name(dataset: &DatasetId, concept: &ConceptId) -> String {
    format!("{dataset}~{concept}")
}

/// The value of a field.
pub(super) fn field<'p>(pairs: &'p Pairs, name: &str) -> Option<&'p str> {
    let found = pairs.iter().find(|(field, _)| field == name);
    found.map(|(_, value)| value.as_str())
}

impl Choices {
    /// What stands in a form or a query.
    pub(super) fn read(pairs: &Pairs) -> Self {
        let optional = pairs.iter().filter(|(field, _)| field == "optional");
        Self {
            optional: optional.map(|(_, value)| value.clone()).collect(),
            until: field(pairs, "until").map(str::to_owned),
            is_of_age: false,
        }
    }

    /// What the person has sent.
    pub(super) fn sent(pairs: &Pairs) -> Self {
        Self {
            is_of_age: field(pairs, "age") == Some("confirmed"),
            ..Self::read(pairs)
        }
    }

    /// The form at `path` with these choices.
    pub(super) fn at(&self, path: &str) -> String {
        let mut address = path.to_owned();
        let optional = self.optional.iter().map(|value| ("optional", value));
        let until = self.until.iter().map(|value| ("until", value));
        for (place, (name, value)) in optional.chain(until).enumerate() {
            let sign = if place == 0 { '?' } else { '&' };
            let _ = write!(address, "{sign}{name}=");
            for byte in value.bytes() {
                let _ = match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                        write!(address, "{}", char::from(byte))
                    }
                    _ => write!(address, "%{byte:02X}"),
                };
            }
        }
        address
    }

    /// What may be delivered: all that is required, and what was switched on.
    ///
    /// # Errors
    /// Something was sent that the notice does not offer.
    pub(super) fn resource_set(&self, notice: &Notice) -> Result<ResourceSet, Failure> {
        let mut set = ResourceSet::new();
        let mut taken = 0;
        for dataset in &notice.datasets {
            let mut concepts: BTreeSet<ConceptId> = dataset.required.keys().cloned().collect();
            for concept in dataset.optional.keys() {
                let name = choice_name(&dataset.dataset_id, concept);
                if self.optional.contains(&name) {
                    taken += 1;
                    concepts.insert(concept.clone());
                }
            }
            if !concepts.is_empty() {
                set.insert(dataset.dataset_id.clone(), concepts);
            }
        }
        if taken == self.optional.len() {
            Ok(set)
        } else {
            Err(Code::MalformedBody.into())
        }
    }

    /// The end that was chosen.
    ///
    /// # Errors
    /// It is not one that can be chosen.
    pub(super) fn valid_until(
        &self,
        now: Timestamp,
        max: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, UntilError> {
        let typed = self.until.as_deref().unwrap_or_default().trim();
        if typed.is_empty() {
            return if max.is_some() {
                Err(UntilError::TooLate)
            } else {
                Ok(None)
            };
        }
        let end = end_of(typed).ok_or(UntilError::NoDay)?;
        if end <= now {
            return Err(UntilError::Past);
        }
        match max {
            // The last day that is offered ends when the offer does.
            Some(max) if typed == last_day(max) => Ok(Some(max)),
            Some(max) if max < end => Err(UntilError::TooLate),
            _ => Ok(Some(end)),
        }
    }
}

/// The day that the form proposes: the last that is offered, else a year from now.
pub(super) fn proposed(now: Timestamp, max: Option<Timestamp>) -> String {
    max.map_or_else(|| day(now + Span::from_days(365)), last_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_767_268_800_000); // 2026-01-01T12:00Z

    fn until(typed: &str, max: Option<&str>) -> Result<Option<String>, UntilError> {
        let choices = Choices {
            until: Some(typed.into()),
            ..Choices::default()
        };
        let max = max.map(|day| end_of(day).expect("a day"));
        Ok(choices.valid_until(NOON, max)?.map(last_day))
    }

    #[test]
    fn an_end_is_chosen_within_what_is_offered() {
        let day = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(until("", None), Ok(None));
        assert_eq!(until("2026-01-01", None), day("2026-01-01"));
        assert_eq!(until("2026-03-01", Some("2026-03-01")), day("2026-03-01"));
        assert_eq!(
            until("2026-03-02", Some("2026-03-01")),
            Err(UntilError::TooLate)
        );
        assert_eq!(until("", Some("2026-03-01")), Err(UntilError::TooLate));
        assert_eq!(until("2025-12-31", None), Err(UntilError::Past));
        assert_eq!(until("soon", None), Err(UntilError::NoDay));
    }

    #[test]
    fn choices_survive_in_an_address() {
        let pairs: Pairs = [
            ("optional", "meter~a/b"),
            ("optional", "x~\"<&"),
            ("until", "2026-03-01"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let choices = Choices::read(&pairs);
        assert_eq!(
            choices.at("/consent/t"),
            "/consent/t?optional=meter~a%2Fb&optional=x~%22%3C%26&until=2026-03-01"
        );
        assert_eq!(Choices::default().at("/consent/t"), "/consent/t");
    }

    #[test]
    fn a_statement_about_age_does_not_travel_in_an_address() {
        let pairs: Pairs = vec![("age".into(), "confirmed".into())];
        assert!(!Choices::read(&pairs).is_of_age);
        let sent = Choices::sent(&pairs);
        assert!(sent.is_of_age);
        assert_eq!(sent.at("/consent/t"), "/consent/t");
        let otherwise: Pairs = vec![("age".into(), "17".into())];
        assert!(!Choices::sent(&otherwise).is_of_age);
    }
}
