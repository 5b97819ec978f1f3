//! How the command is called, and what its exit codes say.

use crate::program::{assent, folder, repository, text};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";
const PARTY: &str = "prt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[test]
fn a_wrong_call_is_2() {
    assent(&[]).failed(2, "Usage: assent");
    assent(&["party", "show", "prt_short"]).failed(2, "not an id of the form `prt_`");
    assent(&[
        "give",
        "crq_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "--until",
        "soon",
        "--wallet",
        "w",
    ])
    .failed(2, "neither a day such as");
    assent(&["demo", "--only", "nothing"]).failed(2, "invalid value 'nothing'");
    assent(&["party", "show", PARTY, "--node", "node.example"])
        .failed(2, "is not the address of a node");
    assent(&["party", "show", PARTY, "--node", "http://node.example"])
        .failed(2, "plain http is for loopback");
}

#[test]
fn nobody_there_is_3() {
    assent(&["party", "show", PARTY, "--node", NOWHERE])
        .failed(3, "because the server cannot be reached");
    let empty = folder();
    for command in ["serve", "backup"] {
        let mut arguments = vec![command, "--data-dir", text(empty.path())];
        if command == "backup" {
            arguments.push("somewhere");
        }
        assent(&arguments).failed(3, "run `assent init` first");
    }
}

#[test]
fn what_does_not_hold_is_1() {
    let folder = folder();
    let keys = folder.path().join("keys.json");
    let new = [
        "party",
        "new",
        "--kind",
        "organisation",
        "--out",
        text(&keys),
    ];
    assent(&new).done();
    assent(&new).failed(1, "is not overwritten");
    assent(&["party", "register", "--keys", "absent.json"])
        .failed(1, "the keys in absent.json cannot be used");
    assent(&["meter", "parse", text(&repository("README.md"))]).done();
    assent(&["meter", "parse", text(&keys.with_extension("absent"))]).failed(1, "cannot be read");
}

#[test]
fn a_failure_is_one_line_and_its_causes() {
    let failed = assent(&["party", "show", PARTY, "--node", NOWHERE]);
    let mut lines = failed.stderr.lines();
    assert!(
        lines
            .next()
            .is_some_and(|line| line.starts_with("assent: the node at http://127.0.0.1:1"))
    );
    assert!(
        lines.all(|line| line.starts_with("  because ")),
        "{failed:?}"
    );
    assert_eq!(failed.stdout, "");
    assert!(
        !failed.stderr.contains('\u{1b}'),
        "no colour where nobody looks"
    );
}

#[test]
fn help_says_the_exit_codes() {
    let help = assent(&["--help"]).done().stdout;
    for line in [
        "0  done",
        "1  refused",
        "2  called wrongly",
        "3  the node, the source or the store",
    ] {
        assert!(help.contains(line), "{help}");
    }
}

#[test]
fn descriptions_are_checked_without_a_node() {
    for name in ["meter-archive", "energy-adviser"] {
        let file = repository(&format!("examples/household/{name}.json"));
        let validated = assent(&["service", "validate", text(&file), "--json"])
            .done()
            .json();
        assert_eq!(
            validated,
            serde_json::json!({"valid": true, "complete": false})
        );
    }
    let folder = folder();
    let file = folder.path().join("description.json");
    let text_of = |change: fn(&mut serde_json::Value)| {
        let source = std::fs::read(repository("examples/household/meter-archive.json"))
            .expect("the example");
        let mut value = serde_json::from_slice(&source).expect("the example is JSON");
        change(&mut value);
        std::fs::write(&file, value.to_string()).expect("the file is written");
        assent(&["service", "validate", text(&file)])
    };
    text_of(|value| value["provider"]["jurisdiction"] = "Netherlands".into())
        .failed(1, "/provider/jurisdiction");
    text_of(|value| value["colour"] = "red".into()).failed(1, "'colour' was unexpected");
    text_of(|value| value["datasets"][1]["dataset_id"] = "readings".into())
        .failed(1, "two datasets have the id readings");
}

#[test]
fn telegrams_become_readings() {
    let file = repository("fixtures/p1/v5.txt");
    let readings = assent(&["meter", "parse", text(&file), "--json"])
        .done()
        .json();
    let expected = serde_json::json!({
        "concept": "power_delivered", "value": "0.244", "unit": "kW",
    });
    assert_eq!(readings["1-0:1.7.0"], expected);
    let expected = serde_json::json!({
        "concept": "gas_delivered", "value": "0.107", "unit": "m3", "time": "2017-01-02T16:10:05W",
    });
    assert_eq!(readings["0-1:24.2.1"], expected);
    let three = repository("fixtures/p1/v4_2.txt");
    let readings = assent(&["meter", "parse", text(&three), "--json"])
        .done()
        .json();
    let failures = readings["1-0:99.97.0"].as_array().expect("a log");
    assert_eq!(failures.len(), 3);
    assert_eq!(failures[0]["value"], "237126");
    let shown = assent(&["meter", "parse", text(&file)]).done().stdout;
    assert!(shown.contains("0.244 kW"), "{shown}");
}

/// The program that reads meters is another package, and need not be built here: what is tested is
/// that it is started, with all of its arguments.
#[test]
fn a_meter_is_read_by_a_program_of_its_own() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    // Beside the command first, so the command is where nothing else is.
    let own = folder.path().join("assent");
    std::fs::copy(env!("CARGO_BIN_EXE_assent"), &own).expect("a copy");
    let run = || {
        loop {
            let output = std::process::Command::new(&own)
                .args(["meter", "--simulate", "--seed", "3", "--print"])
                .env("PATH", folder.path())
                .output();
            match output {
                // Another test was starting a program while this one was written.
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
                output => return output.expect("it runs"),
            }
        }
    };
    let absent = run();
    let words = String::from_utf8_lossy(&absent.stderr).into_owned();
    assert_eq!(absent.status.code(), Some(1));
    assert!(words.contains("assent-meter is neither beside"), "{words}");
    let reader = folder.path().join("assent-meter");
    std::fs::write(&reader, "#!/bin/sh\necho \"read $*\"\nexit 7\n").expect("a script");
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&reader, permissions).expect("it is ours");
    let started = run();
    assert_eq!(started.stdout, b"read --simulate --seed 3 --print\n");
    assert_eq!(started.status.code(), Some(7));
}

#[test]
fn the_policies_are_those_that_the_descriptions_pin() {
    for name in ["meter-archive", "energy-adviser"] {
        let policy = repository(&format!("examples/household/policies/{name}.md"));
        let policy = std::fs::read(policy).expect("the policy");
        let digest = assent_crypto::digest::Digest::of(&policy).to_string();
        let description = repository(&format!("examples/household/{name}.json"));
        let description = std::fs::read(description).expect("the description");
        let description: serde_json::Value =
            serde_json::from_slice(&description).expect("it is JSON");
        for purpose in description["purposes"].as_array().expect("purposes") {
            assert_eq!(purpose["policy"]["policy_hash"], digest, "{name}");
        }
    }
}
