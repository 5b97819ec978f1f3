//! The program, as its operator meets it before there is a node.

use std::fs;
use std::process::{Command, Output};

fn insights(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assent-insights"));
    command.args(arguments).output().expect("the program runs")
}

#[test]
fn what_it_cannot_work_with_ends_it_with_a_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_str().expect("a text");
    let source = "svc_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let at = [
        "--address",
        "127.0.0.1:0",
        "--data",
        data,
        "--source",
        source,
    ];
    for (more, words) in [
        (
            ["--node", "http://example.org", "--zone", "Europe/Amsterdam"],
            "plain http",
        ),
        (
            ["--node", "http://127.0.0.1:1", "--zone", "Mars/Olympus"],
            "zone",
        ),
        (
            ["--node", "http://127.0.0.1:1", "--zone", "Europe/Amsterdam"],
            "reached",
        ),
    ] {
        let ended = insights(&[&at[..], &more[..]].concat());
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!ended.status.success(), "{more:?}");
        assert!(said.contains(words), "{more:?}: {said}");
        assert!(
            ended.stdout.is_empty(),
            "it says that it listens when it does"
        );
    }
    // The keys that it has made are for its owner alone.
    let keys = fs::metadata(folder.path().join("data/keys.json")).expect("keys");
    let mode = std::os::unix::fs::PermissionsExt::mode(&keys.permissions());
    assert_eq!(mode & 0o077, 0);
}
