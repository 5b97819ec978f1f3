//! When a durable write fails, writing ends until the store is opened again.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use assent_model::time::{Span, Timestamp};
use assent_storage::{Fault, Store, StoreError};

use crate::bed::Bed;
use crate::chain::{Chain, contents, document};

on_both_engines! {
    a_full_disk_ends_writing
    a_failed_sync_ends_writing
    a_receipt_that_fails_ends_writing
    a_write_that_is_dropped_half_way_ends_writing
    an_ordinary_conflict_ends_nothing
}

/// Whether every way to write is refused.
async fn assert_refuses_writes(store: &Store, chain: &mut Chain) {
    let now = Timestamp::from_millis(0);
    let refused = [
        store.commit_block(chain.block(0)).await.err(),
        store.append_receipts(vec![b"receipt".to_vec()]).await.err(),
        store.put_documents(vec![document("a", "body")]).await.err(),
        store
            .put_if_revision(document("a", "body"), None)
            .await
            .err(),
        store.delete_document("account", "a").await.err(),
        store.purge_documents(now).await.err(),
        store.purge_uses(now).await.err(),
        store.purge_attempts(now).await.err(),
        store
            .claim("webhook", now, Span::from_seconds(1), 1)
            .await
            .err(),
        store.settle(now, &[]).await.err(),
        store.vault_erase("sur_1").await.err(),
        store.vault_erase_ids(&["bdy_1".to_owned()]).await.err(),
    ];
    assert!(store.is_poisoned());
    for (place, error) in refused.into_iter().enumerate() {
        assert_eq!(error, Some(StoreError::Poisoned), "write number {place}");
    }
}

async fn a_full_disk_ends_writing(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    store.commit_block(chain.block(2)).await.unwrap();
    let before = contents(&store, 2).await;
    let block = chain.block(2);
    store.inject(Fault::Full);
    assert_eq!(
        store.commit_block(block.clone()).await,
        Err(StoreError::Full)
    );
    assert_refuses_writes(&store, &mut chain).await;
    assert_eq!(contents(&store, 2).await, before, "reading goes on");
    store.close().await.unwrap();

    let store = bed.open().await;
    assert_eq!(contents(&store, 2).await, before);
    store.commit_block(block).await.unwrap();
}

async fn a_failed_sync_ends_writing(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    let block = chain.block(2);
    store.inject(Fault::Sync);
    assert!(matches!(
        store.commit_block(block.clone()).await,
        Err(StoreError::Io(_))
    ));
    assert_refuses_writes(&store, &mut chain).await;
    assert_eq!(store.head(), None, "nothing is acknowledged");
    store.close().await.unwrap();

    // What the disk holds is read, not guessed: here the block had made it.
    let store = bed.open().await;
    assert_eq!(store.head(), Some(block.header));
}

async fn a_receipt_that_fails_ends_writing(bed: Bed) {
    let store = bed.open().await;
    store.inject(Fault::Full);
    let receipt = store.append_receipts(vec![b"receipt".to_vec()]).await;
    assert_eq!(receipt, Err(StoreError::Full));
    assert_refuses_writes(&store, &mut Chain::default()).await;
    store.close().await.unwrap();
    assert_eq!(bed.open().await.pending_receipts(9).await.unwrap(), []);
}

async fn a_write_that_is_dropped_half_way_ends_writing(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    {
        let mut write = pin!(store.commit_block(chain.block(2)));
        assert!(
            write
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
    }
    assert_refuses_writes(&store, &mut chain).await;
}

async fn an_ordinary_conflict_ends_nothing(bed: Bed) {
    let store = bed.open().await;
    let twice = vec![document("a\0b", "a name that PostgreSQL cannot hold")];
    if !bed.is_sqlite() {
        assert!(matches!(
            store.put_documents(twice).await,
            Err(StoreError::Refused(_))
        ));
    }
    assert_eq!(
        store.put_if_revision(document("a", "one"), Some(7)).await,
        Ok(None)
    );
    store
        .put_documents(vec![document("a", "one")])
        .await
        .unwrap();
    assert!(!store.is_poisoned());
}
