//! Blocks: what is written comes back, and all of it or nothing.

use assent_ledger::block::NodeChange;
use assent_model::machine::StateKey;
use assent_storage::{BlockCommit, DueChange, StoreError};

use crate::bed::Bed;
use crate::chain::{Chain, NEVER, change, contents, entry, key, message, time};

on_both_engines! {
    everything_of_a_block_comes_back
    a_later_block_changes_and_removes
    any_number_of_rows_is_written_and_found
    a_block_is_written_whole_or_not_at_all
    a_block_out_of_order_is_refused
    the_last_word_on_what_is_due_counts
    used_commands_are_forgotten_when_they_expire
}

async fn everything_of_a_block_comes_back(bed: Bed) {
    let store = bed.open().await;
    assert_eq!(store.head(), None);
    let block = Chain::default().block(3);
    store.commit_block(block.clone()).await.unwrap();

    assert_eq!(store.head(), Some(block.header.clone()));
    assert_eq!(store.header(1).await.unwrap(), Some(block.header));
    assert_eq!(store.header(2).await.unwrap(), None);
    assert_eq!(store.entries(0..10).await.unwrap(), block.entries);
    assert_eq!(store.entries(1..2).await.unwrap(), [entry(1)]);
    assert_eq!(store.entry(2).await.unwrap(), Some(entry(2)));
    assert_eq!(store.entry(3).await.unwrap(), None);
    assert_eq!(
        store.entries_of("cns_1", None, 2).await.unwrap(),
        [entry(0), entry(1)]
    );
    assert_eq!(
        store.entries_of("cns_1", Some(1), 9).await.unwrap(),
        [entry(2)]
    );
    assert_eq!(store.entries_of("cns_2", None, 9).await.unwrap(), []);
    assert_eq!(
        store.tiles(&[(0, 0), (0, 1), (1, 0)]).await.unwrap(),
        block.tiles
    );
    assert_eq!(store.tiles(&[]).await.unwrap(), []);
    let asked = [key(2), key(1)];
    let known = [(key(2), None), (key(1), block.changes[0].value.clone())];
    assert_eq!(store.state(&asked).await.unwrap(), known);
    let paths = ["1".to_owned(), "12".to_owned()];
    let known = [
        ("1".to_owned(), block.nodes[0].node.clone()),
        ("12".to_owned(), None),
    ];
    assert_eq!(store.nodes(&paths).await.unwrap(), known);
    let keys = ["prt_2|jti".to_owned(), "prt_1|jti".to_owned()];
    assert_eq!(store.uses(&keys).await.unwrap(), block.uses);
    let listing = store.listing("svc/consents", None, 10).await.unwrap();
    assert_eq!(listing, [(0, "cns_1".to_owned())]);
    assert_eq!(
        store.due(NEVER, 10).await.unwrap(),
        [(time(1), "consent/cns_1".to_owned())]
    );
    assert_eq!(
        store.vault_get("bdy_1").await.unwrap().as_ref(),
        block.vault.first()
    );
    assert_eq!(store.vault_of("sur_1").await.unwrap(), block.vault);
}

async fn a_later_block_changes_and_removes(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    store
        .append_receipts(vec![b"one".to_vec(), b"two".to_vec(), b"three".to_vec()])
        .await
        .unwrap();
    let waiting = store.pending_receipts(2).await.unwrap();
    let mut first = chain.block(1);
    first.changes = vec![change(7, Some("old")), change(8, Some("old"))];
    store.commit_block(first).await.unwrap();

    let mut second = chain.block(0);
    second.changes = vec![change(7, Some("new")), change(8, None)];
    second.nodes = vec![NodeChange {
        path: "1".to_owned(),
        node: None,
    }];
    second.due = vec![DueChange::Clear {
        key: "consent/cns_1".to_owned(),
    }];
    second.receipts_done = waiting.iter().map(|(number, _)| *number).collect();
    store.commit_block(second).await.unwrap();

    let known = [(key(7), Some(b"new 7".to_vec())), (key(8), None)];
    assert_eq!(store.state(&[key(7), key(8)]).await.unwrap(), known);
    assert_eq!(
        store.nodes(&["1".to_owned()]).await.unwrap(),
        [("1".to_owned(), None)]
    );
    assert_eq!(store.due(NEVER, 10).await.unwrap(), []);
    assert_eq!(
        waiting
            .iter()
            .map(|(_, body)| &body[..])
            .collect::<Vec<_>>(),
        [b"one", b"two"]
    );
    let left = store.pending_receipts(10).await.unwrap();
    assert_eq!(
        left.iter().map(|(_, body)| &body[..]).collect::<Vec<_>>(),
        [b"three"]
    );
}

async fn any_number_of_rows_is_written_and_found(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    let mut first = 0;
    for rows in [0, 1, 3, 4, 5, 63, 64, 65, 255, 256, 257, 600] {
        let mut block = chain.block(0);
        block.changes = (first..first + rows)
            .map(|n| change(n, Some("here")))
            .collect();
        store.commit_block(block.clone()).await.unwrap();
        // Every second one that is asked for does not exist.
        let absent = |n: u64| StateKey::new("absent", n);
        let asked: Vec<StateKey> = (first..first + rows)
            .flat_map(|n| [key(n), absent(n)])
            .collect();
        let found = store.state(&asked).await.unwrap();
        let expected: Vec<_> = block
            .changes
            .into_iter()
            .zip(first..)
            .flat_map(|(change, n)| [(change.key, change.value), (absent(n), None)])
            .collect();
        assert_eq!(found, expected, "{rows} rows");

        let mut block = chain.block(0);
        block.changes = (first..first + rows).map(|n| change(n, None)).collect();
        store.commit_block(block).await.unwrap();
        assert!(
            store
                .state(&asked)
                .await
                .unwrap()
                .iter()
                .all(|(_, value)| value.is_none())
        );
        first += rows;
    }
}

async fn a_block_is_written_whole_or_not_at_all(bed: Bed) {
    let mut chain = Chain::default();
    let first = chain.block(2);
    let second = chain.block(2);
    let store = bed.open().await;
    store.commit_block(first.clone()).await.unwrap();
    let before = contents(&store, 2).await;
    store.close().await.unwrap();

    let with = |spoil: fn(&mut BlockCommit, BlockCommit)| {
        let mut block = second.clone();
        spoil(&mut block, first.clone());
        block
    };
    let spoiled = [
        with(|block, first| block.uses.extend(first.uses)),
        with(|block, first| block.outbox.extend(first.outbox)),
        with(|block, first| block.vault.extend(first.vault)),
        with(|block, _| block.vault.extend(block.vault.clone())),
    ];
    for block in spoiled {
        let store = bed.open().await;
        assert_eq!(store.commit_block(block).await, Err(StoreError::Conflict));
        assert!(store.is_poisoned());
        assert_eq!(contents(&store, 2).await, before);
        store.close().await.unwrap();
    }

    let store = bed.open().await;
    assert_eq!(contents(&store, 2).await, before);
    store.commit_block(second).await.unwrap();
    assert_ne!(contents(&store, 2).await, before);
}

async fn a_block_out_of_order_is_refused(bed: Bed) {
    let mut chain = Chain::default();
    let (first, second, third) = (chain.block(1), chain.block(1), chain.block(1));
    let mut gap = second.clone();
    gap.entries[0].index += 1;
    let mut short = second.clone();
    short.entries.clear();
    for wrong in [first.clone(), third, gap, short] {
        let bed = if bed.is_sqlite() {
            Bed::sqlite()
        } else {
            Bed::postgres()
        };
        let store = bed.open().await;
        store.commit_block(first.clone()).await.unwrap();
        assert_eq!(store.commit_block(wrong).await, Err(StoreError::OutOfOrder));
        assert_eq!(
            store.commit_block(second.clone()).await,
            Err(StoreError::Poisoned)
        );
        assert_eq!(store.head(), Some(first.header.clone()));
    }
}

async fn the_last_word_on_what_is_due_counts(bed: Bed) {
    let store = bed.open().await;
    let mut block = Chain::default().block(0);
    let set = |at, key: &str| DueChange::Set {
        at,
        key: key.to_owned(),
    };
    let clear = |key: &str| DueChange::Clear {
        key: key.to_owned(),
    };
    block.due = vec![
        set(time(9), "a"),
        set(time(5), "a"),
        set(time(1), "b"),
        clear("b"),
        clear("c"),
        set(time(2), "c"),
        set(NEVER, "d"),
    ];
    store.commit_block(block).await.unwrap();
    let due = |found: &[(_, String)]| found.iter().map(|(_, key)| key.clone()).collect::<String>();
    assert_eq!(due(&store.due(time(2), 9).await.unwrap()), "c");
    assert_eq!(due(&store.due(time(5), 9).await.unwrap()), "ca");
    assert_eq!(due(&store.due(NEVER, 2).await.unwrap()), "ca");
    assert_eq!(due(&store.due(NEVER, 9).await.unwrap()), "cad");
}

async fn used_commands_are_forgotten_when_they_expire(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    let blocks: Vec<BlockCommit> = (0..3).map(|_| chain.block(0)).collect();
    let keys: Vec<String> = blocks
        .iter()
        .map(|block| block.uses[0].key.clone())
        .collect();
    for block in blocks.clone() {
        store.commit_block(block).await.unwrap();
    }
    let expiry = blocks[1].uses[0].expires_at;
    assert_eq!(store.purge_uses(expiry).await, Ok(1));
    let mut left = store.uses(&keys).await.unwrap();
    left.sort_by(|one, other| one.key.cmp(&other.key));
    assert_eq!(left, [blocks[1].uses[0].clone(), blocks[2].uses[0].clone()]);
    // Once forgotten, a key is free.
    let mut block = chain.block(0);
    block.uses.clone_from(&blocks[0].uses);
    block.outbox = vec![message(99)];
    assert_eq!(store.commit_block(block).await, Ok(()));
}
