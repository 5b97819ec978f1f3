//! One reader of many is shut out: by a rotation of the key tree, by sealing a new key to everybody
//! who stays, and by the commit of an MLS group.

use std::env;
use std::process::Command;
use std::time::Duration;

use assent_crypto::channel::{Body, Head, Lane, Record};
use assent_crypto::digest::Digest;
use assent_crypto::domains::SEAL_PATH_KEYS;
use assent_crypto::key_tree::{KeyTree, Leaf};
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::signature::SigningKey;
use serde::Deserialize;

use crate::Outcome;
use crate::cpu;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, float, median};

/// How many readers there are.
const READERS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

/// Readers of an MLS group: setting one up takes time with the square of them.
const MLS_READERS: [usize; 3] = [10, 100, 1_000];

/// The same, given minutes.
const MLS_READERS_LONG: [usize; 4] = [10, 100, 1_000, 10_000];

/// Removals that one round measures together: one takes a few microseconds.
const REMOVALS: usize = 64;

const CHANNEL: [u8; 32] = [7; 32];

/// What one removal costs.
#[derive(Clone, Copy)]
struct Cost {
    bytes: f64,
    micros: f64,
}

pub(super) fn run(figures: &mut Figures, is_long: bool) -> Outcome<()> {
    let in_mls: &[usize] = if is_long {
        &MLS_READERS_LONG
    } else {
        &MLS_READERS
    };
    for readers in READERS {
        let mut tree = Tree::of(readers);
        let (mut own, mut each, mut mls) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            own.push(tree.removal());
            each.push(sealed_to_each(readers));
            if in_mls.contains(&readers) {
                mls.push(commit("xwing", readers)?);
            }
        }
        report(figures, readers, &own, &each, &mls);
    }
    Ok(())
}

fn report(figures: &mut Figures, readers: usize, own: &[Cost], each: &[Cost], mls: &[Cost]) {
    let bytes = |costs: &[Cost]| median(costs.iter().map(|cost| cost.bytes));
    let micros = |costs: &[Cost]| median(costs.iter().map(|cost| cost.micros));
    let times = |less: f64, more: f64| if less > 0.0 { more / less } else { 0.0 };
    let is_largest = readers == READERS[READERS.len() - 1];
    let bounded = |figure: Figure, bound: f64| {
        if is_largest {
            figure.at_most(bound)
        } else {
            figure
        }
    };
    let name = |what: &str| format!("revoke 1 of {readers}: {what}");
    figures.push(bounded(
        Figure::new(name("bytes"), bytes(own), "B"),
        2_200.0,
    ));
    figures.push(bounded(Figure::new(name("CPU"), micros(own), "µs"), 100.0));
    for (peer, costs) in [("sealed to each, X-Wing", each), ("openmls, X-Wing", mls)] {
        if costs.is_empty() {
            continue;
        }
        let is_judged = readers == 1_000 && peer.starts_with("openmls");
        let ratio = times(bytes(own), bytes(costs));
        let figure = Figure::new(name(&format!("{peer}, bytes")), bytes(costs), "B");
        let figure = figure.against("ours", ratio);
        figures.push(if is_judged {
            figure.at_least(700.0)
        } else {
            figure
        });
        let ratio = times(micros(own), micros(costs));
        let figure = Figure::new(name(&format!("{peer}, CPU")), micros(costs), "µs");
        let figure = figure.against("ours", ratio);
        figures.push(if is_judged {
            figure.at_least(2_000.0)
        } else {
            figure
        });
    }
}

/// A lane with so many readers.
struct Tree {
    keys: KeyTree,
    leaves: Vec<Leaf>,
    device: SigningKey,
}

impl Tree {
    fn of(readers: usize) -> Self {
        let mut keys = KeyTree::new(CHANNEL);
        let leaves = (0..readers).map(|_| keys.admit().0).collect();
        Self {
            keys,
            leaves,
            device: SigningKey::generate(),
        }
    }

    /// The record that shuts out one reader, its signature with it. Who was shut out comes back, so
    /// that there are always as many; that is not counted.
    fn removal(&mut self) -> Cost {
        let (mut bytes, mut used) = (0, Duration::ZERO);
        for place in 0..REMOVALS {
            let place = place % self.leaves.len();
            let begin = cpu::of_thread();
            let rotation = self.keys.exclude(&[self.leaves[place]]);
            let head = Head {
                sequence: 1,
                prev: Digest::ZERO,
                as_of: 1,
                at: 1,
            };
            let lane = Lane(0);
            let record = Record::sign(
                &CHANNEL,
                &self.device,
                head,
                Body::Rotation { lane, rotation },
            );
            used += cpu::of_thread().saturating_sub(begin);
            bytes += record.bytes().len();
            self.leaves[place] = self.keys.admit().0;
        }
        Cost {
            bytes: float(bytes) / float(REMOVALS),
            micros: used.as_secs_f64() * 1e6 / float(REMOVALS),
        }
    }
}

/// A new key for everybody who stays.
fn sealed_to_each(readers: usize) -> Cost {
    // One reader's key stands for all: what sealing costs does not depend on whose it is.
    let reader = OpeningKey::generate();
    let (mut bytes, begin) = (0, cpu::of_thread());
    for number in 0..readers - 1 {
        let aad = number.to_be_bytes();
        let sealed = sealing::seal(
            reader.sealing_key(),
            SEAL_PATH_KEYS.as_bytes(),
            &aad,
            &[7; 32],
        );
        bytes += aad.len() + sealed.len();
    }
    let used = cpu::of_thread().saturating_sub(begin);
    Cost {
        bytes: float(bytes),
        micros: used.as_secs_f64() * 1e6,
    }
}

/// What the program of MLS prints.
#[derive(Deserialize)]
struct Printed {
    bytes: f64,
    cpu_micros: f64,
}

fn commit(suite: &str, readers: usize) -> Outcome<Cost> {
    let program = env::var_os("ASSENT_BENCH_MLS").ok_or("ASSENT_BENCH_MLS names no program")?;
    let output = Command::new(program)
        .args([suite, &readers.to_string()])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let printed: Printed = serde_json::from_slice(&output.stdout)?;
    Ok(Cost {
        bytes: printed.bytes,
        micros: printed.cpu_micros,
    })
}
