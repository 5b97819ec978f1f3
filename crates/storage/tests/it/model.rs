//! The store against a model that is a few maps in memory.

use std::collections::{BTreeMap, BTreeSet};

use assent_model::machine::Change;
use assent_storage::{DueChange, Listing};
use proptest::prelude::*;

use crate::bed::Bed;
use crate::chain::{Chain, NEVER, key, time};

#[derive(Debug, Clone)]
struct Block {
    changes: BTreeMap<u64, Option<Vec<u8>>>,
    due: Vec<(u64, Option<u64>)>,
    listings: Vec<(u64, u64)>,
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let value = prop::option::of(prop::collection::vec(any::<u8>(), 0..40));
    let block = (
        prop::collection::btree_map(0..40u64, value, 0..20),
        prop::collection::vec((0..10u64, prop::option::of(0..99u64)), 0..10),
        prop::collection::vec((0..20u64, 0..5u64), 0..10),
    );
    let block = block.prop_map(|(changes, due, listings)| Block {
        changes,
        due,
        listings,
    });
    prop::collection::vec(block, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_store_agrees_with_a_model(blocks in blocks()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(compare(blocks))?;
    }
}

async fn compare(blocks: Vec<Block>) -> Result<(), TestCaseError> {
    let bed = Bed::sqlite();
    let store = bed.open().await;
    let mut chain = Chain::default();
    let mut state = BTreeMap::new();
    let mut due = BTreeMap::new();
    let mut list = BTreeSet::new();
    for block in blocks {
        let mut commit = chain.block(0);
        commit.changes = block
            .changes
            .iter()
            .map(|(number, value)| Change {
                key: key(*number),
                value: value.clone(),
            })
            .collect();
        commit.due = block
            .due
            .iter()
            .map(|(key, at)| due_change(*key, *at))
            .collect();
        commit.listings = block
            .listings
            .iter()
            .map(|&(at, member)| listing(at, member))
            .collect();
        store.commit_block(commit).await.unwrap();

        state.extend(block.changes);
        due.extend(block.due);
        list.extend(block.listings);
        let keys: Vec<_> = (0..40).map(key).collect();
        let expected: Vec<_> = (0..40)
            .map(|number| (key(number), state.get(&number).cloned().flatten()))
            .collect();
        prop_assert_eq!(store.state(&keys).await.unwrap(), expected);
        let mut expected: Vec<_> = due
            .iter()
            .filter_map(|(key, at)| Some((time((*at)?), format!("due {key}"))))
            .collect();
        expected.sort();
        prop_assert_eq!(store.due(NEVER, 1000).await.unwrap(), expected);
        let expected: Vec<_> = list
            .iter()
            .map(|(at, member)| (*at, format!("member {member}")))
            .collect();
        prop_assert_eq!(store.listing("list", None, 1000).await.unwrap(), expected);
    }
    Ok(())
}

fn due_change(key: u64, at: Option<u64>) -> DueChange {
    let key = format!("due {key}");
    match at {
        Some(at) => DueChange::Set { at: time(at), key },
        None => DueChange::Clear { key },
    }
}

fn listing(position: u64, member: u64) -> Listing {
    Listing {
        list: "list".to_owned(),
        member: format!("member {member}"),
        position,
    }
}
