use assent_crypto::digest::Digest;
use assent_ledger::block::BlockHeader;
use assent_ledger::sequencer::{ReplayError, ReplayFault, Sequencer};

use crate::store::{GENESIS, Store, execute, replay};
use crate::toy::Command;

type Headers = Vec<BlockHeader>;
/// The leaves of each block.
type Leaves = Vec<Vec<Vec<u8>>>;

/// Three blocks with five entries, to be replayed.
fn history() -> Store {
    let mut store = Store::default();
    let blocks: [&[Command]; 3] = [
        &[
            Command::Add("ada", 5),
            Command::Point("ada", "ben"),
            Command::Take("ada", 9),
        ],
        &[],
        &[Command::AddThrough("ada", 3), Command::Take("ben", 1)],
    ];
    let mut sequencer = Sequencer::new(GENESIS);
    for (now, commands) in (2..).zip(blocks) {
        (sequencer, _, _) = execute(sequencer, &mut store, now * 1_000, commands);
    }
    store
}

/// Replays the history after `alter` had its way with it.
fn replay_altered(alter: impl FnOnce(&mut Headers, &mut Leaves)) -> Result<(), ReplayError> {
    let Store {
        mut headers,
        mut leaves,
        ..
    } = history();
    alter(&mut headers, &mut leaves);
    let (mut store, mut sequencer) = (Store::default(), Sequencer::new(GENESIS));
    for (header, leaves) in headers.iter().zip(&leaves) {
        (sequencer, _) = replay(sequencer, &mut store, header, leaves)?;
    }
    Ok(())
}

/// Checks that the altered history fails, in which block and why.
fn check(height: u64, fault: &str, alter: impl FnOnce(&mut Headers, &mut Leaves)) {
    let error = replay_altered(alter).expect_err("the history is altered");
    assert_eq!(
        (error.height, error.fault.to_string().as_str()),
        (height, fault)
    );
}

fn edit(leaf: &mut Vec<u8>, from: &str, to: &str) {
    let text = String::from_utf8(leaf.clone()).expect("JSON");
    assert!(text.contains(from), "{text}");
    *leaf = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn what_is_not_altered_replays() {
    replay_altered(|_, _| ()).expect("replays");
}

#[test]
fn a_block_that_does_not_follow_is_refused() {
    const FAULT: &str = "the block does not follow the one before";
    check(2, FAULT, |headers, _| headers[0].height = 2);
    check(2, FAULT, |headers, _| headers[1].time = GENESIS);
    check(3, FAULT, |headers, leaves| {
        headers.remove(1);
        leaves.remove(1);
    });
}

#[test]
fn an_entry_that_is_no_leaf_is_refused() {
    check(1, "the log entry 1 cannot be read", |_, leaves| {
        edit(&mut leaves[0][1], ":", ": ");
    });
    check(3, "the log entry 4 cannot be read", |_, leaves| {
        edit(&mut leaves[2][2], "taken", "given");
    });
}

#[test]
fn an_entry_of_another_place_is_refused() {
    check(1, "the log entry 0 is not of this place", |_, leaves| {
        leaves[0].swap(0, 1);
    });
    check(3, "the log entry 2 is not of this place", |_, leaves| {
        edit(&mut leaves[2][0], "\"index\":2", "\"index\":1");
    });
    check(3, "the log entry 2 is not of this place", |_, leaves| {
        edit(&mut leaves[2][0], "\"height\":3", "\"height\":2");
    });
    check(3, "the log entry 4 is not of this place", |_, leaves| {
        edit(&mut leaves[2][2], "\"time\":4000", "\"time\":3000");
    });
}

#[test]
fn a_block_that_leads_to_other_roots_is_refused() {
    let check = |height, alter: fn(&mut Headers, &mut Leaves)| {
        check(height, &ReplayFault::OtherRoots.to_string(), alter);
    };
    check(1, |_, leaves| {
        edit(&mut leaves[0][0], "\"by\":5", "\"by\":6");
    });
    check(3, |_, leaves| drop(leaves[2].pop()));
    check(2, |headers, _| headers[1].status_root = Digest::ZERO);
    check(3, |headers, _| headers[2].log_root = Digest::ZERO);
    check(3, |headers, _| headers[2].app_hash = Digest::ZERO);
    check(3, |headers, _| headers[2].log_size = 4);
}
