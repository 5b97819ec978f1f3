//! Consent pairs given, and how that compares with raw signatures and with a raw file.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use assent_api::v1::Outcome as Recorded;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::CLIENTS;
use super::stage::{Stage, Turn};
use crate::Outcome;
use crate::cpu;
use crate::figures::{Figure, Figures};
use crate::load::{Load, Request};
use crate::statistics::{ROUNDS, float, median, per_second};

/// How many pairs each number of clients gives in a round, in the order of [`CLIENTS`].
const PAIRS: [usize; 3] = [100, 600, 2000];
/// How many are given before the first round.
const WARM_UP: usize = 500;
/// How long what a round is held against is measured.
const RAW: Duration = Duration::from_secs(1);

/// What one number of clients reached in one round.
struct Reached {
    per_cpu_second: f64,
    per_second: f64,
    /// Share of the raw verifies of the round.
    of_verifies: f64,
    /// Share of the raw appends of the round, in log entries.
    of_appends: f64,
    /// Log entries in a block.
    batch: f64,
}

/// Measures on a node of its own.
pub(super) async fn measure(figures: &mut Figures) -> Outcome<()> {
    let stage = Stage::start().await?;
    let pairs = stage
        .cast
        .pairs(WARM_UP + ROUNDS * PAIRS.iter().sum::<usize>());
    let signatures = pairs[0].signatures;
    let mut answers = stage.prepare(pairs).await?.into_iter();
    let mut next = |count| answers.by_ref().take(count).collect::<Vec<Request>>();
    stage.send(64, next(WARM_UP)).await?;
    let last = stage.log_size().await? - 1;
    let leaf = stage.client.entry(last).await?.leaf;

    let mut verifies = Vec::new();
    let mut appends = Vec::new();
    let mut reached: [Vec<Reached>; 3] = Default::default();
    for _ in 0..ROUNDS {
        let raw_verifies = raw_verifies();
        for ((clients, count), reached) in CLIENTS.into_iter().zip(PAIRS).zip(&mut reached) {
            let turn = stage.turn(clients, next(count)).await?;
            let batch = batch(&turn.load)?;
            let raw_appends = raw_appends(stage.folder(), leaf.as_bytes(), batch)?;
            reached.push(Reached::new(&turn, batch, raw_verifies, raw_appends));
            appends.push((clients, raw_appends));
        }
        verifies.push(raw_verifies);
    }
    let appends = appends.iter().filter(|(clients, _)| *clients == 64);
    let appends = median(appends.map(|(_, rate)| *rate));
    report(figures, signatures, median(verifies), appends, &reached);
    stage.stop()
}

impl Reached {
    fn new(turn: &Turn, batch: f64, raw_verifies: f64, raw_appends: f64) -> Self {
        let count = turn.load.answers.len();
        let per_cpu_second = per_second(count, turn.cpu);
        let per_second = per_second(count, turn.load.elapsed);
        Self {
            per_cpu_second,
            per_second,
            of_verifies: per_cpu_second / raw_verifies,
            of_appends: 2.0 * per_second / raw_appends,
            batch,
        }
    }
}

/// The mean number of log entries in a block: a pair makes two.
fn batch(load: &Load) -> Outcome<f64> {
    let mut heights = BTreeSet::new();
    for answer in &load.answers {
        let recorded: Recorded = serde_json::from_slice(&answer.body)?;
        heights.insert(recorded.height);
    }
    Ok(2.0 * float(load.answers.len()) / float(heights.len()))
}

/// Ed25519 verifies a CPU-second, with nothing around them.
fn raw_verifies() -> f64 {
    let message = [7; 32];
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).expect("32 bytes are a seed");
    let signature = key.sign(&message);
    let public = UnparsedPublicKey::new(&ED25519, key.public_key().as_ref().to_vec());
    cpu::rate_on_all_cores(RAW / 2, || {
        let verified = public.verify(&message, signature.as_ref());
        assert!(verified.is_ok(), "the signature is good");
    })
}

/// Log entries a second of a program that appends them to a file, with a sync after each batch.
fn raw_appends(folder: &Path, leaf: &[u8], batch: f64) -> io::Result<f64> {
    let mut file = File::create(folder.join("appended"))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a batch is a small positive number"
    )]
    let entries = batch.round() as usize;
    let bytes = leaf.repeat(entries);
    let begin = Instant::now();
    let mut batches = 0;
    while begin.elapsed() < RAW {
        file.write_all(&bytes)?;
        file.sync_data()?;
        batches += 1;
    }
    Ok(per_second(batches * entries, begin.elapsed()))
}

fn report(
    figures: &mut Figures,
    signatures: usize,
    verifies: f64,
    appends: f64,
    reached: &[Vec<Reached>; 3],
) {
    let middle = |at: usize, of: fn(&Reached) -> f64| median(reached[at].iter().map(of));
    figures.push(Figure::new("raw Ed25519 verifies", verifies, "/CPU-s"));
    for (at, clients) in CLIENTS.iter().enumerate() {
        let name = format!("consent pairs, {clients} clients");
        let figure = Figure::new(name, middle(at, |r| r.per_cpu_second), "/CPU-s");
        let share = middle(at, |r| r.of_verifies);
        let figure = figure.against("raw Ed25519 verifies", share);
        let is_judged = *clients == 64;
        figures.push(if is_judged {
            figure.at_least(0.06)
        } else {
            figure
        });
    }
    for (at, clients) in CLIENTS.iter().enumerate() {
        let name = format!("consent pairs by the clock, {clients} clients");
        figures.push(Figure::new(name, middle(at, |r| r.per_second), "/s"));
    }
    let checked = Figure::new("signatures checked for a pair", float(signatures), "");
    figures.push(checked);
    for (at, clients) in CLIENTS.iter().enumerate() {
        let name = format!("log entries in a block, {clients} clients");
        figures.push(Figure::new(name, middle(at, |r| r.batch), ""));
    }
    figures.push(Figure::new(
        "raw append and sync, that batch",
        appends,
        "entries/s",
    ));
    let durable = 2.0 * middle(2, |r| r.per_second);
    let share = middle(2, |r| r.of_appends);
    figures.push(
        Figure::new("durable log entries, 64 clients", durable, "entries/s")
            .against("raw append and sync, that batch", share)
            .at_least(0.3),
    );
}
