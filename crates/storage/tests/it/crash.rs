//! A process that dies or whose disk fails loses nothing that was acknowledged.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::{env, mem};

use assent_storage::{Store, StoreConfig, StoreError};

use crate::bed::Bed;
use crate::chain::{Chain, contents};

on_both_engines! {
    what_a_killed_process_acknowledged_is_there
}

/// Names the store that the other process is to write to.
const URL: &str = "ASSENT_TEST_CRASH_URL";

/// The other process: commits blocks and says so, until it is killed or refused. Without the
/// variable it is a test with nothing to do.
#[tokio::test]
async fn other_process() {
    let Ok(url) = env::var(URL) else { return };
    let store = Store::open(&StoreConfig { url }).await.unwrap();
    let mut chain = Chain::default();
    loop {
        let block = chain.block(5);
        let height = block.header.height;
        let written = match store.commit_block(block).await {
            Ok(()) => {
                store
                    .append_receipts(vec![height.to_be_bytes().to_vec()])
                    .await
            }
            refused => refused,
        };
        match written {
            Ok(()) => say(&format!("committed {height}")),
            Err(error) => {
                say(&format!("refused {error:?}"));
                say(&format!(
                    "then {:?}",
                    store.commit_block(chain.block(1)).await
                ));
                // Nothing is tidied up.
                mem::forget(store);
                return;
            }
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "what the process that waits for it reads"
)]
fn say(line: &str) {
    println!("\n{line}");
}

fn spawn(bed: &Bed, mut command: Command) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut process = command
        .args(["--exact", "crash::other_process", "--nocapture"])
        .env(URL, &bed.url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    (process, lines)
}

fn height(line: &str) -> Option<u64> {
    line.strip_prefix("committed ")
        .map(|height| height.parse().unwrap())
}

/// Opens the store once the killed process has let go of it, and compares it with a chain.
async fn assert_complete(bed: &Bed, acknowledged: u64) {
    let store = loop {
        match Store::open(&bed.config()).await {
            Err(StoreError::Locked) => tokio::task::yield_now().await,
            opened => break opened.unwrap(),
        }
    };
    let head = store.head().map_or(0, |head| head.height);
    assert!(
        head >= acknowledged,
        "{acknowledged} was acknowledged, {head} is there"
    );
    assert_eq!(store.check().await.unwrap(), []);
    let receipts = store.pending_receipts(u32::MAX).await.unwrap();
    assert!(receipts.len() as u64 >= acknowledged);

    let other = Bed::sqlite();
    let twin = other.open().await;
    let mut chain = Chain::default();
    for _ in 0..head {
        twin.commit_block(chain.block(5)).await.unwrap();
    }
    twin.append_receipts(receipts.into_iter().map(|(_, body)| body).collect())
        .await
        .unwrap();
    assert_eq!(
        contents(&store, head + 1).await,
        contents(&twin, head + 1).await
    );
    store.commit_block(chain.block(5)).await.unwrap();
}

async fn what_a_killed_process_acknowledged_is_there(bed: Bed) {
    for rounds in [1, 30] {
        let bed = if bed.is_sqlite() {
            Bed::sqlite()
        } else {
            Bed::postgres()
        };
        let (mut process, lines) = spawn(&bed, Command::new(env::current_exe().unwrap()));
        let mut heights = lines.filter_map(|line| height(&line));
        let acknowledged = heights.nth(rounds - 1).unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        let acknowledged = heights.last().unwrap_or(acknowledged);
        assert_complete(&bed, acknowledged).await;
    }
}

/// No file may grow beyond 8 MB: the disk fails for real, in the midst of a write.
#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fails_ends_writing() {
    let bed = Bed::sqlite();
    let mut shell = Command::new("sh");
    let limited = "trap '' XFSZ; ulimit -f 16384; exec \"$0\" \"$@\"";
    shell.args(["-c", limited]).arg(env::current_exe().unwrap());
    let (mut process, lines) = spawn(&bed, shell);
    let lines: Vec<String> = lines.collect();
    process.wait().unwrap();
    let acknowledged = lines.iter().filter_map(|line| height(line)).max().unwrap();
    assert!(acknowledged > 10, "{acknowledged}");
    assert!(
        lines.iter().any(|line| line.starts_with("refused Io")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"then Err(Poisoned)".to_owned()),
        "{lines:?}"
    );
    assert_complete(&bed, acknowledged).await;
}
