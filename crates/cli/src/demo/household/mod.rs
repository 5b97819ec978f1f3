//! A household shares meter readings with an energy adviser for one purpose, keeps one of them to
//! itself, pauses, narrows and withdraws; and can prove it.

mod cast;
mod closing;
mod consenting;
mod delivering;
mod log;

use std::collections::BTreeSet;

use assent_model::ids::ConsentId;
use assent_model::names::ConceptId;
use assent_model::records::consent::ResourceSet;

use super::{Figure, Stage, Told};
use crate::failure::Failure;
use cast::Cast;
pub(super) use cast::{ADVISER, ARCHIVE, describe, organisation};

/// The dataset that the adviser wants.
const DATASET: &str = "readings";
/// What the adviser wants it for.
const PURPOSE: &str = "energy-advice";
/// What the household keeps to itself: power from moment to moment shows when somebody is at home.
const KEPT_BACK: &str = "power_delivered";
/// What the household takes back later.
const TAKEN_BACK: &str = "gas_delivered";

/// The consent that the story is about.
#[derive(Debug, Clone)]
struct Sharing {
    /// The adviser's record.
    sink: ConsentId,
    /// The archive's record.
    source: ConsentId,
    /// What may be delivered at first.
    resource_set: ResourceSet,
}

/// What happened, to be held against the receipts at the end.
#[derive(Debug, Clone, Default)]
struct Tally {
    tokens: usize,
    tokens_refused: usize,
    releases: usize,
    releases_refused: usize,
    processed: usize,
    readings: usize,
    sealed_bytes: usize,
}

/// Tells the story.
pub(super) async fn tell(stage: &mut Stage<'_>) -> Result<Told, Failure> {
    let mut cast = Cast::gather(stage).await?;
    let sharing = consenting::consent(&mut cast, stage).await?;
    let mut tally = Tally::default();
    delivering::deliver(&cast, &sharing, &mut tally, stage).await?;
    delivering::pause_and_resume(&cast, &sharing, &mut tally, stage).await?;
    delivering::narrow(&cast, &sharing, &mut tally, stage).await?;
    closing::withdraw(&cast, &sharing, &mut tally, stage).await?;
    closing::read_receipts(&cast, &sharing, &tally, stage).await?;
    let log_size = log::search(&cast, &sharing, stage).await?;
    let bundle = closing::export_evidence(&cast, &sharing, stage).await?;
    Ok(Told {
        story: "household",
        figures: figures(&tally, log_size),
        bundle,
        operator: cast.session.chain.operator.to_string(),
        doors: Vec::new(),
        programs: Vec::new(),
    })
}

fn figures(tally: &Tally, log_size: u64) -> Vec<Figure> {
    let figure = |what, value: String| Figure { what, value };
    vec![
        figure(
            "readings delivered, sealed and opened",
            tally.readings.to_string(),
        ),
        figure("bytes sealed", tally.sealed_bytes.to_string()),
        figure(
            "releases, and refused ones",
            format!("{} and {}", tally.releases, tally.releases_refused),
        ),
        figure(
            "tokens, and refused ones",
            format!("{} and {}", tally.tokens, tally.tokens_refused),
        ),
        figure("entries in the log", log_size.to_string()),
    ]
}

/// The concepts of a resource set, whatever their dataset.
fn concepts(set: &ResourceSet) -> BTreeSet<ConceptId> {
    set.values().flatten().cloned().collect()
}
