//! Backup, check and size.

use assent_storage::{Damage, Store, StoreConfig, StoreError};

use crate::bed::Bed;
use crate::chain::{Chain, contents, document};

on_both_engines! {
    a_complete_store_checks
    missing_rows_are_found
    a_store_has_a_size
}

async fn filled(bed: &Bed) -> Store {
    let store = bed.open().await;
    let mut chain = Chain::default();
    for entries in [3, 0, 700] {
        store.commit_block(chain.block(entries)).await.unwrap();
    }
    store
        .append_receipts(vec![b"receipt".to_vec()])
        .await
        .unwrap();
    store
        .put_documents(vec![document("a", "body")])
        .await
        .unwrap();
    store
}

async fn a_complete_store_checks(bed: Bed) {
    assert_eq!(bed.open().await.check().await.unwrap(), []);
    let bed = if bed.is_sqlite() {
        Bed::sqlite()
    } else {
        Bed::postgres()
    };
    assert_eq!(filled(&bed).await.check().await.unwrap(), []);
}

async fn missing_rows_are_found(bed: Bed) {
    let store = filled(&bed).await;
    bed.meddle("DELETE FROM entries WHERE position IN (5, 702)")
        .await;
    bed.meddle("DELETE FROM tiles WHERE level = 0 AND position = 1")
        .await;
    bed.meddle("DELETE FROM blocks WHERE height = 2").await;
    let damages = [
        Damage::Blocks {
            expected: 3,
            found: 2,
        },
        Damage::Entries {
            expected: 703,
            found: 701,
        },
        Damage::Tiles {
            level: 0,
            expected: 703,
            found: 447,
        },
    ];
    assert_eq!(store.check().await.unwrap(), damages);
}

async fn a_store_has_a_size(bed: Bed) {
    let store = bed.open().await;
    let empty = store.size().await.unwrap();
    assert!(empty > 0);
    let mut large = document("a", "");
    large.body = vec![7; 3_000_000];
    store.put_documents(vec![large]).await.unwrap();
    // PostgreSQL compresses.
    assert!(store.size().await.unwrap() > empty + 30_000);
}

#[tokio::test]
async fn a_backup_opens_and_is_equal() {
    let bed = Bed::sqlite();
    let store = filled(&bed).await;
    let path = bed.path("backup.sqlite");
    store.backup(&path).await.unwrap();
    let before = contents(&store, 4).await;
    store
        .put_documents(vec![document("b", "after the backup")])
        .await
        .unwrap();

    let url = format!("sqlite:{}", path.display());
    let copy = Store::open(&StoreConfig { url }).await.unwrap();
    assert_eq!(contents(&copy, 4).await, before);
    assert_eq!(copy.check().await.unwrap(), []);
    assert!(store.backup(&path).await.is_err(), "nothing is overwritten");
}

#[tokio::test]
async fn a_store_in_use_is_copied_with_all_that_was_committed_before() {
    let bed = Bed::sqlite();
    let store = bed.open().await;
    let mut chain = Chain::default();
    for _ in 0..5 {
        store.commit_block(chain.block(50)).await.unwrap();
    }
    for round in 0..6 {
        let path = bed.path(&format!("backup-{round}.sqlite"));
        let before = store.head().unwrap();
        let config = bed.config();
        let copying = Store::backup_running(&config, &path);
        let writing = async {
            for _ in 0..20 {
                store.commit_block(chain.block(50)).await.unwrap();
            }
        };
        let (copied, ()) = tokio::join!(copying, writing);
        copied.unwrap();

        let url = format!("sqlite:{}", path.display());
        let copy = Store::open(&StoreConfig { url }).await.unwrap();
        let head = copy.head().unwrap();
        assert!(head.height >= before.height, "a committed block is missing");
        assert_eq!(store.header(head.height).await.unwrap(), Some(head.clone()));
        assert_eq!(copy.check().await.unwrap(), [], "the copy is one block's");
    }
}

#[tokio::test]
async fn what_was_erased_is_in_no_copy_of_a_store_in_use() {
    let bed = Bed::sqlite();
    let store = bed.open().await;
    let mut secret = document("a", "");
    secret.body = b"a body that was erased".repeat(2000);
    store.put_documents(vec![secret]).await.unwrap();
    let holds = |path: &std::path::Path| {
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(22)
            .any(|part| part == b"a body that was erased")
    };
    let (with, without) = (bed.path("with.sqlite"), bed.path("without.sqlite"));
    Store::backup_running(&bed.config(), &with).await.unwrap();
    assert!(holds(&with), "the search finds what is there");
    bed.meddle("DELETE FROM documents").await;
    Store::backup_running(&bed.config(), &without)
        .await
        .unwrap();
    assert!(!holds(&without));
}

#[tokio::test]
async fn a_server_is_backed_up_by_its_own_means() {
    let bed = Bed::postgres();
    let running = Store::backup_running(&bed.config(), "backup".as_ref()).await;
    assert_eq!(running, Err(StoreError::Unsupported("use pg_dump")));
    let refused = bed.open().await.backup("backup".as_ref()).await;
    assert_eq!(refused, Err(StoreError::Unsupported("use pg_dump")));
}
