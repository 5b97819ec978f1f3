//! Records wait, whatever happens to the process and its disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use assent_crypto::vault::{RecordCipher, SecretKey};
use assent_meter::datasets::{Content, Dataset, GapReason, Record};
use proptest::prelude::*;

use super::{Batch, Buffer, BufferError, Limits};

fn open_with(folder: &Path, size: u64, key: u8) -> Result<Buffer, BufferError> {
    let cipher = Rc::new(RecordCipher::new(SecretKey::from_bytes([key; 32])));
    let limits = Limits {
        size,
        // No test cuts the power, and a disk that is made to write is slow.
        sync_after: Duration::from_hours(1),
    };
    Buffer::open(folder, Dataset::Live, cipher, limits)
}

fn open(folder: &Path, size: u64) -> Buffer {
    open_with(folder, size, 7).expect("the buffer is whole")
}

const PLENTY: u64 = 1 << 20;

fn record(at: i64) -> Record {
    Record {
        from: at,
        to: at,
        content: Content::Values(Vec::new()),
    }
}

/// Appends the record of each of these seconds, with a state that tells them apart.
fn append(buffer: &mut Buffer, seconds: impl IntoIterator<Item = i64>) {
    for at in seconds {
        let state = format!("{{\"last\":{at}}}");
        buffer
            .append(vec![record(at)], state.as_bytes())
            .expect("there is room");
    }
}

fn batch(buffer: &mut Buffer) -> Batch {
    let batch = buffer.batch(usize::MAX).expect("the buffer is whole");
    batch.expect("records wait")
}

fn seconds(batch: &Batch) -> Vec<i64> {
    batch.records.iter().map(|record| record.from).collect()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder.join("live"))
        .expect("the folder of the dataset")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "segment")
        })
        .collect();
    paths.sort();
    paths
}

#[test]
fn records_are_given_until_they_are_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), PLENTY);
    assert_eq!(buffer.batch(10).expect("whole"), None);
    append(&mut buffer, 100..105);
    let first = buffer.batch(2).expect("whole").expect("five wait");
    assert_eq!((first.first, seconds(&first)), (0, vec![100, 101]));
    assert_eq!(buffer.batch(2).expect("whole"), Some(first.clone()));
    buffer.acknowledge(&first, 1).expect("whole");
    assert_eq!(seconds(&batch(&mut buffer)), [101, 102, 103, 104]);
    append(&mut buffer, [105]);
    let rest = batch(&mut buffer);
    assert_eq!((rest.first, rest.records.len()), (1, 5));
    buffer.acknowledge(&rest, 6).expect("whole");
    assert_eq!(
        (buffer.waiting(), buffer.batch(10).expect("whole")),
        (0, None)
    );
}

#[test]
fn what_waits_is_there_again_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), PLENTY);
    assert_eq!(buffer.state().expect("whole"), None);
    append(&mut buffer, 0..4);
    let two = buffer.batch(2).expect("whole").expect("four wait");
    buffer.acknowledge(&two, 2).expect("whole");
    drop(buffer);
    let mut buffer = open(folder.path(), PLENTY);
    assert_eq!(
        buffer.state().expect("whole"),
        Some(b"{\"last\":3}".to_vec())
    );
    let rest = batch(&mut buffer);
    assert_eq!((rest.first, seconds(&rest)), (2, vec![2, 3]));
    // Numbers go on also when nothing is left to wait.
    buffer.acknowledge(&rest, 4).expect("whole");
    drop(buffer);
    let mut buffer = open(folder.path(), PLENTY);
    append(&mut buffer, [9]);
    assert_eq!(batch(&mut buffer).first, 4);
}

#[test]
fn a_frame_without_records_keeps_the_state_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), PLENTY);
    buffer.append(Vec::new(), b"one").expect("room");
    append(&mut buffer, [5]);
    buffer.append(Vec::new(), b"two").expect("room");
    assert_eq!(buffer.waiting(), 1);
    assert_eq!(seconds(&batch(&mut buffer)), [5]);
    drop(buffer);
    assert_eq!(
        open(folder.path(), PLENTY).state().expect("whole"),
        Some(b"two".to_vec())
    );
}

#[test]
fn segments_that_were_taken_are_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), 8 * 1000);
    append(&mut buffer, 0..40);
    let before = segments(folder.path()).len();
    assert!(before > 3, "{before}");
    let all = batch(&mut buffer);
    assert_eq!(seconds(&all), (0..40).collect::<Vec<_>>());
    buffer.acknowledge(&all, 40).expect("whole");
    assert_eq!(segments(folder.path()).len(), 1);
    append(&mut buffer, [40]);
    assert_eq!(seconds(&batch(&mut buffer)), [40]);
}

#[test]
fn a_full_buffer_forgets_the_oldest_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), 8 * 500);
    append(&mut buffer, 0..2);
    let two = batch(&mut buffer);
    buffer.acknowledge(&two, 2).expect("whole");
    append(&mut buffer, 2..200);
    let size: u64 = segments(folder.path())
        .iter()
        .map(|path| fs::metadata(path).expect("a file").len())
        .sum();
    assert!(size <= 8 * 500, "{size} bytes");
    for mut buffer in [buffer, open(folder.path(), 8 * 500)] {
        let kept = batch(&mut buffer);
        let gap = &kept.records[0];
        assert_eq!(gap.content, Content::Gap(GapReason::BufferFull));
        // From the last record that was taken to the first that was not forgotten.
        assert_eq!((gap.from, gap.to), (1, kept.records[1].from));
        assert_eq!(
            kept.records[1].from,
            i64::try_from(kept.first).expect("small") + 1
        );
        assert_eq!(kept.records.last().map(|last| last.from), Some(199));
        buffer.acknowledge(&kept, kept.first + 1).expect("whole");
        let after = batch(&mut buffer);
        assert_eq!(after.records, kept.records[1..]);
        buffer
            .acknowledge(&kept, kept.first)
            .expect("nothing was taken");
        fs::write(folder.path().join("live/taken"), br#"{"next":2,"until":1}"#).expect("a disk");
    }
}

#[test]
fn another_key_opens_nothing_and_a_moved_frame_is_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), 8 * 300);
    append(&mut buffer, 0..10);
    drop(buffer);
    let paths = segments(folder.path());
    assert!(paths.len() > 2);
    let damaged = |outcome: Result<_, BufferError>| {
        assert!(matches!(outcome, Err(BufferError::Damaged(path)) if path == paths[0]));
    };
    let mut other = open_with(folder.path(), 8 * 300, 8).expect("it is seen when read");
    damaged(other.batch(10));
    // The bytes of the second segment under the name of the first.
    let mut bytes = fs::read(&paths[1]).expect("a segment");
    fs::write(&paths[0], &bytes).expect("a disk");
    damaged(open_with(folder.path(), 8 * 300, 7).map(|_| None));
    // With the number of its first record changed to fit.
    bytes[8..16].copy_from_slice(&0_u64.to_be_bytes());
    fs::write(&paths[0], &bytes).expect("a disk");
    match open_with(folder.path(), 8 * 300, 7) {
        Ok(mut buffer) => damaged(buffer.batch(10)),
        outcome => damaged(outcome.map(|_| None)),
    }
}

#[test]
fn no_reading_stands_on_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = open(folder.path(), PLENTY);
    buffer
        .append(vec![record(1)], b"K8EG004046395507")
        .expect("room");
    let bytes = fs::read(&segments(folder.path())[0]).expect("a segment");
    for plain in [&b"K8EG004046395507"[..], b"values", b"from"] {
        assert!(!bytes.windows(plain.len()).any(|window| window == plain));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Power fails at any byte: all frames before the damage are there, and the next record takes
    /// the number of the first that is not.
    #[test]
    fn a_torn_tail_costs_what_was_not_written(cut in 0_usize..2000, noise in 0_usize..40) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut buffer = open(folder.path(), PLENTY);
        append(&mut buffer, 0..8);
        drop(buffer);
        let path = &segments(folder.path())[0];
        let whole = fs::read(path).expect("a segment");
        let cut = cut % (whole.len() + 1);
        let torn = [&whole[..cut], &vec![0xA5; noise][..]].concat();
        fs::write(path, torn).expect("a disk");
        let frame = whole.len() / 8;
        let kept = i64::try_from(cut / frame).expect("small");
        let mut buffer = open(folder.path(), PLENTY);
        let state = (kept > 0).then(|| format!("{{\"last\":{}}}", kept - 1).into_bytes());
        prop_assert_eq!(buffer.state().expect("whole"), state);
        append(&mut buffer, [kept]);
        prop_assert_eq!(seconds(&batch(&mut buffer)), (0..=kept).collect::<Vec<_>>());
    }

    /// Whatever is appended, taken, and restarted: every second comes once, in order, or lies in a gap.
    #[test]
    fn every_record_comes_once_or_lies_in_a_gap(
        steps in prop::collection::vec((1_i64..30, 0_usize..12, any::<bool>()), 1..40),
        size in prop_oneof![Just(8 * 400_u64), Just(PLENTY)],
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut buffer = open(folder.path(), size);
        let mut at = 0;
        let mut taken: Vec<Record> = Vec::new();
        let mut next = 0;
        for (appended, most, restarts) in steps.into_iter().chain([(1, usize::MAX, false)]) {
            append(&mut buffer, at..at + appended);
            at += appended;
            if most > 0 && let Some(batch) = buffer.batch(most).expect("whole") {
                prop_assert!(batch.first >= next);
                next = batch.next();
                buffer.acknowledge(&batch, next).expect("whole");
                taken.extend(batch.records);
            }
            if restarts {
                drop(buffer);
                buffer = open(folder.path(), size);
            }
        }
        let mut expected = 0;
        for record in &taken {
            if let Content::Gap(_) = record.content {
                prop_assert!(size < PLENTY && record.from <= expected);
                expected = record.to;
            } else {
                prop_assert_eq!(record.from, expected);
                expected += 1;
            }
        }
        prop_assert_eq!(expected, at);
    }
}
