//! `cargo xtask test`: everything that must hold before a change is merged.
//!
//! A stage that fails makes the run fail and lets the later ones go on, so that one run tells
//! everything.

use crate::repository::{self, cargo};
use crate::setup::{self, Tools};
use crate::{demo, tidy, verdict, web};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::ops::AddAssign;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// How many checks a stage ran, by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Checks that held.
    pub(crate) passed: usize,
    /// Checks that did not.
    pub(crate) failed: usize,
    /// Checks that were left out.
    pub(crate) ignored: usize,
}

impl Tally {
    fn one(held: bool) -> Self {
        Self {
            passed: usize::from(held),
            failed: usize::from(!held),
            ignored: 0,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

type Stage = fn(&Tools) -> io::Result<Tally>;

const STAGES: [(&str, Stage); 8] = [
    ("fmt", fmt),
    // Before anything is compiled that takes the wallet in.
    ("web", wallet),
    ("clippy", clippy),
    ("lean", lean),
    ("tidy", tidy),
    ("tests", tests),
    ("demo", demonstration),
    ("pages", pages),
];

/// Runs every stage and ends with the line `N passed, N failed`.
pub(crate) fn run() -> ExitCode {
    let mut tools = Tools::default();
    let mut total = timed("setup", || {
        let (found, failures) = setup::install();
        tools = found;
        Ok(Tally {
            failed: failures,
            ..Tally::default()
        })
    });
    for (name, stage) in STAGES {
        total += timed(name, || stage(&tools));
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    verdict(total.failed == 0)
}

/// Runs one stage between a heading and a line with its time and counts. A stage that could not run
/// at all is one failed check.
fn timed(name: &str, stage: impl FnOnce() -> io::Result<Tally>) -> Tally {
    println!("== {name}");
    let start = Instant::now();
    let tally = stage().unwrap_or_else(|error| {
        eprintln!("{name}: {error}");
        Tally::one(false)
    });
    let seconds = start.elapsed().as_secs_f32();
    let outcome = if tally.failed == 0 { "ok" } else { "FAILED" };
    println!(
        "== {name}: {outcome} in {seconds:.1} s ({} passed, {} failed, {} ignored)\n",
        tally.passed, tally.failed, tally.ignored
    );
    tally
}

fn fmt(_: &Tools) -> io::Result<Tally> {
    held(cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(_: &Tools) -> io::Result<Tally> {
    held(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn tidy(_: &Tools) -> io::Result<Tally> {
    let report = tidy::inspect()?;
    report.print();
    Ok(report.tally())
}

/// Makes the wallet of the browser, and tests it.
fn wallet(_: &Tools) -> io::Result<Tally> {
    web::run().map(|_| Tally::one(true))
}

/// Runs the tests of every crate and adds up their result lines.
fn tests(tools: &Tools) -> io::Result<Tally> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    counted(tools.export(&mut command), result_line)
}

/// Runs a command, prints what it prints, and adds up the lines that have counts in them.
fn counted(command: &mut Command, counts: fn(&str) -> Option<Tally>) -> io::Result<Tally> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().expect("the output is piped");
    let mut tally = Tally::default();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        tally += counts(&line).unwrap_or_default();
    }
    // A crate that does not compile, or a runner that crashes, prints no such line.
    if !child.wait()?.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`, the last line of every test binary.
pub(crate) fn result_line(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |outcome: &str| {
        counts
            .split("; ")
            .find_map(|part| part.strip_suffix(outcome)?.trim().parse().ok())
    };
    Some(Tally {
        passed: count("passed")?,
        failed: count("failed")?,
        ignored: count("ignored")?,
    })
}

/// Looks at every page of a running node in a browser. The pictures stay in `target/pages`.
fn pages(tools: &Tools) -> io::Result<Tally> {
    programs()?;
    let target = repository::target()?;
    let mut command = Command::new("node");
    command
        .current_dir(repository::root())
        .args(["--test", "--test-concurrency=2", "--test-reporter=spec"])
        .args(page_tests()?)
        .env("ASSENT_TEST_COMMAND", target.join("debug/assent"))
        .env("ASSENT_TEST_PICTURES", target.join("pages"));
    counted(tools.export(&mut command), runner_line)
}

/// Every file of tests in the folder of pages; the one that takes longest goes first, so that the others
/// run beside it.
fn page_tests() -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repository::root().join("tests/pages"))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            found.push(path);
        }
    }
    found.sort_by_key(|path| (!path.ends_with("pages.test.mjs"), path.clone()));
    Ok(found)
}

/// Builds the programs with the features that the tests have just compiled everything with, so that
/// nothing is compiled twice. [`lean`] has looked at what the demonstration builds by itself.
fn programs() -> io::Result<()> {
    repository::succeed(cargo().args(["build", "--workspace", "--bins", "--tests"]))
}

/// Checks what `cargo xtask demo` builds: without the features that only tests ask for.
fn lean(_: &Tools) -> io::Result<Tally> {
    held(cargo().arg("check").args(demo::PACKAGES))
}

/// Reads `ℹ pass 3`, `ℹ fail 1` and the like: the last lines of Node's test runner.
pub(crate) fn runner_line(line: &str) -> Option<Tally> {
    let (outcome, count) = line.strip_prefix("ℹ ")?.split_once(' ')?;
    let count = count.parse().ok()?;
    let mut tally = Tally::default();
    match outcome {
        "pass" => tally.passed = count,
        "fail" | "cancelled" => tally.failed = count,
        "skipped" | "todo" => tally.ignored = count,
        _ => return None,
    }
    Some(tally)
}

/// Runs the demonstration once, then verifies the evidence it left, as a stranger would.
fn demonstration(_: &Tools) -> io::Result<Tally> {
    programs()?;
    let out = repository::target()?.join("demo");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let mut tally = held(demo::assent()?.args(["demo", "--once", "--out"]).arg(&out))?;
    let bundles = bundles(&out)?;
    if bundles.is_empty() {
        return Err(io::Error::other(
            "the demonstration left no evidence bundle",
        ));
    }
    for bundle in bundles {
        tally += held(demo::assent()?.arg("verify").arg(bundle))?;
    }
    Ok(tally)
}

/// The evidence bundles below a folder: the files whose names end in `bundle.json`.
fn bundles(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(bundles(&path)?);
        } else if path.to_string_lossy().ends_with("bundle.json") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Runs a command that is one check: it holds when the command succeeds.
fn held(command: &mut Command) -> io::Result<Tally> {
    Ok(Tally::one(command.status()?.success()))
}
