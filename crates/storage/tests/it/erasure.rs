//! What is erased is gone from the files, not only from the answers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assent_storage::{StoreError, VaultEntry};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, TransactionTrait};

use crate::bed::Bed;
use crate::chain::{Chain, message};
use crate::server::server;

on_both_engines! {
    erased_bodies_are_not_found
}

/// Every body is made of these words, each between its number and again its number, so that any
/// piece of a body tells which it is, and a page that ends there tells nothing false.
const MARK: &[u8] = b"sealed body:";

fn body(number: u32, length: usize) -> VaultEntry {
    let mark = [&number.to_be_bytes(), MARK].concat();
    VaultEntry {
        id: format!("bdy_{number}"),
        owner: format!("sur_{}", number % 50),
        kind: "answer".to_owned(),
        ciphertext: mark.into_iter().cycle().take(length).collect(),
    }
}

/// The numbers of all bodies of which a file below `place` holds a piece.
fn bodies_in(place: &Path) -> BTreeSet<u32> {
    files(place)
        .into_iter()
        .flat_map(|file| {
            let bytes = fs::read(file).unwrap();
            bytes
                .windows(4 + MARK.len() + 4)
                .filter(|window| window[4..].starts_with(MARK) && window[..4] == window[16..])
                .map(|window| u32::from_be_bytes(window[..4].try_into().unwrap()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn files(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    fs::read_dir(place)
        .unwrap()
        .flat_map(|entry| files(&entry.unwrap().path()))
        .collect()
}

/// Numbers that look random and are the same each time.
fn scattered(number: u32) -> u32 {
    number.wrapping_mul(2_654_435_761) >> 7
}

async fn erased_bodies_are_not_found(bed: Bed) {
    let store = bed.open().await;
    let mut block = Chain::default().block(0);
    block.vault = (0..200).map(|number| body(number, 900)).collect();
    store.commit_block(block).await.unwrap();
    assert_eq!(store.vault_of("sur_7").await.unwrap().len(), 4);

    store.vault_erase("sur_7").await.unwrap();
    store
        .vault_erase_ids(&["bdy_8".to_owned(), "bdy_none".to_owned()])
        .await
        .unwrap();
    assert_eq!(store.vault_of("sur_7").await.unwrap(), []);
    assert_eq!(store.vault_get("bdy_57").await.unwrap(), None);
    assert_eq!(store.vault_get("bdy_8").await.unwrap(), None);
    let left = [body(58, 900), body(108, 900), body(158, 900)];
    assert_eq!(store.vault_of("sur_8").await.unwrap(), left);
    // Once more does no harm.
    store.vault_erase("sur_7").await.unwrap();
}

#[tokio::test]
async fn no_file_of_sqlite_keeps_an_erased_body() {
    let bed = Bed::sqlite();
    let store = bed.open().await;
    let mut chain = Chain::default();
    let mut stored = BTreeSet::new();
    for round in 0..12 {
        // From a few bytes to several pages.
        let new = (round * 100..round * 100 + 100).map(|number| {
            let length = [60, 200, 900, 3_000, 20_000][scattered(number) as usize % 5];
            stored.insert(number);
            body(number, length)
        });
        let mut block = chain.block(1);
        block.vault = new.collect();
        block.outbox = vec![message(round.into())];
        store.commit_block(block).await.unwrap();
        assert_eq!(
            bodies_in(&bed.path("")),
            stored,
            "all that is stored is in the files"
        );

        if round % 2 == 0 {
            let owner = scattered(round) % 50;
            store.vault_erase(&format!("sur_{owner}")).await.unwrap();
            stored.retain(|number| number % 50 != owner);
        } else {
            let ids = stored
                .iter()
                .copied()
                .filter(|&n| scattered(n ^ round).is_multiple_of(3));
            let ids: BTreeSet<u32> = ids.collect();
            let names: Vec<String> = ids.iter().map(|number| format!("bdy_{number}")).collect();
            store.vault_erase_ids(&names).await.unwrap();
            stored.retain(|number| !ids.contains(number));
        }
        assert_eq!(bodies_in(&bed.path("")), stored, "round {round}");
    }
    for number in 0..1200 {
        let found = store.vault_get(&format!("bdy_{number}")).await.unwrap();
        assert_eq!(found.is_some(), stored.contains(&number));
    }
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn a_reader_that_keeps_erased_bytes_is_reported() {
    let bed = Bed::sqlite();
    let store = bed.open().await;
    let mut block = Chain::default().block(0);
    block.vault = vec![body(1, 900), body(2, 900)];
    store.commit_block(block).await.unwrap();
    let reader = Database::connect(&bed.url).await.unwrap();
    let reading = reader.begin().await.unwrap();
    reading
        .query_all_raw(Statement::from_string(
            DbBackend::Sqlite,
            "SELECT * FROM vault",
        ))
        .await
        .unwrap();

    assert_eq!(store.vault_erase("sur_1").await, Err(StoreError::Busy));
    assert_eq!(store.vault_get("bdy_1").await.unwrap(), None);
    assert!(bodies_in(&bed.path("")).contains(&1));

    reading.rollback().await.unwrap();
    store.vault_erase("sur_1").await.unwrap();
    assert_eq!(bodies_in(&bed.path("")), BTreeSet::from([2]));
}

#[tokio::test]
async fn no_table_of_postgres_keeps_an_erased_body_once_it_is_rewritten() {
    let bed = Bed::postgres();
    let store = bed.open().await;
    let mut block = Chain::default().block(0);
    block.vault = (5000..5100).map(|number| body(number, 900)).collect();
    store.commit_block(block).await.unwrap();
    store.vault_erase("sur_7").await.unwrap();
    bed.meddle("CHECKPOINT").await;
    let found = bodies_in(&server().tables());
    assert!(
        found.contains(&5008),
        "the bodies are searched for where they are"
    );
    bed.meddle("VACUUM FULL vault").await;
    bed.meddle("CHECKPOINT").await;
    let found = bodies_in(&server().tables());
    assert!(found.contains(&5008) && !found.contains(&5007) && !found.contains(&5057));
}
