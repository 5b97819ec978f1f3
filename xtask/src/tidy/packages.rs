//! The crates of the workspace and what they depend on, as cargo tells it.

use crate::repository;
use serde_json::Value;
use std::io;

/// One crate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// The full name, such as `assent-model`.
    pub(super) name: String,
    /// Its folder from the root, such as `crates/model`.
    pub(super) folder: String,
    /// Full names of what it depends on; what only its tests depend on is left out.
    pub(super) dependencies: Vec<String>,
}

impl Package {
    /// The name as ARCHITECTURE.md writes it, without the prefix of the product.
    pub(super) fn short_name(&self) -> &str {
        short(&self.name)
    }
}

/// A crate's name without the prefix of the product.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix("assent-").unwrap_or(name)
}

/// The members of the workspace.
pub(super) fn workspace() -> io::Result<Vec<Package>> {
    let metadata = repository::output(repository::cargo().args([
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    parse(&metadata)
}

/// Reads the output of `cargo metadata`.
pub(super) fn parse(metadata: &str) -> io::Result<Vec<Package>> {
    let metadata: Value = serde_json::from_str(metadata)?;
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let packages = metadata["packages"]
        .as_array()
        .ok_or_else(|| io::Error::other("cargo metadata lists no packages"))?;
    Ok(packages.iter().map(|package| read(root, package)).collect())
}

fn read(root: &str, package: &Value) -> Package {
    let text = |field: &str| package[field].as_str().unwrap_or_default();
    let manifest = text("manifest_path");
    let folder = manifest
        .strip_prefix(root)
        .unwrap_or(manifest)
        .trim_start_matches('/')
        .trim_end_matches("/Cargo.toml");
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    Package {
        name: text("name").to_owned(),
        folder: folder.to_owned(),
        dependencies: dependencies
            .filter(|dependency| dependency["kind"] != "dev")
            .filter_map(|dependency| dependency["name"].as_str())
            .map(str::to_owned)
            .collect(),
    }
}
