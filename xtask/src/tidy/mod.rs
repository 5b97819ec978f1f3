//! `cargo xtask tidy`: the house rules that neither rustfmt nor clippy can hold.
//!
//! Every file is read once and handed to each check in [`FILE_CHECKS`]. Rules about the tree as a
//! whole, in [`TREE_CHECKS`], look at a [`Tree`] gathered on the way. A check is a function from
//! what it looks at to what it found, so `tests.rs` can feed each a sample that must be found.

mod arrows;
mod functions;
mod links;
mod names;
mod packages;
mod purity;
mod sizes;
mod words;

#[cfg(test)]
mod tests;

use crate::repository;
use crate::test::Tally;
use crate::verdict;
use packages::Package;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::process::ExitCode;

/// A rule about one file.
type FileCheck = fn(&File) -> Vec<Finding>;

/// A rule about how files belong together.
type TreeCheck = fn(&Tree) -> Vec<Finding>;

/// What is checked in every file.
const FILE_CHECKS: [(&str, FileCheck); 8] = [
    ("files are small", sizes::bytes),
    ("source files are short", sizes::lines),
    ("functions are short", functions::length),
    ("names say what a thing is", names::check),
    ("nothing is left unfinished", words::unfinished),
    ("no machine or registry is named", words::places),
    ("nothing is switched off in silence", words::attributes),
    ("pure crates touch nothing outside", purity::source),
];

/// What is checked once every file is known.
const TREE_CHECKS: [(&str, TreeCheck); 5] = [
    ("crates depend along the arrows", arrows::direction),
    ("the architecture names every crate", arrows::named),
    ("pure crates have pure dependencies", purity::dependencies),
    ("pure crates have strict lints", purity::lints),
    ("links lead somewhere", links::resolve),
];

/// The page that has the arrows and the code map.
const ARCHITECTURE: &str = "ARCHITECTURE.md";

/// One file as a check sees it.
struct File<'a> {
    /// Path from the root, with slashes.
    path: &'a str,
    /// Size in bytes.
    bytes: usize,
    /// Its text; empty for a file that is not UTF-8.
    text: &'a str,
}

impl File<'_> {
    fn is(&self, extension: &str) -> bool {
        has_extension(self.path, extension)
    }

    /// The lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding::on_line(self.path, line, message)
    }
}

fn has_extension(path: &str, extension: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, last)| last == extension)
}

/// What rules about the whole tree look at.
#[derive(Default)]
struct Tree {
    /// Every file.
    paths: BTreeSet<String>,
    /// The texts of Markdown pages and clippy configurations, by path.
    texts: BTreeMap<String, String>,
    /// The crates of the workspace.
    packages: Vec<Package>,
}

impl Tree {
    fn add(&mut self, file: &File) {
        self.paths.insert(file.path.to_owned());
        if file.is("md") || file.path.ends_with("clippy.toml") {
            self.texts
                .insert(file.path.to_owned(), file.text.to_owned());
        }
    }

    /// The text of a file that [`Tree::add`] keeps; empty when it does not exist.
    fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }
}

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// From 1; 0 when the file as a whole is meant.
    line: usize,
    message: String,
}

impl Finding {
    /// A finding about a file as a whole.
    fn new(path: &str, message: impl Into<String>) -> Self {
        Self::on_line(path, 0, message)
    }

    fn on_line(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        if self.line == 0 {
            write!(formatter, "{}: {}", self.path, self.message)
        } else {
            write!(formatter, "{}:{}: {}", self.path, self.line, self.message)
        }
    }
}

/// The outcome of all checks.
#[derive(Default)]
pub(crate) struct Report {
    files: usize,
    /// Source files over the soft limit, which is a warning and no finding.
    long_files: usize,
    findings: BTreeMap<&'static str, Vec<Finding>>,
}

impl Report {
    /// Prints the findings by rule, then one line of counts.
    pub(crate) fn print(&self) {
        for (rule, findings) in self
            .findings
            .iter()
            .filter(|(_, findings)| !findings.is_empty())
        {
            println!("{rule}:");
            for finding in findings {
                println!("  {finding}");
            }
        }
        println!(
            "{} rules, {} broken; {} files, {} of them over {} lines",
            self.findings.len(),
            self.tally().failed,
            self.files,
            self.long_files,
            sizes::LINES_SOFT_MAX,
        );
    }

    /// Each rule is one check, however often it is broken.
    pub(crate) fn tally(&self) -> Tally {
        let failed = self
            .findings
            .values()
            .filter(|findings| !findings.is_empty())
            .count();
        Tally {
            passed: self.findings.len() - failed,
            failed,
            ignored: 0,
        }
    }
}

/// Checks the repository and prints what is wrong with it.
pub(crate) fn run() -> io::Result<ExitCode> {
    let report = inspect()?;
    report.print();
    Ok(verdict(report.tally().failed == 0))
}

/// Runs every check on every file.
pub(crate) fn inspect() -> io::Result<Report> {
    let mut report = Report::default();
    let mut tree = Tree {
        packages: packages::workspace()?,
        ..Tree::default()
    };
    for path in repository::files()? {
        let content = fs::read(repository::root().join(&path))?;
        let file = File {
            path: &path,
            bytes: content.len(),
            text: str::from_utf8(&content).unwrap_or_default(),
        };
        for (rule, check) in FILE_CHECKS {
            report
                .findings
                .entry(rule)
                .or_default()
                .extend(check(&file));
        }
        report.files += 1;
        report.long_files += usize::from(sizes::is_long(&file));
        tree.add(&file);
    }
    for (rule, check) in TREE_CHECKS {
        report.findings.insert(rule, check(&tree));
    }
    Ok(report)
}
