//! How long one decision takes when a person has a thousand, a hundred thousand, a million records.

use std::path::Path;
use std::time::Duration;

use assent_model::ids::ConsentId;

use super::bulk;
use super::stage::{Stage, Turn};
use crate::Outcome;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, float, median, percentile};

/// How many records the person has, the first being what the others are held against.
const SIZES: [usize; 2] = [1_000, 100_000];
/// One more, where time does not matter.
const LARGEST: usize = 1_000_000;
/// Decisions in a round, each on another record from all over the log.
const DECISIONS: usize = 400;
/// Twice as long as the node waits before it looks for receipts to record.
const PAUSE: Duration = Duration::from_secs(1);

/// A node with so many records of one person.
struct Sized {
    records: usize,
    stage: Stage,
    sources: Vec<ConsentId>,
    /// In each round so far, the median and the 99th percentile.
    reached: Vec<[Duration; 2]>,
    /// What all rounds so far cost the server.
    cpu: Duration,
}

/// Measures with up to 10⁵ records, or 10⁶.
pub(super) async fn measure(long: bool, figures: &mut Figures) -> Outcome<()> {
    let sizes = SIZES.into_iter().chain(long.then_some(LARGEST));
    let mut nodes = Vec::new();
    for records in sizes {
        nodes.push(Sized::start(records).await?);
    }
    for round in 0..ROUNDS {
        // None is always the first, nor always the one after the same other.
        nodes.rotate_left(1);
        for node in &mut nodes {
            node.round(round).await?;
        }
    }
    nodes.sort_by_key(|node| node.records);
    for node in &nodes {
        report_cpu(figures, node, &nodes[0]);
        report(figures, node, &nodes[0]);
    }
    nodes.into_iter().try_for_each(|node| node.stage.stop())
}

impl Sized {
    async fn start(records: usize) -> Outcome<Self> {
        let stage = Stage::start().await?;
        let pair = stage.cast.pairs(1).pop().expect("one was made");
        let source_id = pair.source_id;
        let answer = stage.prepare(vec![pair]).await?;
        stage.send(1, answer).await?;
        let load =
            async |data_dir: &Path| bulk::load(data_dir, source_id, records, Vec::new()).await;
        let (stage, sources) = stage.restarted_after(load).await?;
        Ok(Self {
            records,
            stage,
            sources,
            reached: Vec::new(),
            cpu: Duration::ZERO,
        })
    }

    async fn round(&mut self, round: usize) -> Outcome<()> {
        let step = self.sources.len() / DECISIONS;
        let records = self.sources.iter().skip(round).step_by(step.max(1));
        let records: Vec<ConsentId> = records.take(DECISIONS).copied().collect();
        let requests = self.stage.cast.decisions(&records);
        let Turn { load, cpu } = self.stage.turn(1, requests).await?;
        self.cpu += cpu;
        let mut times: Vec<Duration> = load.answers.iter().map(|answer| answer.took).collect();
        let reached = [percentile(&mut times, 50), percentile(&mut times, 99)];
        self.reached.push(reached);
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }
}

/// CPU time says on a busy machine what latency cannot.
fn report_cpu(figures: &mut Figures, node: &Sized, smallest: &Sized) {
    let decisions = float(DECISIONS * ROUNDS);
    let millis = node.cpu.as_secs_f64() * 1000.0 / decisions;
    let name = format!("decision CPU, {} records", node.records);
    let figure = Figure::new(name, millis, "ms");
    figures.push(if node.records == smallest.records {
        figure
    } else {
        let growth = node.cpu.as_secs_f64() / smallest.cpu.as_secs_f64();
        figure.against(format!("{} records", smallest.records), growth)
    });
}

fn report(figures: &mut Figures, node: &Sized, smallest: &Sized) {
    for (at, (percent, bound)) in [("p50", 1.15), ("p99", 1.5)].into_iter().enumerate() {
        let millis = |reached: &[Duration; 2]| reached[at].as_secs_f64() * 1000.0;
        let value = median(node.reached.iter().map(millis));
        let name = format!("decision {percent}, {} records", node.records);
        let figure = Figure::new(name, value, "ms");
        if node.records == smallest.records {
            figures.push(figure);
            continue;
        }
        let rounds = node.reached.iter().zip(&smallest.reached);
        let growth = median(rounds.map(|(own, first)| millis(own) / millis(first)));
        let first = format!("{} records", smallest.records);
        figures.push(figure.against(first, growth).at_most(bound));
    }
}
