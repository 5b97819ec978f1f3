//! Running a node: starting, stopping, checking, backing up.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{Node, assent, command, folder, repository, run, text};

/// What a check of `assent doctor` found.
fn finding<'v>(findings: &'v Value, check: &str) -> &'v Value {
    let findings = findings.as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("{check} was checked"))
}

#[test]
fn a_node_stops_in_order_and_starts_again() {
    let folder = folder();
    let node = Node::new(folder.path());
    let data_dir = node.data_dir.clone();
    let keys = folder.path().join("keys.json");
    assent(&[
        "party",
        "new",
        "--kind",
        "organisation",
        "--out",
        text(&keys),
    ])
    .done();
    let party = node
        .assent(&["party", "register", "--keys", text(&keys)])
        .done()
        .json();
    assert_eq!(node.stop(), Some(0));
    let node = Node::start(&data_dir);
    let id = party["party_id"].as_str().expect("an id");
    assert_eq!(node.assent(&["party", "show", id]).done().json(), party);
}

#[test]
fn a_node_is_made_once() {
    let folder = folder();
    let data_dir = folder.path().join("node");
    let made = assent(&[
        "init",
        "--json",
        "--chain",
        "assent:north",
        "--data-dir",
        text(&data_dir),
    ]);
    assert_eq!(made.done().json()["chain"], "assent:north");
    assent(&["init", "--data-dir", text(&data_dir)]).failed(1, "holds a node already");
}

#[test]
fn logs_are_json_where_nobody_looks() {
    let folder = folder();
    let data_dir = folder.path().join("node");
    assent(&["init", "--data-dir", text(&data_dir)]).done();
    let log = fs::File::create(folder.path().join("log")).expect("the log");
    let mut serve = command();
    serve.args([
        "serve",
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ]);
    serve
        .args(["--data-dir", text(&data_dir)])
        .stdout(Stdio::piped())
        .stderr(log);
    let mut child = serve.spawn().expect("the node runs");
    crate::program::first_line(&mut child);
    crate::program::terminate(&child);
    assert!(child.wait().expect("the node ends").success());
    let log = fs::read_to_string(folder.path().join("log")).expect("the log");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let stopping = lines.iter().find(|line| line["message"] == "stopping");
    assert_eq!(stopping.expect("the end is logged")["signal"], "SIGTERM");
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let folder = folder();
    let node = Node::new(folder.path());
    let data_dir = node.data_dir.clone();
    // On ports of its own, so that no other node is in the way.
    let examine = |listen: &str| {
        let ports = ["--listen", listen, "--admin-listen", "127.0.0.1:0"];
        run(command()
            .args(["doctor", "--json", "--data-dir", text(&data_dir)])
            .args(ports))
    };
    let listen = node.url.trim_start_matches("http://").to_owned();
    let findings = examine(&listen).done().json();
    assert_eq!(
        finding(&findings, "store")["detail"],
        "in use by a running node, which keeps it"
    );
    assert_eq!(finding(&findings, "node")["holds"], true);
    assert_eq!(node.stop(), Some(0));

    let findings = examine("127.0.0.1:0").done().json();
    for check in [
        "configuration",
        "directory",
        "keys",
        "store",
        "log",
        "clock",
        "disk",
        "port",
        "admin port",
    ] {
        assert_eq!(finding(&findings, check)["holds"], true, "{check}");
    }
    let keys = data_dir.join("operator-keys.json");
    fs::set_permissions(&keys, Permissions::from_mode(0o644)).expect("the mode is set");
    let examined = examine("127.0.0.1:0").failed(1, "1 of 10 checks do not hold");
    assert_eq!(finding(&examined.json(), "keys")["holds"], false);
    fs::set_permissions(&keys, Permissions::from_mode(0o600)).expect("the mode is set");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let examined = examine(&address).failed(1, "1 of 10 checks do not hold");
    assert_eq!(finding(&examined.json(), "port")["holds"], false);
}

/// What the service manager holds for the node need not lie beside its data.
#[test]
fn keys_can_be_credentials_of_the_service() {
    let folder = folder();
    let node = Node::new(folder.path());
    let data_dir = node.data_dir.clone();
    assert_eq!(node.stop(), Some(0));
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).expect("a folder");
    let keys = "operator-keys.json";
    fs::rename(data_dir.join(keys), credentials.join(keys)).expect("the keys are moved");
    let ports = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let examine = |has_credentials: bool| {
        let mut command = command();
        command.args(["doctor", "--json", "--data-dir", text(&data_dir)]);
        if has_credentials {
            command.env("CREDENTIALS_DIRECTORY", &credentials);
        }
        run(command.args(ports))
    };
    let examined = examine(false).failed(1, "1 of 10 checks do not hold");
    assert_eq!(finding(&examined.json(), "keys")["holds"], false);
    let findings = examine(true).done().json();
    assert_eq!(finding(&findings, "keys")["holds"], true);
    let backup = folder.path().join("backup");
    let mut backing_up = command();
    backing_up.args(["backup", text(&backup), "--data-dir", text(&data_dir)]);
    run(backing_up.env("CREDENTIALS_DIRECTORY", &credentials)).done();
    assert!(backup.join(keys).is_file(), "a backup is whole");
}

#[test]
fn the_doctor_finds_a_damaged_store() {
    let folder = folder();
    let node = Node::new(folder.path());
    let data_dir = node.data_dir.clone();
    assert_eq!(node.stop(), Some(0));
    let store = data_dir.join("assent.sqlite");
    let mut bytes = fs::read(&store).expect("the store");
    // The chain's name stands in the genesis, which is an entry of the log.
    let place = bytes
        .windows(7)
        .rposition(|window| window == b"genesis")
        .expect("the genesis");
    bytes[place] = b'G';
    fs::write(&store, bytes).expect("the store is written");
    let examined = assent(&[
        "doctor",
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
        "--data-dir",
        text(&data_dir),
    ]);
    let examined = examined.failed(1, "checks do not hold");
    assert_eq!(
        finding(&examined.json(), "log")["holds"],
        false,
        "{examined:?}"
    );
}

#[test]
fn a_backup_becomes_a_node_elsewhere() {
    let folder = folder();
    let node = Node::new(folder.path());
    let data_dir = node.data_dir.clone();
    let keys = folder.path().join("keys.json");
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    assent(&[
        "party",
        "new",
        "--kind",
        "organisation",
        "--out",
        text(&keys),
    ])
    .done();
    let party = node
        .assent(&["party", "register", "--keys", text(&keys)])
        .done()
        .json();
    let data = ["--data-dir", text(&data_dir)];
    let back_up = || {
        run(command()
            .args(["backup", "--json", text(&backup)])
            .args(data))
    };
    // The node is running, and keeps its store.
    assert!(back_up().done().json()["log_size"].as_u64() >= Some(2));
    let id = party["party_id"].as_str().expect("an id");
    assert_eq!(node.assent(&["party", "show", id]).done().json(), party);
    assert_eq!(node.stop(), Some(0));
    let idle = folder.path().join("idle");
    let stopped = run(command().args(["backup", "--json", text(&idle)]).args(data));
    assert!(stopped.done().json()["log_size"].as_u64() >= Some(2));
    back_up().failed(1, "cannot be written");
    for name in ["operator-keys.json", "chain.json", "assent.sqlite"] {
        let mode = fs::metadata(backup.join(name))
            .expect("a file of the backup")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }

    let restore = |to: &str| assent(&["restore", text(&backup), "--data-dir", to]);
    restore(text(&data_dir)).failed(1, "cannot be made anew");
    restore(text(&restored)).done();
    restore(text(&restored)).failed(1, "cannot be made anew");
    let elsewhere = text(&repository("docs")).to_owned();
    assent(&["restore", &elsewhere, "--data-dir", "anew"]).failed(1, "is not a backup");
    let node = Node::start(&restored);
    assert_eq!(node.assent(&["party", "show", id]).done().json(), party);
}
