//! Decisions, against a bare server that checks the same signatures.

use assent_model::ids::ConsentId;

use super::CLIENTS;
use super::stage::{self, Stage, Turn};
use crate::Outcome;
use crate::child::Server;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, median, per_second};

/// How many decisions each number of clients asks for in a round, in the order of [`CLIENTS`]: the
/// bare server needs some twenty steps of its CPU clock for the fewest.
const DECISIONS: [usize; 3] = [4000, 8000, 12_000];

/// What one number of clients reached in one round.
struct Reached {
    per_cpu_second: f64,
    per_second: f64,
    /// Share of what the peer reached.
    of_peer: f64,
}

/// How many consents they are about, in turn.
const CONSENTS: usize = 2000;

/// Measures on a node of its own.
pub(super) async fn measure(figures: &mut Figures) -> Outcome<()> {
    let stage = Stage::start().await?;
    let pairs = stage.cast.pairs(CONSENTS);
    let consents: Vec<ConsentId> = pairs.iter().map(|pair| pair.source_id).collect();
    let answers = stage.prepare(pairs).await?;
    stage.send(64, answers).await?;
    let signer = stage.cast.archive.keys.signing.verifying_key();
    let peer = Server::start(&["peer", &serde_json::to_string(signer)?])?;
    let mut consents = consents.iter().cycle();
    let mut next = |count| {
        let records: Vec<ConsentId> = consents.by_ref().take(count).copied().collect();
        stage.cast.decisions(&records)
    };
    let mut reached: [Vec<Reached>; 3] = Default::default();
    let mut peers: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (at, (clients, count)) in CLIENTS.into_iter().zip(DECISIONS).enumerate() {
            let requests = next(count);
            let alone = stage::turn(&peer, clients, requests.clone()).await?;
            let raw = rate(&alone);
            let turn = stage.whole_turn(clients, requests).await?;
            let per_cpu_second = rate(&turn);
            reached[at].push(Reached {
                per_cpu_second,
                per_second: per_second(turn.load.answers.len(), turn.load.elapsed),
                of_peer: per_cpu_second / raw,
            });
            peers[at].push(raw);
        }
    }
    peer.stop()?;
    report(figures, &reached, &peers);
    stage.stop()
}

fn rate(turn: &Turn) -> f64 {
    per_second(turn.load.answers.len(), turn.cpu)
}

fn report(figures: &mut Figures, reached: &[Vec<Reached>; 3], peers: &[Vec<f64>; 3]) {
    let middle = |at: usize, of: fn(&Reached) -> f64| median(reached[at].iter().map(of));
    for (at, clients) in CLIENTS.iter().enumerate() {
        let peer = format!("bare axum server, {clients} clients");
        let raw = median(peers[at].iter().copied());
        figures.push(Figure::new(peer.clone(), raw, "/CPU-s"));
        let name = format!("decisions, {clients} clients");
        let figure = Figure::new(name, middle(at, |r| r.per_cpu_second), "/CPU-s");
        let figure = figure.against(peer, middle(at, |r| r.of_peer));
        let is_judged = *clients == 64;
        figures.push(if is_judged {
            figure.at_least(0.5)
        } else {
            figure
        });
    }
    for (at, clients) in CLIENTS.iter().enumerate() {
        let name = format!("decisions by the clock, {clients} clients");
        figures.push(Figure::new(name, middle(at, |r| r.per_second), "/s"));
    }
}
