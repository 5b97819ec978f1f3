use std::panic::{AssertUnwindSafe, catch_unwind};

use assent_crypto::digest::Digest;
use assent_ledger::block::{Accepted, BlockHeader};
use assent_ledger::checkpoint::app_hash;
use assent_ledger::merkle::{
    consistency_proof, edge_tiles_needed, inclusion_proof, leaf_hash, verify_consistency,
    verify_inclusion,
};
use assent_ledger::sequencer::{LeafContent, ResumeError, Sequencer, Step};
use assent_ledger::status_map::{NodeNotLoaded, StatusMap};
use assent_model::time::Timestamp;
use proptest::prelude::*;

use crate::store::{Block, GENESIS, Store, execute, replay, status_of};
use crate::toy::{Command, Event, Rejection, Toy};

const NAMES: [&str; 6] = ["ada", "ben", "cleo", "dan", "eva", "finn"];

fn added(name: &str, by: u64, at: u64) -> Event {
    Event::Added {
        name: name.to_owned(),
        by,
        at: Timestamp::from_millis(at),
    }
}

/// The status of a subject as the store has it, proved against the status root of the head.
fn proved_status(store: &Store, subject: &str, expected: Option<Digest>) {
    let root = store.head().status_root;
    let mut map = StatusMap::at(root);
    let proof = loop {
        match map.prove(subject) {
            Ok(proof) => break proof,
            Err(NodeNotLoaded(path)) => {
                map.load(&path, store.nodes.get(&path).map(Vec::as_slice))
                    .expect("whole");
            }
        }
    };
    assert_eq!(proof.verify(root, subject, expected), Ok(()), "{subject}");
}

#[test]
fn commands_are_decided_in_order_each_in_the_state_the_one_before_left() {
    let mut store = Store::default();
    let commands = [
        Command::Add("ada", 5),
        Command::Take("ada", 3),
        Command::Take("ada", 3),
        Command::Add("ben", 0),
        Command::Take("ada", 2),
    ];
    let (sequencer, block, rounds) = execute(Sequencer::new(GENESIS), &mut store, 2_000, &commands);
    let taken = |by| Event::Taken {
        name: "ada".to_owned(),
        by,
    };
    let accepted = |first_index, events| Accepted {
        first_index,
        events,
    };
    let expected = [
        Ok(accepted(0, vec![added("ada", 5, 2_000)])),
        Ok(accepted(1, vec![taken(3)])),
        Err(Rejection::TooLittle),
        Ok(accepted(2, vec![])),
        Ok(accepted(2, vec![taken(2)])),
    ];
    assert_eq!(block.outcomes, expected);
    assert_eq!(
        rounds, 2,
        "one for the state of all commands, one for the status map"
    );
    assert_eq!(block.entries.len(), 3);
    assert_eq!((block.header.height, block.header.log_size), (1, 3));
    assert_eq!(sequencer.head(), &block.header);
    proved_status(&store, "ada", Some(status_of(0)));
    proved_status(&store, "ben", None);
}

#[test]
fn a_log_entry_is_the_canonical_json_of_the_event_and_its_place() {
    let mut store = Store::default();
    let commands = [Command::Add("ada", 5)];
    let (sequencer, _, _) = execute(Sequencer::new(GENESIS), &mut store, 2_000, &commands);
    let (_, block, _) = execute(sequencer, &mut store, 3_000, &[Command::Add("ben", 7)]);
    let entry = &block.entries[0];
    let text = r#"{"event":{"at":3000,"by":7,"name":"ben","type":"added"},"height":2,"index":1,"time":3000}"#;
    assert_eq!(std::str::from_utf8(&entry.bytes), Ok(text));
    assert_eq!((entry.index, entry.leaf_hash), (1, leaf_hash(&entry.bytes)));
    let leaf = LeafContent::<Event>::decode(&entry.bytes).expect("a leaf");
    assert_eq!(
        (leaf.index, leaf.height, leaf.event),
        (1, 2, added("ben", 7, 3_000))
    );

    let header = &block.header;
    let proof = inclusion_proof(1, header.log_size, &store.tile_set()).expect("in range");
    let verified = verify_inclusion(entry.leaf_hash, 1, header.log_size, &proof, header.log_root);
    assert_eq!(verified, Ok(()));
}

#[test]
fn the_time_of_a_block_never_goes_back() {
    let mut store = Store::default();
    let mut sequencer = Sequencer::new(GENESIS);
    let mut times = Vec::new();
    for now in [500, 2_000, 1_500, 2_001] {
        let block;
        (sequencer, block, _) = execute(sequencer, &mut store, now, &[Command::Add("ada", 1)]);
        times.push(block.header.time.as_millis());
    }
    assert_eq!(times, [1_000, 2_000, 2_000, 2_001]);
}

#[test]
fn a_block_without_commands_changes_nothing_but_height_and_time() {
    let mut store = Store::default();
    let (sequencer, first, _) = execute(
        Sequencer::new(GENESIS),
        &mut store,
        2_000,
        &[Command::Add("ada", 1)],
    );
    let (_, empty, rounds) = execute(sequencer, &mut store, 3_000, &[]);
    let later = BlockHeader {
        height: 2,
        time: Timestamp::from_millis(3_000),
        ..first.header
    };
    assert_eq!(empty.header, later);
    assert_eq!(rounds, 0);
    assert!(empty.entries.is_empty() && empty.tiles.is_empty() && empty.nodes.is_empty());
    assert!(empty.changes.is_empty());
}

#[test]
fn a_block_in_which_nothing_happened_may_be_revoked() {
    let mut store = Store::default();
    let commands = [Command::Add("ada", 1)];
    let (sequencer, first, _) = execute(Sequencer::new(GENESIS), &mut store, 2_000, &commands);
    let draft = sequencer.begin(Timestamp::from_millis(9_000), vec![Command::Take("ada", 2)]);
    let Step::Done(block, uncommitted) = draft.run() else {
        panic!("all is loaded")
    };
    assert_eq!(block.outcomes, [Err(Rejection::TooLittle)]);
    let sequencer = uncommitted.revoked();
    assert_eq!(sequencer.head(), &first.header);
    let (_, next, _) = execute(sequencer, &mut store, 3_000, &[Command::Take("ada", 1)]);
    assert_eq!(
        (next.header.height, next.header.time.as_millis()),
        (2, 3_000)
    );
}

#[test]
fn what_happened_is_not_revoked() {
    let mut store = Store::default();
    drop(execute(
        Sequencer::new(GENESIS),
        &mut store,
        2_000,
        &[Command::Add("ada", 1)],
    ));
    let (sequencer, _, _) = execute(store.resume(), &mut store, 2_000, &[Command::Add("ada", 1)]);
    let Step::Done(_, uncommitted) = sequencer.begin(GENESIS, vec![Command::Add("ada", 1)]).run()
    else {
        panic!("all is loaded")
    };
    let revoked = catch_unwind(AssertUnwindSafe(|| uncommitted.revoked()));
    assert!(revoked.is_err());
}

/// What a command reads may come from a command before it in the same block.
#[test]
fn a_command_may_be_led_further_by_the_one_before() {
    let mut store = Store::default();
    let (sequencer, _, _) = execute(
        Sequencer::new(GENESIS),
        &mut store,
        2_000,
        &[Command::Add("ben", 40)],
    );
    drop(sequencer);
    let commands = [
        Command::AddThrough("ada", 1),
        Command::Point("ada", "ben"),
        Command::AddThrough("ada", 2),
    ];
    let (_, block, rounds) = execute(store.resume(), &mut store, 3_000, &commands);
    let through = vec![added("ada", 2, 3_000), added("ben", 2, 3_000)];
    assert_eq!(block.outcomes[0], Err(Rejection::NoPointer));
    assert_eq!(
        block.outcomes[2],
        Ok(Accepted {
            first_index: 2,
            events: through
        })
    );
    assert_eq!(
        rounds, 3,
        "a round more for the counter that the pointer names"
    );
    proved_status(&store, "ben", Some(status_of(42)));
}

#[test]
fn damaged_state_and_nodes_are_reported() {
    let mut store = Store::default();
    drop(execute(
        Sequencer::new(GENESIS),
        &mut store,
        2_000,
        &[Command::Add("ada", 1)],
    ));
    let mut draft = store.resume().begin(GENESIS, vec![Command::Add("ada", 1)]);
    let Step::Needs(missing, waiting) = draft.run() else {
        panic!("the counter is needed")
    };
    draft = waiting;
    assert!(draft.load_state(&missing.state[0], Some(&[0xff])).is_err());
    draft
        .load_state(&missing.state[0], Some(b"1"))
        .expect("a number");
    let Step::Needs(missing, waiting) = draft.run() else {
        panic!("the root node is needed")
    };
    draft = waiting;
    assert_eq!(missing.nodes, [""]);
    assert!(draft.load_node("", None).is_err());
}

#[test]
fn a_sequencer_resumes_only_from_what_fits_together() {
    let mut store = Store::default();
    let commands = NAMES.map(|name| Command::Add(name, 1));
    drop(execute(
        Sequencer::new(GENESIS),
        &mut store,
        2_000,
        &commands,
    ));
    let head = store.head();
    let edge = store.tiles.read(&edge_tiles_needed(head.log_size));
    let resume = |head: &BlockHeader, edge| Sequencer::<Toy>::resume(head.clone(), edge).err();
    assert_eq!(resume(&head, edge.clone()), None);
    assert!(matches!(resume(&head, vec![]), Some(ResumeError::Edge(_))));
    let mut damaged = edge.clone();
    damaged[0].hashes[40] ^= 1;
    assert_eq!(resume(&head, damaged), Some(ResumeError::LogRoot));
    let other = BlockHeader {
        status_root: Digest::ZERO,
        ..head.clone()
    };
    assert_eq!(resume(&other, edge), Some(ResumeError::AppHash));
    assert_eq!(resume(&BlockHeader::genesis(GENESIS), vec![]), None);
}

#[derive(Debug, Clone)]
struct Round {
    commands: Vec<Command>,
    /// Restart from the store, or forget all but so much.
    restart: bool,
    evict: usize,
}

fn command() -> impl Strategy<Value = Command> {
    let name = || prop::sample::select(&NAMES[..]);
    prop_oneof![
        (name(), 0_u64..9).prop_map(|(name, by)| Command::Add(name, by)),
        (name(), 0_u64..9).prop_map(|(name, by)| Command::Take(name, by)),
        (name(), name()).prop_map(|(from, to)| Command::Point(from, to)),
        (name(), 0_u64..9).prop_map(|(name, by)| Command::AddThrough(name, by)),
    ]
}

fn round() -> impl Strategy<Value = Round> {
    (
        prop::collection::vec(command(), 0..30),
        any::<bool>(),
        0_usize..8,
    )
        .prop_map(|(commands, restart, evict)| Round {
            commands,
            restart,
            evict,
        })
}

/// What a block makes durable, without what only its commands know.
fn durable(block: Block) -> Block {
    Block {
        outcomes: Vec::new(),
        ..block
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Invariant 1: execution, execution with restarts and evictions between, and replay agree.
    #[test]
    fn replay_and_restart_lead_to_the_same_blocks(rounds in prop::collection::vec(round(), 1..12)) {
        let (mut steady_store, mut store, mut replay_store) = (Store::default(), Store::default(), Store::default());
        let (mut steady, mut sequencer, mut replayer) =
            (Sequencer::new(GENESIS), Sequencer::new(GENESIS), Sequencer::new(GENESIS));
        for (number, Round { commands, restart, evict }) in (1..).zip(rounds) {
            if restart {
                sequencer = store.resume();
                replayer = replay_store.resume();
            } else {
                sequencer.evict(evict, evict);
            }
            let (expected, block, replayed);
            (steady, expected, _) = execute(steady, &mut steady_store, number * 1_000, &commands);
            (sequencer, block, _) = execute(sequencer, &mut store, number * 1_000, &commands);
            prop_assert_eq!(&block, &expected);
            let leaves: Vec<Vec<u8>> = block.entries.iter().map(|entry| entry.bytes.clone()).collect();
            (replayer, replayed) = replay(replayer, &mut replay_store, &block.header, &leaves).expect("replays");
            prop_assert_eq!(replayed, durable(block));
            let head = sequencer.head();
            prop_assert_eq!(head.app_hash, app_hash(&head.log_root, &head.status_root));
        }
        prop_assert_eq!(&replay_store.state, &store.state);
        prop_assert_eq!(&replay_store.nodes, &store.nodes);
    }

    /// Invariant 5: the log of every block is the beginning of that of every later block.
    #[test]
    fn every_earlier_checkpoint_is_a_prefix(rounds in prop::collection::vec(round(), 1..12)) {
        let mut store = Store::default();
        let mut sequencer = Sequencer::new(GENESIS);
        for Round { commands, restart, .. } in rounds {
            if restart {
                sequencer = store.resume();
            }
            (sequencer, _, _) = execute(sequencer, &mut store, 2_000, &commands);
        }
        let tiles = store.tile_set();
        for (place, new) in store.headers.iter().enumerate() {
            for old in &store.headers[..=place] {
                let proof = consistency_proof(old.log_size, new.log_size, &tiles).expect("in range");
                let verified = verify_consistency(old.log_size, old.log_root, new.log_size, new.log_root, &proof);
                prop_assert_eq!(verified, Ok(()));
            }
        }
    }
}
