//! Who may open a store.

use assent_storage::{Store, StoreConfig, StoreError};

use crate::bed::Bed;
use crate::chain::{Chain, contents, document};

on_both_engines! {
    a_second_opener_is_refused
    a_store_opens_again_as_it_was
    a_newer_schema_is_refused
}

async fn a_second_opener_is_refused(bed: Bed) {
    let store = bed.open().await;
    assert_eq!(
        Store::open(&bed.config()).await.err(),
        Some(StoreError::Locked)
    );
    store
        .put_documents(vec![document("a", "the first goes on")])
        .await
        .unwrap();
    store.close().await.unwrap();
    let store = bed.open().await;
    assert!(store.document("account", "a").await.unwrap().is_some());
}

async fn a_store_opens_again_as_it_was(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    for entries in [3, 0, 300] {
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
    let before = contents(&store, 4).await;
    store.close().await.unwrap();
    let store = bed.open().await;
    assert_eq!(contents(&store, 4).await, before);
    store.commit_block(chain.block(1)).await.unwrap();
    assert_ne!(contents(&store, 4).await, before);
}

async fn a_newer_schema_is_refused(bed: Bed) {
    bed.open().await.close().await.unwrap();
    bed.meddle("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)")
        .await;
    assert_eq!(
        Store::open(&bed.config()).await.err(),
        Some(StoreError::NewerSchema)
    );
}

#[tokio::test]
async fn other_addresses_are_refused() {
    for url in [
        "",
        "sqlite:",
        "sqlite::memory:",
        "mysql://localhost/x",
        "/var/lib/x",
        "postgres://[",
    ] {
        let config = StoreConfig {
            url: url.to_owned(),
        };
        assert_eq!(
            Store::open(&config).await.err(),
            Some(StoreError::Address),
            "{url}"
        );
    }
    let config = StoreConfig {
        url: "postgres://me:secret@localhost/x".to_owned(),
    };
    assert!(!format!("{config:?}").contains("secret"));
    let config = StoreConfig {
        url: "sqlite:/no/such/directory/assent.sqlite".to_owned(),
    };
    assert!(matches!(
        Store::open(&config).await.err(),
        Some(StoreError::Io(_))
    ));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damage() {
    let bed = Bed::sqlite();
    std::fs::write(bed.path("assent.sqlite"), [7; 9000]).unwrap();
    assert_eq!(
        Store::open(&bed.config()).await.err(),
        Some(StoreError::Corrupt)
    );
}

#[tokio::test]
async fn a_closed_store_is_one_file() {
    let bed = Bed::sqlite();
    let store = bed.open().await;
    store
        .put_documents(vec![document("a", "body")])
        .await
        .unwrap();
    assert!(bed.path("assent.sqlite-wal").metadata().unwrap().len() > 0);
    store.close().await.unwrap();
    assert!(!bed.path("assent.sqlite-wal").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let bed = Bed::sqlite();
    let store = bed.open().await;
    store
        .put_documents(vec![document("a", "body")])
        .await
        .unwrap();
    for name in ["assent.sqlite", "assent.sqlite-wal", "assent.sqlite.lock"] {
        let mode = bed.path(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn losing_the_lock_ends_writing() {
    let bed = Bed::postgres();
    let store = bed.open().await;
    bed.meddle(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .await;
    assert!(
        store
            .put_documents(vec![document("a", "one")])
            .await
            .is_err()
    );
    let second = store.put_documents(vec![document("a", "two")]).await;
    assert_eq!(second, Err(StoreError::Poisoned));
    assert_eq!(store.document("account", "a").await.unwrap(), None);
    assert!(Store::open(&bed.config()).await.is_ok(), "the lock is free");
}
