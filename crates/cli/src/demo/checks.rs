//! What a story checks after a step.

use std::fs;
use std::path::{Path, PathBuf};

use assent_client::evidence::{self, Trust};
use assent_exchange::consent::state::Status;
use assent_model::ids::ConsentId;
use assent_model::names::ConceptId;
use serde::Deserialize;

use super::Stage;
use super::node_process::{assent, failed};
use crate::failure::{Doing, Failure};
use crate::session::Session;

/// The exit code of a command that says that something does not hold.
const PROBLEM: i32 = 1;

/// Ends the story where something that must hold does not.
pub(super) fn ensure(holds: bool, what: &str) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::problem(format!("what must hold does not: {what}")))
    }
}

/// Ends the story unless something was refused for this reason.
pub(super) fn ensure_refused<T>(result: Result<T, Failure>, code: &str) -> Result<(), Failure> {
    match result {
        Ok(_) => Err(Failure::problem(format!(
            "what must be refused with {code} was not"
        ))),
        Err(failure) if failure.code() == Some(code) => Ok(()),
        Err(failure) => {
            Err(failure).doing(format!("what must be refused with {code} fails otherwise"))
        }
    }
}

/// A concept by its name.
pub(super) fn concept(name: &str) -> ConceptId {
    name.parse().expect("the concepts of a story are names")
}

/// A number of things, in words.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}

/// The beginning of an id: enough to tell it from the others of a story.
pub(super) fn short(id: &impl ToString) -> String {
    let id = id.to_string();
    let end = id.len().min(12);
    format!("{}…", &id[..end])
}

/// Exports the evidence of a consent into the folder of evidence, under this name. It must hold, and
/// show the status that the story came to.
pub(super) async fn export(
    session: &Session,
    sink: ConsentId,
    status: Status,
    name: &str,
    stage: &mut Stage<'_>,
) -> Result<PathBuf, Failure> {
    let bundle = session.client.evidence(sink).await;
    let bundle = bundle.doing("the evidence cannot be exported")?;
    let trust = Trust::Operator(session.chain.operator);
    let report = evidence::verify(&bundle, &trust).doing("the evidence does not hold")?;
    ensure(report.cr_id == sink, "the evidence is about the consent")?;
    ensure(
        report.status == status,
        "the evidence shows how the consent stands",
    )?;
    let path = stage.out.join(name);
    fs::write(&path, &bundle).doing(format!("{} cannot be written", path.display()))?;
    stage
        .narrator
        .step("household", "exports the evidence", &short(&report.cr_id));
    Ok(path)
}

#[derive(Deserialize)]
struct Proven {
    pinned: bool,
}

/// Runs `assent verify`, which must accept the bundle.
pub(super) async fn verify(bundle: &Path, operator: &str) -> Result<(), Failure> {
    let verified = run_verify(bundle, operator).await?;
    if !verified.status.success() {
        return Err(failed("`assent verify`", &verified.stderr));
    }
    let proven: Proven =
        serde_json::from_slice(&verified.stdout).doing("`assent verify` says nothing")?;
    ensure(proven.pinned, "the bundle is held against the operator")
}

/// Runs `assent verify` on a copy with one bit changed, which it must not accept; what it says.
pub(super) async fn refuses_changed(bundle: &Path, operator: &str) -> Result<String, Failure> {
    let mut bytes = fs::read(bundle).doing("the bundle cannot be read")?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let folder = tempfile::tempdir().doing("a folder for the changed bundle cannot be made")?;
    let changed = folder.path().join("changed.json");
    fs::write(&changed, bytes).doing("the changed bundle cannot be written")?;
    let verified = run_verify(&changed, operator).await?;
    ensure(
        verified.status.code() == Some(PROBLEM),
        "a changed bundle proves nothing",
    )?;
    let said = String::from_utf8_lossy(&verified.stderr);
    let code = said
        .split_once('[')
        .and_then(|(_, rest)| rest.split_once(']'));
    Ok(code.map_or_else(
        || "the bundle cannot be read".to_owned(),
        |(code, _)| code.to_owned(),
    ))
}

async fn run_verify(bundle: &Path, operator: &str) -> Result<std::process::Output, Failure> {
    let mut command = assent()?;
    command
        .args(["verify", "--json", "--operator", operator])
        .arg(bundle);
    command
        .output()
        .await
        .doing("`assent verify` cannot be run")
}
