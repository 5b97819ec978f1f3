//! The tutorial, run as it stands.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::program::{PROGRAM, command, folder, repository, text};

/// The blocks of a page that are for a shell.
fn script(page: &str) -> String {
    let mut script = "set -euo pipefail\nset -m\n".to_owned();
    let mut is_shell = false;
    for line in page.lines() {
        match line {
            "```sh" => is_shell = true,
            "```" => is_shell = false,
            line if is_shell => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    script
}

/// Puts an `assent` into a folder that does the same on ports of its own, so that the tutorial can
/// run beside a node that is there, and does not hurry where the machine is slow.
fn stand_in(folder: &Path) {
    let port = || {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let (node, admin, source) = (port(), port(), port());
    let text = format!(
        r#"#!/usr/bin/env bash
real={PROGRAM}
await() {{ for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.1; done; }}
url=http://127.0.0.1:{node}
case "$1 ${{2-}}" in
  "init "*|"verify "*|"party new"|"service validate") exec "$real" "$@" ;;
  "serve "*) exec "$real" "$@" --listen 127.0.0.1:{node} --admin-listen 127.0.0.1:{admin} ;;
  "source serve") exec "$real" "$@" --node "$url" --listen 127.0.0.1:{source} ;;
  "service register") await {node}; exec "$real" "$@" --node "$url" --data-endpoint "http://127.0.0.1:{source}/data/{{dataset}}" ;;
  "fetch "*) await {source}; sleep 1; exec "$real" "$@" --node "$url" ;;
  *) await {node}; exec "$real" "$@" --node "$url" ;;
esac
"#
    );
    let path = folder.join("assent");
    fs::write(&path, text).expect("the stand-in is written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

#[test]
fn the_tutorial_does_what_it_says() {
    let folder = folder();
    stand_in(folder.path());
    let page = fs::read_to_string(repository("docs/tutorial.md")).expect("the tutorial");
    let settings = command();
    let settings = settings.get_envs().map(|(name, _)| name.to_owned());
    let path = std::env::var("PATH").expect("a path");
    let mut bash = Command::new("bash");
    for name in settings {
        bash.env_remove(name);
    }
    bash.args(["-c", &script(&page)])
        .current_dir(repository(""))
        .env("PATH", format!("{}:{path}", text(folder.path())))
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .process_group(0);
    let child = bash.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("bash runs");
    let group = Pid::from_raw(i32::try_from(child.id()).expect("a process id"));
    let output = child.wait_with_output().expect("bash ends");
    // What a failed tutorial left running goes with it.
    let _ = kill_process_group(group.expect("a process id"), Signal::KILL);
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{stdout}\n{stderr}");
    for words in [
        "paused: exit code 1",
        "withdrawn: exit code 1",
        "final: exit code 1",
        "Verbruikt gas (gas_delivered)",
        "verified",
    ] {
        assert!(stdout.contains(words), "{words}\n{stdout}\n{stderr}");
    }
    assert!(stderr.contains("[consent-withdrawn]"), "{stderr}");
}
