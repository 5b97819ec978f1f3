//! "My data in numbers": what may be used now, by purpose, by ground of law, by what is done with it
//! and by where it is kept. Each picture is the table itself, with bars beside the numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use assent_model::description::{ProcessingBasis, ServiceDescription};
use assent_model::names::{ConceptId, Language};
use assent_model::vocabulary::{LegalBasis, ProcessingCategory, PurposeCategory, StorageLocation};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::consents::Choice;
use super::visitor::Visitor;
use crate::descriptions;
use crate::holdings::{self, Likeness, Standing};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::pages::consent::word;
use crate::pages::failure::PageFailure;
use crate::pages::frame::{Frame, page};
use crate::pages::names;
use crate::pages::texts::Texts;

/// A row of a table with a bar in it.
struct Bar {
    name: String,
    count: usize,
    /// Of the longest bar.
    percent: usize,
}

/// Concepts against something, with the number of consents in each cell.
struct Grid {
    columns: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    cells: Vec<Cell>,
}

struct Cell {
    count: usize,
    /// How dark it is, from 0 for none to 4 for the most.
    level: usize,
}

#[derive(Template)]
#[template(path = "home/numbers.html")]
struct NumbersPage {
    frame: Frame,
    homes: Vec<Choice>,
    /// How many consents are counted.
    count: usize,
    paused: usize,
    purposes: Vec<Bar>,
    bases: Vec<Bar>,
    processing: Grid,
    storage: Grid,
}

/// What `GET /home/numbers` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    home: String,
}

/// `GET /home/numbers`.
pub(super) async fn numbers(
    State(node): State<Arc<Node>>,
    texts: Texts,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, PageFailure> {
    let holdings = holdings::of(&node, visitor.owner).await?;
    let shared = visitor.shared();
    let there = holdings.lines.chosen(|like| {
        let is_at_home = asked.home.is_empty() || shared.is_at(like, &asked.home);
        shared.sees(like) && is_at_home
    });
    let language = names::language(&texts);
    let mut counted = Counted::default();
    for (like, counts) in holdings.lines.counted(&there) {
        let active = counts.of(Standing::Active);
        if active > 0 {
            counted.add(&node, like, active, &language).await?;
        }
    }
    let counts = holdings.lines.counts(&there);
    let shown = NumbersPage {
        homes: visitor.home_choices(&asked.home),
        count: counts.of(Standing::Active),
        paused: counts.of(Standing::Paused),
        purposes: bars(&counted.purposes, "purpose", &texts),
        bases: bars(&counted.bases, "legal-basis", &texts),
        processing: counted.grid(&counted.processing, "processing", &texts),
        storage: counted.grid(&counted.storage, "location", &texts),
        frame: visitor.frame(texts, "numbers-title", "numbers", "/home/numbers"),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Numbers of active consents.
#[derive(Default)]
struct Counted {
    purposes: BTreeMap<PurposeCategory, usize>,
    bases: BTreeMap<LegalBasis, usize>,
    processing: BTreeMap<ProcessingCategory, BTreeMap<ConceptId, usize>>,
    storage: BTreeMap<StorageLocation, BTreeMap<ConceptId, usize>>,
    /// What people call the concepts.
    concepts: BTreeMap<ConceptId, String>,
}

impl Counted {
    async fn add(
        &mut self,
        node: &Node,
        like: &Likeness,
        active: usize,
        language: &Language,
    ) -> Result<(), Failure> {
        let service = descriptions::shared(node, &like.service).await?;
        let holder = match &like.source {
            Some(source) => descriptions::shared(node, source).await?,
            None => Arc::clone(&service),
        };
        if let Some(basis) = service.purpose(&like.purpose) {
            self.count(basis, &holder, (like, active), language);
        }
        Ok(())
    }

    fn count(
        &mut self,
        basis: &ProcessingBasis,
        holder: &ServiceDescription,
        (like, active): (&Likeness, usize),
        language: &Language,
    ) {
        *self.purposes.entry(basis.category).or_default() += active;
        *self.bases.entry(basis.legal_basis).or_default() += active;
        for id in like.concepts() {
            if !self.concepts.contains_key(id) {
                let name = names::concept(holder, id, language);
                self.concepts.insert(id.clone(), name);
            }
            let kept = self.storage.entry(basis.storage.location).or_default();
            *kept.entry(id.clone()).or_default() += active;
            for category in &basis.processing_categories {
                let done = self.processing.entry(*category).or_default();
                *done.entry(id.clone()).or_default() += active;
            }
        }
    }

    fn grid<K: Serialize>(
        &self,
        counted: &BTreeMap<K, BTreeMap<ConceptId, usize>>,
        list: &str,
        texts: &Texts,
    ) -> Grid {
        let most = counted.values().flat_map(BTreeMap::values).max();
        let most = most.copied().unwrap_or(1);
        let mut rows: Vec<Row> = self
            .concepts
            .iter()
            .map(|(id, name)| Row {
                name: name.clone(),
                cells: counted
                    .values()
                    .map(|of| cell(of.get(id).copied().unwrap_or(0), most))
                    .collect(),
            })
            .collect();
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        Grid {
            columns: counted.keys().map(|key| word(texts, list, key)).collect(),
            rows,
        }
    }
}

/// Four shades; whatever there is has one.
fn cell(count: usize, most: usize) -> Cell {
    Cell {
        count,
        level: (count * 4).div_ceil(most),
    }
}

/// The most first.
fn bars<K: Serialize>(counted: &BTreeMap<K, usize>, list: &str, texts: &Texts) -> Vec<Bar> {
    let most = counted.values().max().copied().unwrap_or(1);
    let mut bars: Vec<Bar> = counted
        .iter()
        .map(|(key, count)| Bar {
            name: word(texts, list, key),
            count: *count,
            percent: (count * 100).div_ceil(most),
        })
        .collect();
    bars.sort_by(|one, other| (other.count, &one.name).cmp(&(one.count, &other.name)));
    bars
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn nothing_is_white_and_the_most_is_darkest() {
        let levels = [0, 1, 25, 26, 99, 100].map(|count| cell(count, 100).level);
        assert_eq!(levels, [0, 1, 1, 2, 4, 4]);
    }
}
