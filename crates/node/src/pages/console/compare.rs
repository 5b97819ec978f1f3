//! What two versions of a description do not both say, by meaning: dataset by dataset, purpose by
//! purpose, every list by its members and every text by its languages.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use assent_exchange::service::state::Service;
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::facts::{Facts, Part, facts};
use super::services::described;
use super::{Organisation, drafts};
use crate::node::Node;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/console/services/{service}/compare", get(versions))
        .route("/console/drafts/{draft}/compare", get(draft))
}

/// How a part of a description differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Added,
    Removed,
    Changed,
}

impl Standing {
    fn key(self) -> &'static str {
        match self {
            Self::Added => "compare-added",
            Self::Removed => "compare-removed",
            Self::Changed => "compare-changed",
        }
    }
}

/// One thing that is said otherwise.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    key: &'static str,
    gone: Vec<String>,
    new: Vec<String>,
}

/// A part of a description with what is said otherwise in it.
struct Difference {
    heading: String,
    standing: Standing,
    rows: Vec<Row>,
}

/// What two descriptions do not both say.
fn differences(
    before: &ServiceDescription,
    now: &ServiceDescription,
    texts: &Texts,
) -> Vec<Difference> {
    let (before, now) = (facts(before, texts), facts(now, texts));
    let mut parts: Vec<&Part> = before.keys().chain(now.keys()).collect();
    parts.sort();
    parts.dedup();
    let nothing = BTreeMap::new();
    let difference = |part: &Part| {
        let standing = match (before.contains_key(part), now.contains_key(part)) {
            (false, _) => Standing::Added,
            (_, false) => Standing::Removed,
            _ => Standing::Changed,
        };
        let was = before.get(part).unwrap_or(&nothing);
        let rows = rows(was, now.get(part).unwrap_or(&nothing));
        (!rows.is_empty()).then(|| Difference {
            heading: heading(part, texts),
            standing,
            rows,
        })
    };
    parts.into_iter().filter_map(difference).collect()
}

fn heading(part: &Part, texts: &Texts) -> String {
    match part {
        Part::Service => texts.get("compare-service"),
        Part::Provider => texts.get("compare-provider"),
        Part::Dataset(id) => texts.named("compare-dataset", id.as_str()),
        Part::Purpose(id) => texts.named("compare-purpose", id.as_str()),
    }
}

fn rows(before: &Facts, now: &Facts) -> Vec<Row> {
    let mut keys: Vec<_> = before.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    let nothing = Vec::new();
    let row = |place: &(usize, &'static str)| {
        let was = before.get(place).unwrap_or(&nothing);
        let is = now.get(place).unwrap_or(&nothing);
        let without = |lines: &[String], others: &[String]| -> Vec<String> {
            let is_missing = |line: &&String| !others.contains(line);
            lines.iter().filter(is_missing).cloned().collect()
        };
        let (gone, new) = (without(was, is), without(is, was));
        let key = place.1;
        (!gone.is_empty() || !new.is_empty()).then_some(Row { key, gone, new })
    };
    keys.into_iter().filter_map(row).collect()
}

#[derive(Template)]
#[template(path = "console/compare.html")]
struct ComparePage {
    frame: Frame,
    id: ServiceId,
    name: String,
    /// The versions that there are, the newest first; none where a draft is compared.
    versions: Vec<u32>,
    from: u32,
    to: u32,
    draft: Option<String>,
    differences: Vec<Difference>,
    /// Whether people who consented have to be asked anew before the later version counts.
    asks_anew: bool,
}

#[derive(Debug, Deserialize)]
struct Versions {
    from: Option<u32>,
    to: Option<u32>,
}

async fn versions(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(id): Path<String>,
    Query(wanted): Query<Versions>,
) -> Result<Response, PageFailure> {
    let (id, service) = organisation.service(&node, &id).await?;
    let to = wanted.to.unwrap_or(service.version);
    let from = wanted.from.unwrap_or(to.saturating_sub(1).max(1));
    let before = described(&node, id, from).await?;
    let now = described(&node, id, to).await?;
    let here = format!("/console/services/{id}/compare?from={from}&to={to}");
    let shown = ComparePage {
        versions: (1..=service.version).rev().take(100).collect(),
        ..compared(&organisation, &here, &before, &now)
    };
    Ok(page(StatusCode::OK, &shown))
}

/// A draft beside the version that it would supersede.
async fn draft(
    State(node): State<Arc<Node>>,
    organisation: Organisation,
    Path(draft): Path<String>,
) -> Result<Response, PageFailure> {
    let found = drafts::get(&node, organisation.party(), &draft).await?;
    let found = found.ok_or_else(PageFailure::not_found)?;
    let said: Option<ServiceDescription> = serde_json::from_str(&found.text).ok();
    let said = said.ok_or_else(PageFailure::not_found)?;
    let service = node.state.get::<Service>(&said.service_id).await?;
    let own = service.filter(|service| service.provider == organisation.party());
    let version = own.ok_or_else(PageFailure::not_found)?.version;
    let before = described(&node, said.service_id, version).await?;
    let here = format!("/console/drafts/{draft}/compare");
    let shown = ComparePage {
        draft: Some(draft),
        ..compared(&organisation, &here, &before, &said)
    };
    Ok(page(StatusCode::OK, &shown))
}

fn compared(
    organisation: &Organisation,
    here: &str,
    before: &ServiceDescription,
    now: &ServiceDescription,
) -> ComparePage {
    let texts = &organisation.texts;
    let concerns = |purpose: &assent_model::description::ProcessingBasis| {
        now.purpose(&purpose.purpose_id) != Some(purpose)
    };
    ComparePage {
        frame: organisation.frame("compare-title", "console-services", here),
        id: now.service_id,
        name: plain(&now.name),
        versions: Vec::new(),
        from: before.version,
        to: now.version,
        draft: None,
        differences: differences(before, now, texts),
        asks_anew: before.purposes.iter().any(concerns),
    }
}

#[cfg(test)]
mod tests {
    use assent_crypto::signature::SigningKey;
    use assent_model::description::ServiceDescription;
    use assent_model::ids::{PartyId, ServiceId};
    use assent_model::vocabulary::LegalBasis;

    use super::{Standing, differences};
    use crate::pages::texts::Texts;

    fn described() -> ServiceDescription {
        let text = include_str!("../../../../../examples/household/meter-archive.json");
        let mut value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let key = SigningKey::generate();
        value["service_id"] = ServiceId::random().to_string().into();
        value["version"] = 1.into();
        value["provider"]["party_id"] = PartyId::of(key.verifying_key()).to_string().into();
        serde_json::from_value(value).expect("a description")
    }

    /// What differs, as `part: heading -gone +new`.
    fn check(change: impl FnOnce(&mut ServiceDescription), expected: &[&str]) {
        let before = described();
        let mut now = before.clone();
        now.version += 1;
        change(&mut now);
        let mut found = Vec::new();
        for difference in differences(&before, &now, &Texts::fallback()) {
            if difference.standing != Standing::Changed {
                let word = Texts::fallback().get(difference.standing.key());
                found.push(format!("{}: {word}", difference.heading));
                continue;
            }
            for row in difference.rows {
                let gone: String = row
                    .gone
                    .iter()
                    .map(|line| [" -", line.as_str()].concat())
                    .collect();
                let new: String = row
                    .new
                    .iter()
                    .map(|line| [" +", line.as_str()].concat())
                    .collect();
                found.push(format!("{}: {}{gone}{new}", difference.heading, row.key));
            }
        }
        let found: Vec<String> = found
            .iter()
            .map(|line| line.replace(['\u{2068}', '\u{2069}'], ""))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn nothing_differs_where_nothing_was_changed() {
        check(|_| {}, &[]);
        check(|now| now.purposes.reverse(), &[]);
    }

    #[test]
    fn each_change_is_told_where_it_belongs() {
        check(
            |now| now.name = "Another name".into(),
            &["The service: compare-name -Meter Archive North +Another name"],
        );
        check(
            |now| now.purposes[0].legal_basis = LegalBasis::Consent,
            &[concat!(
                "Purpose keep-readings: notice-legal-basis",
                " -a contract with you (GDPR article 6(1)(b))",
                " +your consent (GDPR article 6(1)(a))"
            )],
        );
        check(
            |now| {
                now.datasets[0].dataset_id = "other".parse().expect("a name");
            },
            &["Dataset other: Added", "Dataset readings: Removed"],
        );
    }
}
