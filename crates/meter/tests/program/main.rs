//! The program as its operator meets it: started, starved, cut off and killed.

mod lines;
mod program;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use lines::{Line, at, in_order};
use program::{Reader, fixture};
use serde_json::Value;

/// 2026-06-01T00:00:00 in Amsterdam, three quarters of an hour before.
const START: &str = "1780262100";

/// A simulation of this many seconds, as fast as it goes.
fn simulation(telegrams: &str) -> [&str; 7] {
    [
        "--simulate",
        "--start",
        START,
        "--telegrams",
        telegrams,
        "--speed",
        "max",
    ]
}

#[test]
fn a_simulation_is_three_datasets_and_always_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Reader::start(&folder.path().join("a"), &simulation("3000")).until_the_end();
    let second = Reader::start(&folder.path().join("b"), &simulation("3000")).until_the_end();
    assert_eq!(in_order(&first), in_order(&second));
    let count = |dataset| first.iter().filter(|line| line.dataset == dataset).count();
    assert_eq!(
        (count("live"), count("quarter-hours"), count("days")),
        (3000, 3, 0)
    );
    let quarter = at(&first, "quarter-hours", 0);
    assert_eq!(
        (quarter["from"].as_i64(), quarter["to"].as_i64()),
        (Some(1_780_262_100), Some(1_780_263_000))
    );
    assert!(
        quarter["values"]
            .as_array()
            .is_some_and(|values| values.len() >= 5)
    );
}

#[test]
fn a_dataset_that_is_not_asked_for_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [&simulation("1000")[..], &["--datasets", "quarter-hours"]].concat();
    let lines = Reader::start(folder.path(), &arguments).until_the_end();
    assert_eq!(lines.len(), 1);
    assert!(!folder.path().join("live").exists());
}

/// Killed at any moment, and started again on the same stream: every record comes, and the same
/// number is the same record.
#[test]
fn a_reader_that_is_killed_loses_nothing_and_makes_nothing_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = Reader::start(&folder.path().join("whole"), &simulation("3000")).until_the_end();
    let buffer = folder.path().join("killed");
    let mut seen: Vec<Line> = Vec::new();
    // Moments that differ from run to run would make a failure hard to repeat.
    for milliseconds in [30, 55, 80, 41, 150, 67, 230, 95, 120, 310] {
        let mut reader = Reader::start(&buffer, &simulation("3000"));
        thread::sleep(Duration::from_millis(milliseconds));
        seen.extend(reader.kill());
    }
    seen.extend(Reader::start(&buffer, &simulation("3000")).until_the_end());
    assert_eq!(in_order(&seen), in_order(&whole));
}

/// Nobody takes anything for a while: the reader goes on, and later hands over all of it.
#[test]
fn what_nobody_takes_waits_and_comes_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut reader = Reader::start(folder.path(), &simulation("2500"));
    // More than a pipe holds has been read from the meter long before.
    let live = folder.path().join("live");
    let is_full = || {
        let segments = fs::read_dir(&live).into_iter().flatten().flatten();
        let sizes = segments.filter_map(|entry| entry.metadata().ok());
        sizes.map(|metadata| metadata.len()).sum::<u64>() > 2_000_000
    };
    program::eventually("the stream waits on the disk", is_full);
    let killed = reader.kill();
    assert!(killed.len() < 1000, "{} were taken", killed.len());
    let mut seen = killed;
    seen.extend(Reader::start(folder.path(), &simulation("2500")).until_the_end());
    assert_eq!(seen.iter().filter(|line| line.dataset == "days").count(), 0);
    let live: Vec<&Line> = seen.iter().filter(|line| line.dataset == "live").collect();
    let numbers: std::collections::BTreeSet<u64> = live.iter().map(|line| line.sequence).collect();
    assert!(numbers.into_iter().eq(0..2500));
}

#[test]
fn without_an_outlet_everything_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = Reader::start_silent(folder.path(), &simulation("500")).until_the_end();
    assert_eq!(kept.len(), 0);
    let lines = Reader::start(folder.path(), &simulation("500")).until_the_end();
    assert_eq!(in_order(&lines)["live"].len(), 500);
}

#[test]
fn a_buffer_that_is_full_leaves_a_gap_that_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = [&simulation("2500")[..], &["--buffer-size", "1"]].concat();
    let mut reader = Reader::start(folder.path(), &small);
    let segments = folder.path().join("live");
    let has_forgotten = || {
        let names = fs::read_dir(&segments).into_iter().flatten().flatten();
        let first = names
            .map(|entry| entry.file_name())
            .filter(|name| name.len() > 20)
            .min();
        first.is_some_and(|first| !first.to_string_lossy().starts_with("00000000000000000000"))
    };
    program::eventually("the oldest segment is gone", has_forgotten);
    let mut seen = reader.kill();
    seen.extend(Reader::start(folder.path(), &small).until_the_end());
    let gaps: Vec<&Line> = seen
        .iter()
        .filter(|line| line.dataset == "live" && line.record.get("gap").is_some())
        .collect();
    assert!(!gaps.is_empty());
    assert!(gaps.iter().all(|gap| gap.record["gap"] == "buffer-full"));
    let covered = |second: i64| {
        seen.iter().any(|line| {
            let (from, to) = (line.record["from"].as_i64(), line.record["to"].as_i64());
            line.dataset == "live" && from <= Some(second) && Some(second) <= to
        })
    };
    assert!((1_780_262_100..1_780_264_600).all(covered));
}

#[test]
fn a_socket_that_breaks_off_is_connected_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let telegram = fixture("v5.txt");
    let half = telegram.len() / 2;
    let server = thread::spawn(move || {
        let (mut first, _) = listener.accept().expect("a connection");
        first.write_all(&telegram[half..]).expect("open");
        first.write_all(&telegram[..half]).expect("open");
        drop(first);
        let (mut second, _) = listener.accept().expect("a second connection");
        second.write_all(&telegram[half..]).expect("open");
        second.write_all(&telegram).expect("open");
        // Until the reader has gone.
        let _ = second.read(&mut [0]);
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut reader = Reader::start(folder.path(), &["--tcp", &address]);
    // The halves around the break make no telegram.
    let line = reader.line();
    assert!(
        line.record["values"]
            .as_array()
            .is_some_and(|values| values.len() > 20)
    );
    assert_eq!(reader.terminate(), Some(0));
    server.join().expect("it was served");
}

/// A port of which the other end is in this hand.
fn pseudo_terminal() -> (fs::File, String) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let port = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
    grantpt(&port).expect("it is ours");
    unlockpt(&port).expect("it is ours");
    let name = ptsname(&port, Vec::new()).expect("it has a name");
    (port.into(), name.into_string().expect("it is a path"))
}

/// Writes a telegram again and again until the reader prints it.
fn check_serial(telegram: &'static str, mode: &[&str], power: &str) {
    let (mut meter, port) = pseudo_terminal();
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [&["--serial", &port], mode].concat();
    let mut reader = Reader::start(folder.path(), &arguments);
    let bytes = fixture(telegram);
    thread::spawn(move || {
        while meter.write_all(&bytes).is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    let line = reader.line();
    let values = line.record["values"].as_array().expect("amounts");
    let delivered = |value: &&Value| value["concept"] == "power_delivered";
    let delivered = values
        .iter()
        .find(delivered)
        .expect("every meter prints it");
    assert_eq!(delivered["value"], power, "{telegram}");
    assert_eq!(reader.terminate(), Some(0));
}

#[test]
fn a_serial_port_is_read_in_the_mode_that_is_said_or_found() {
    check_serial("v5.txt", &[], "0.244");
    // A pseudo-terminal has no other mode than this.
    check_serial("v4_2.txt", &["--mode", "115200-8n1"], "2.027");
    check_serial("v2_2.txt", &[], "1.01");
}

#[test]
fn a_file_is_read_once_and_at_its_own_pace() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("telegrams.txt");
    // The last line lacks its line feed, and the second telegram a digit of its checksum.
    let mut bytes = [
        fixture("v4_2.txt"),
        b"/ABC5X\r\n\r\n!12\r\n".to_vec(),
        fixture("v5.txt"),
    ]
    .concat();
    bytes.truncate(bytes.len() - 2);
    fs::write(&file, bytes).expect("a disk");
    let path = file.to_str().expect("a path");
    let arguments = ["--file", path, "--speed", "max"];
    let lines = Reader::start(&folder.path().join("buffer"), &arguments).until_the_end();
    let times: Vec<_> = lines.iter().filter(|line| line.dataset == "live").collect();
    assert_eq!(times.len(), 3, "two telegrams and the gap between");
    // Read once more, it adds nothing.
    let again = Reader::start(&folder.path().join("buffer"), &arguments).until_the_end();
    assert_eq!(again.len(), 0);
}

#[test]
fn one_reader_has_a_buffer_and_its_folder_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let buffer = folder.path().join("buffer");
    let mut first = Reader::start(&buffer, &["--simulate"]);
    first.line();
    let (code, words) = Reader::start(&buffer, &["--simulate"]).failure();
    assert_eq!(code, Some(1));
    assert!(words.contains("in use by another reader"), "{words}");
    for (name, mode) in [("", 0o700), ("key", 0o600), ("live", 0o700)] {
        let metadata = fs::metadata(buffer.join(name)).expect("it is there");
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |arguments: &[&str], expected: &str| {
        let (code, words) = Reader::start(folder.path(), arguments).failure();
        assert_ne!(code, Some(0), "{arguments:?}");
        assert!(words.contains(expected), "{words}");
    };
    check(&["--file", "/absent/file"], "/absent/file cannot be read");
    check(&["--serial", "/dev/absent"], "/dev/absent cannot be opened");
    check(&[], "--serial <PORT>");
    check(
        &["--simulate", "--tcp", "127.0.0.1:1"],
        "cannot be used with",
    );
    check(&["--simulate", "--speed", "0"], "above zero");
    check(
        &["--simulate", "--time-zone", "Mars/Olympus"],
        "Europe/Amsterdam",
    );
}

#[test]
fn a_reader_is_small() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut reader = Reader::start(folder.path(), &["--simulate", "--speed", "200"]);
    for _ in 0..1000 {
        reader.line();
    }
    let resident = reader.resident_kibibytes();
    assert!(resident < 15 * 1024, "{resident} KiB");
}
