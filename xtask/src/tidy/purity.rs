//! What keeps the pure crates pure: no runtime among their dependencies, no ambient state in their
//! source, and clippy configurations that say the same.

use super::packages::Package;
use super::words::contains_word;
use super::{File, Finding, Tree, has_extension};

/// The crates that compute and do nothing else. `meter` is one as a library; its binary is not.
const PURE: [&str; 5] = ["crypto", "model", "exchange", "ledger", "api"];

/// Dependencies that bring a runtime, sockets, files or ambient randomness.
const IMPURE_DEPENDENCIES: [&str; 5] = ["tokio", "reqwest", "axum", "sea-orm", "rand"];

/// What a pure source file does not mention: iteration orders that differ from run to run, clocks,
/// files, sockets.
const IMPURE_WORDS: [&str; 6] = [
    "HashMap",
    "HashSet",
    "SystemTime::now",
    "Instant::now",
    "std::fs",
    "std::net",
];

/// No pure crate depends on a runtime, other than for its tests.
pub(super) fn dependencies(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_pure = |package: &&Package| PURE.contains(&package.short_name());
    for package in tree.packages.iter().filter(is_pure) {
        let manifest = format!("{}/Cargo.toml", package.folder);
        for dependency in &package.dependencies {
            if IMPURE_DEPENDENCIES.contains(&dependency.as_str()) {
                let message = format!("a pure crate does not depend on {dependency}");
                findings.push(Finding::new(&manifest, message));
            }
        }
    }
    findings
}

/// No pure source file mentions clock, file, socket or hash map. Comments may.
pub(super) fn source(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !is_pure(file.path) {
        return findings;
    }
    let is_code = |(_, line): &(usize, &str)| !line.trim_start().starts_with("//");
    for (number, line) in file.lines().filter(is_code) {
        for word in IMPURE_WORDS {
            if contains_word(line, word) {
                findings.push(file.finding(number, format!("a pure crate does not use {word}")));
            }
        }
    }
    findings
}

/// A crate's own clippy.toml replaces that of the root, so every pure crate has a copy of the same
/// strict one, and that repeats the root's lines.
pub(super) fn lints(tree: &Tree) -> Vec<Finding> {
    let first = configuration(PURE[0]);
    let strict = tree.text(&first);
    let mut findings = Vec::new();
    for line in tree.text("clippy.toml").lines() {
        if !strict.contains(line) {
            let message = format!("the root's line is missing: {line}");
            findings.push(Finding::new(&first, message));
        }
    }
    for path in PURE.into_iter().map(configuration) {
        if !tree.paths.contains(&path) {
            findings.push(Finding::new(&path, "a pure crate has its own clippy.toml"));
        } else if tree.text(&path) != strict {
            findings.push(Finding::new(&path, format!("differs from {first}")));
        }
    }
    findings
}

fn configuration(crate_name: &str) -> String {
    format!("crates/{crate_name}/clippy.toml")
}

fn is_pure(path: &str) -> bool {
    let Some((name, source)) = path
        .strip_prefix("crates/")
        .and_then(|path| path.split_once("/src/"))
        .filter(|_| has_extension(path, "rs"))
    else {
        return false;
    };
    let is_binary = source == "main.rs" || source.starts_with("bin/");
    PURE.contains(&name) || (name == "meter" && !is_binary)
}
