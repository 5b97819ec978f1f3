//! Telegrams a second, beside `dsmr_parser` on the same bytes.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use assent_meter::household::Household;
use assent_meter::zone::Zone;
use assent_meter::{Framer, Telegram};

use crate::Outcome;
use crate::cpu;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, float, median, per_second};

/// 2026-06-01T00:00:00 in Amsterdam.
const START: i64 = 1_780_264_800;

/// Telegrams that a round reads.
const TELEGRAMS: usize = 20_000;

/// Of which the peer reads so many.
const FOR_PEER: usize = 300;

/// Reads telegrams from standard input until it ends, and prints telegrams a CPU-second.
const PEER: &str = "
import sys, time
from dsmr_parser import telegram_specifications
from dsmr_parser.parsers import TelegramParser
text = sys.stdin.read()
telegrams = ['/' + part for part in text.split('/') if part.strip()]
parser = TelegramParser(telegram_specifications.V5)
begin = time.process_time()
for telegram in telegrams:
    parser.parse(telegram)
print(len(telegrams) / (time.process_time() - begin))
";

pub(super) fn run(figures: &mut Figures) -> Outcome<()> {
    let household = Household::new(Zone::default(), START, 1);
    let telegrams: Vec<Vec<u8>> = household.take(TELEGRAMS).collect();
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        own.push(ours(&telegrams)?);
        peer.push(theirs(&telegrams[..FOR_PEER])?);
    }
    let ratio = median(own.iter().zip(&peer).map(|(own, peer)| own / peer));
    let name = "P1 telegrams framed, checked and parsed";
    let figure = Figure::new(name, median(own), "/CPU-s").against("dsmr_parser", ratio);
    figures.push(figure.at_least(100.0));
    figures.push(Figure::new("dsmr_parser", median(peer), "/CPU-s"));
    Ok(())
}

fn ours(telegrams: &[Vec<u8>]) -> Outcome<f64> {
    let begin = cpu::of_thread();
    let mut framer = Framer::new();
    let mut objects = 0;
    for bytes in telegrams {
        let mut input = bytes.as_slice();
        let frame = framer.read(&mut input).ok_or("a telegram is whole")??;
        objects += Telegram::parse(&frame).objects.len();
    }
    let used: Duration = cpu::of_thread().saturating_sub(begin);
    if float(objects) < float(telegrams.len()) {
        return Err("the telegrams say nothing".into());
    }
    Ok(per_second(telegrams.len(), used))
}

fn theirs(telegrams: &[Vec<u8>]) -> Outcome<f64> {
    let python = env::var_os("ASSENT_TEST_PYTHON").ok_or("ASSENT_TEST_PYTHON names no Python")?;
    let mut child = Command::new(python)
        .args(["-c", PEER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("it is piped")?;
    stdin.write_all(&telegrams.concat())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err("dsmr_parser failed".into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
