//! The verifier of this crate and the one in Python say the same of every bundle.
//!
//! The second was written from `docs/reference` alone: where the two differ, the documentation is
//! wrong, or one of them is.

use std::fs;

use assent_client::evidence::{Trust, verify};
use serde::Deserialize;
use tempfile::TempDir;

use crate::damage;
use crate::stories::{self, Story};
use crate::tampering::Parts;
use crate::tools::{Program, root};

/// What can be said otherwise, by whoever signs it, without a contradiction to anything else.
const INDIFFERENT: &[&str] = &[
    "/acknowledgement ",
    "/by_link ",
    "/descriptions/",
    "/form ",
    "/height ",
    "/time ",
    "/payload/exp ",
    "/payload/iat ",
    "/payload/jti ",
    "/registration/payload/statement/custody ",
    "/registration/payload/statement/kind ",
    "/request/payload/statement/answer_by ",
    "/role_specific_part/alias ",
    "/statement/receipts",
    "/record_id ",
    // Whose log it is, only what is known beforehand can say.
    "/checkpoint_key/x ",
    // Of the record of the other service, and between two others.
    "/consent_status ",
    "/resource_set/readings/1 removed",
    "acknowledged /leaves/",
];

/// A bundle, and what is wrong with it.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bundle: String,
}

/// What the Python verifier says of one bundle.
#[derive(Debug, Deserialize)]
struct Verdict {
    verified: bool,
    code: Option<String>,
    status: Option<String>,
    operator: Option<String>,
}

fn verifier() -> Program {
    Program::python("examples/verify-python/verify_bundle.py")
}

/// The verdicts of the Python verifier on all samples, in one run, and its exit code.
fn judge_in_python(samples: &[Sample], options: &[&str]) -> (Vec<Verdict>, Option<i32>) {
    let folder = TempDir::new().unwrap();
    let mut arguments: Vec<String> = options.iter().map(ToString::to_string).collect();
    arguments.push("--json".to_owned());
    for (number, sample) in samples.iter().enumerate() {
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, &sample.bundle).unwrap();
        arguments.push(path.to_str().unwrap().to_owned());
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = verifier().run(&arguments, "");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let verdicts: Vec<Verdict> = lines
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(verdicts.len(), samples.len());
    (verdicts, output.status.code())
}

/// The code of the error, or `verified`.
fn our_verdict(bundle: &str, trust: &Trust) -> &'static str {
    verify(bundle, trust).map_or_else(assent_client::evidence::EvidenceError::code, |_| "verified")
}

/// Checks that both verifiers say the same of each sample, and returns what they say.
#[track_caller]
fn check_agreement(samples: &[Sample], trust: &Trust, options: &[&str]) -> Vec<&'static str> {
    let (verdicts, exit) = judge_in_python(samples, options);
    let mut differences = Vec::new();
    let mut ours = Vec::new();
    for (sample, verdict) in samples.iter().zip(&verdicts) {
        let own = our_verdict(&sample.bundle, trust);
        let theirs = verdict.code.as_deref().unwrap_or("verified");
        if own != theirs || verdict.verified != (own == "verified") {
            differences.push(format!("{}: {own} here, {theirs} there", sample.name));
        }
        ours.push(own);
    }
    assert!(differences.is_empty(), "{differences:#?}");
    let all_verified = ours.iter().all(|own| *own == "verified");
    assert_eq!(exit, Some(i32::from(!all_verified)));
    ours
}

fn sample(story: &Story) -> Sample {
    Sample {
        name: story.name.to_owned(),
        bundle: story.bundle(),
    }
}

#[test]
fn good_bundles_are_verified() {
    let samples: Vec<Sample> = stories::all().iter().map(sample).collect();
    let (verdicts, exit) = judge_in_python(&samples, &[]);
    for (sample, verdict) in samples.iter().zip(&verdicts) {
        let report = verify(&sample.bundle, &Trust::FirstUse).unwrap();
        let status = format!("{:?}", report.status).to_lowercase();
        let status = status.split(' ').next();
        assert!(verdict.verified, "{}: {verdict:?}", sample.name);
        assert_eq!(verdict.status.as_deref(), status, "{}", sample.name);
        let operator = Some(report.operator.to_string());
        assert_eq!(verdict.operator, operator, "{}", sample.name);
    }
    assert_eq!(exit, Some(0));
}

#[test]
fn what_is_pinned_decides() {
    let story = stories::eventful();
    let operator = &story.cast.world.operator;
    let stranger = story.cast.requester.keys.party_id();
    let key = *operator.checkpoint_key.verifying_key();
    let other_key = *operator.token_key.verifying_key();
    let rows = [
        (Trust::Operator(operator.keys.party_id()), "verified"),
        (Trust::Operator(stranger), "log-untrusted"),
        (Trust::CheckpointKey(key), "verified"),
        (Trust::CheckpointKey(other_key), "log-untrusted"),
    ];
    for (trust, expected) in rows {
        let option = match &trust {
            Trust::Operator(operator) => format!("--operator={operator}"),
            Trust::CheckpointKey(key) => {
                let jwk = serde_json::to_value(key).unwrap();
                format!("--checkpoint-key={}", jwk["x"].as_str().unwrap())
            }
            Trust::FirstUse => unreachable!("no row trusts on first use"),
        };
        assert_eq!(
            check_agreement(&[sample(&story)], &trust, &[&option]),
            [expected],
            "{option}"
        );
    }
}

#[test]
fn damaged_documents_are_refused() {
    let samples = damage::of_document(&stories::eventful().bundle());
    let verdicts = check_agreement(&samples, &Trust::FirstUse, &[]);
    for (sample, verdict) in samples.iter().zip(verdicts) {
        assert_ne!(verdict, "verified", "{}", sample.name);
    }
    // The exit code of a run is that of its worst bundle, so some are judged alone.
    for sample in samples.into_iter().step_by(8) {
        let (_, exit) = judge_in_python(&[sample], &[]);
        assert_eq!(exit, Some(1));
    }
}

#[test]
fn entries_that_are_left_out_are_missed() {
    for story in stories::all() {
        let samples = story.bundles_without_one();
        let verdicts = check_agreement(&samples, &Trust::FirstUse, &[]);
        for (sample, verdict) in samples.iter().zip(verdicts) {
            // What has no status can be left out; everything else cannot.
            let has_no_status = ["acknowledged", "acknowledgement-missed", "recorded"];
            let may_be_absent = has_no_status.iter().any(|kind| sample.name.ends_with(kind));
            let accepted = verdict == "verified";
            assert!(may_be_absent || !accepted, "{}", sample.name);
        }
    }
}

#[test]
fn entries_of_others_are_refused() {
    for story in [stories::eventful(), stories::described_in_full()] {
        let samples = story.bundles_with_one_more();
        assert!(!samples.is_empty(), "{}", story.name);
        let verdicts = check_agreement(&samples, &Trust::FirstUse, &[]);
        assert!(!verdicts.contains(&"verified"), "{}", story.name);
    }
}

#[test]
fn no_byte_of_a_document_can_be_changed() {
    let bundle = stories::eventful().bundle();
    let verdicts = check_agreement(&damage::of_bytes(&bundle), &Trust::FirstUse, &[]);
    assert!(!verdicts.contains(&"verified"));
}

#[test]
fn statements_that_are_spelled_otherwise_are_unreadable() {
    let samples = damage::of_spelling(&stories::eventful().bundle());
    assert!(samples.len() > 5, "{}", samples.len());
    let verdicts = check_agreement(&samples, &Trust::FirstUse, &[]);
    assert!(
        verdicts.iter().all(|one| *one == "entry-unreadable"),
        "{verdicts:?}"
    );
}

#[test]
fn members_that_were_signed_anew_are_judged_alike() {
    let story = stories::eventful();
    let parts = Parts::of(&story);
    let tampered = parts.tampered(&story.keys, |_| true);
    let verdicts = check_agreement(&tampered, &Trust::FirstUse, &[]);
    let accepted = tampered
        .iter()
        .zip(verdicts)
        .filter(|(_, one)| *one == "verified");
    let decides = |name: &str| !INDIFFERENT.iter().any(|part| name.contains(part));
    let wrongly: Vec<&str> = accepted
        .map(|(sample, _)| sample.name.as_str())
        .filter(|name| decides(name))
        .collect();
    assert!(wrongly.is_empty(), "{wrongly:#?}");
}

#[test]
fn members_of_rare_parts_are_judged_alike() {
    let [superseded, successor] = stories::superseded();
    let rows: Vec<(Story, &[&str])> = vec![
        (superseded, &["given", "superseded"]),
        (successor, &["given"]),
        (stories::own_data(), &["requested", "given"]),
        (
            stories::missed(),
            &["status-changed", "acknowledgement-missed"],
        ),
        (stories::recovered(), &["recovered"]),
        (stories::expired(), &["expired"]),
        (stories::described_in_full(), &["descriptions"]),
    ];
    for (story, wanted) in rows {
        let parts = Parts::of(&story);
        let tampered = parts.tampered(&story.keys, |part| wanted.contains(&part));
        assert!(tampered.len() > 10, "{}", story.name);
        check_agreement(&tampered, &Trust::FirstUse, &[]);
    }
}

#[test]
fn entries_in_another_order_are_judged_alike() {
    for story in [stories::eventful(), stories::missed()] {
        let reordered = Parts::of(&story).reordered(&story.keys);
        check_agreement(&reordered, &Trust::FirstUse, &[]);
    }
}

#[test]
fn the_bundle_of_the_guide_is_verified() {
    let path = root().join("fixtures/evidence/bundle.json");
    if std::env::var_os("ASSENT_WRITE_FIXTURES").is_some() {
        fs::write(&path, stories::eventful().bundle()).unwrap();
    }
    let kept = Sample {
        name: "the fixture".to_owned(),
        bundle: fs::read_to_string(&path).unwrap(),
    };
    assert_eq!(
        check_agreement(&[kept], &Trust::FirstUse, &[]),
        ["verified"]
    );
    let output = verifier().run(&[path.to_str().unwrap()], "");
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.starts_with("VERIFIED: cns_"), "{report}");
}
