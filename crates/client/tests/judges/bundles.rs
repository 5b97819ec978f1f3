//! The verifier of this crate and the one in Python agree on every bundle.

use std::fmt::Write as _;
use std::fs;

use assent_client::evidence::{Trust, verify};
use serde::Deserialize;
use tempfile::TempDir;

use crate::stories::{self, Story};
use crate::tampering::{Parts, Tampered};
use crate::tools::Program;

/// What the Python verifier says of one file.
#[derive(Debug, Deserialize)]
struct Verdict {
    verified: bool,
    code: Option<String>,
    status: Option<String>,
}

/// The verdicts of the Python verifier on these bundles, and its exit code.
fn judge_in_python<'b>(bundles: impl IntoIterator<Item = &'b str>) -> (Vec<Verdict>, Option<i32>) {
    let folder = TempDir::new().unwrap();
    let mut arguments = vec!["--json".to_owned()];
    for (number, bundle) in bundles.into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, bundle).unwrap();
        arguments.push(path.to_str().unwrap().to_owned());
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = Program::python("examples/verify-python/verify_bundle.py").run(&arguments, "");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let verdicts = lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    (verdicts, output.status.code())
}

#[track_caller]
fn check_agreement(bundles: &[Tampered]) {
    let start = std::time::Instant::now();
    let mut dump = String::new();
    for one in bundles {
        let ours = verify(&one.bundle, &Trust::FirstUse);
        let code = ours.as_ref().map(|_| "ok").unwrap_or_else(|error| error.code());
        let line = serde_json::json!({"name": one.name, "bundle": one.bundle, "code": code});
        writeln!(dump, "{line}").unwrap();
    }
    fs::write("/tmp/judges-dev/tampered.jsonl", &dump).unwrap();
    eprintln!("{} ours in {:?}", bundles.len(), start.elapsed());
    let (verdicts, _) = judge_in_python(bundles.iter().map(|one| one.bundle.as_str()));
    eprintln!("{} in {:?}", bundles.len(), start.elapsed());
    assert_eq!(verdicts.len(), bundles.len());
    let mut report = String::new();
    for (tampered, theirs) in bundles.iter().zip(&verdicts) {
        let ours = verify(&tampered.bundle, &Trust::FirstUse);
        let ours = ours.as_ref().map(|_| ()).map_err(|error| error.code());
        if ours.is_ok() != theirs.verified {
            writeln!(
                report,
                "VERDICT {}: {ours:?} {:?}",
                tampered.name, theirs.code
            )
            .unwrap();
        } else if ours.err() != theirs.code.as_deref() {
            writeln!(report, "CODE {}: {ours:?} {:?}", tampered.name, theirs.code).unwrap();
        } else {
            writeln!(report, "same {}: {ours:?}", tampered.name).unwrap();
        }
    }
    fs::write("/tmp/judges-dev/report.txt", &report).unwrap();
}

#[test]
fn good_bundles_are_verified() {
    let stories = stories::all();
    let bundles: Vec<String> = stories.iter().map(Story::bundle).collect();
    for (i, b) in bundles.iter().enumerate() {
        fs::write(format!("/tmp/judges-dev/good-{i}.json"), b).unwrap();
    }
    let (verdicts, exit) = judge_in_python(bundles.iter().map(String::as_str));
    for (story, verdict) in stories.iter().zip(&verdicts) {
        assert!(verdict.verified, "{}: {verdict:?}", story.name);
    }
    assert_eq!(exit, Some(0));
}

#[test]
fn members() {
    let story = stories::eventful();
    let parts = Parts::of(&story);
    let mut all = parts.tampered(&story.keys, None);
    all.extend(parts.reordered(&story.keys));
    check_agreement(&all);
}
