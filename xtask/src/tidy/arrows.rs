//! Which crate may depend on which: the table in ARCHITECTURE.md, compared with what cargo tells.

use super::packages::short;
use super::{ARCHITECTURE, Finding, Tree};
use std::collections::BTreeMap;

/// The mark of the fenced block that has the table, one `name -> name name` a line.
const FENCE: &str = "```arrows";

/// Every dependency between crates of the workspace is allowed by the table.
pub(super) fn direction(tree: &Tree) -> Vec<Finding> {
    let allowed = table(tree.text(ARCHITECTURE));
    let members: Vec<&str> = tree
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut findings = Vec::new();
    for package in &tree.packages {
        let manifest = format!("{}/Cargo.toml", package.folder);
        let name = package.short_name();
        let Some(targets) = allowed.get(name) else {
            let message = format!("{name} has no line of arrows in {ARCHITECTURE}");
            findings.push(Finding::new(&manifest, message));
            continue;
        };
        for dependency in &package.dependencies {
            let target = short(dependency);
            if members.contains(&dependency.as_str()) && !targets.contains(&target) {
                let message = format!("{ARCHITECTURE} has no arrow {name} -> {target}");
                findings.push(Finding::new(&manifest, message));
            }
        }
    }
    findings
}

/// Every crate's folder is named in the code map.
pub(super) fn named(tree: &Tree) -> Vec<Finding> {
    let text = tree.text(ARCHITECTURE);
    tree.packages
        .iter()
        .map(|package| format!("`{}`", package.folder))
        .filter(|folder| !text.contains(folder))
        .map(|folder| Finding::new(ARCHITECTURE, format!("{folder} is not named")))
        .collect()
}

/// Reads the table.
fn table(architecture: &str) -> BTreeMap<&str, Vec<&str>> {
    architecture
        .lines()
        .skip_while(|line| *line != FENCE)
        .skip(1)
        .take_while(|line| !line.starts_with("```"))
        .filter_map(|line| line.split_once("->"))
        .map(|(name, targets)| (name.trim(), targets.split_whitespace().collect()))
        .collect()
}
