//! Documents, their revisions and their expiry.

use assent_model::time::Span;
use assent_storage::{Document, Store, StoredDocument};

use crate::bed::Bed;
use crate::chain::{START, document};

on_both_engines! {
    a_document_changes_only_from_the_expected_revision
    documents_are_listed_by_kind_and_owner
    documents_expire
}

async fn stored(store: &Store, id: &str) -> Option<(u64, Document)> {
    let found = store.document("account", id).await.unwrap();
    found.map(|StoredDocument { revision, document }| (revision, document))
}

async fn a_document_changes_only_from_the_expected_revision(bed: Bed) {
    let store = bed.open().await;
    let put = async |body, revision| {
        store
            .put_if_revision(document("a", body), revision)
            .await
            .unwrap()
    };
    assert_eq!(put("zero", Some(1)).await, None);
    assert_eq!(stored(&store, "a").await, None);
    assert_eq!(put("one", None).await, Some(1));
    assert_eq!(put("other one", None).await, None);
    assert_eq!(put("two", Some(1)).await, Some(2));
    assert_eq!(put("other two", Some(1)).await, None);
    assert_eq!(stored(&store, "a").await, Some((2, document("a", "two"))));

    // Without a condition it becomes the next revision all the same.
    let both = vec![document("a", "three"), document("b", "one")];
    store.put_documents(both).await.unwrap();
    assert_eq!(stored(&store, "a").await, Some((3, document("a", "three"))));
    assert_eq!(stored(&store, "b").await, Some((1, document("b", "one"))));

    assert_eq!(store.delete_document("account", "a").await, Ok(true));
    assert_eq!(store.delete_document("account", "a").await, Ok(false));
    assert_eq!(stored(&store, "a").await, None);
    assert_eq!(store.document("draft", "b").await.unwrap(), None);
}

async fn documents_are_listed_by_kind_and_owner(bed: Bed) {
    let store = bed.open().await;
    let of = |kind: &str, owner: &str, id: &str| Document {
        kind: kind.to_owned(),
        owner: owner.to_owned(),
        ..document(id, "body")
    };
    let documents = vec![
        of("account", "prt_1", "d"),
        of("account", "prt_2", "b"),
        of("account", "prt_1", "a"),
        of("account", "prt_1", "B"),
        of("draft", "prt_1", "c"),
    ];
    store.put_documents(documents).await.unwrap();
    let ids = |found: Vec<StoredDocument>| {
        found
            .into_iter()
            .map(|stored| stored.document.id)
            .collect::<String>()
    };
    assert_eq!(
        ids(store.documents("account", "", 9).await.unwrap()),
        "Babd"
    );
    assert_eq!(ids(store.documents("account", "a", 1).await.unwrap()), "b");
    assert_eq!(
        ids(store.documents_of("account", "prt_1", "", 2).await.unwrap()),
        "Ba"
    );
    assert_eq!(
        ids(store
            .documents_of("account", "prt_1", "a", 2)
            .await
            .unwrap()),
        "d"
    );
    assert_eq!(
        ids(store.documents_of("draft", "prt_2", "", 9).await.unwrap()),
        ""
    );
}

async fn documents_expire(bed: Bed) {
    let store = bed.open().await;
    let until = |id: &str, seconds| Document {
        expires_at: Some(START + Span::from_seconds(seconds)),
        ..document(id, "body")
    };
    let documents = vec![
        until("a", 1),
        until("b", 2),
        until("c", 3),
        document("d", "body"),
    ];
    store.put_documents(documents).await.unwrap();
    assert_eq!(stored(&store, "b").await, Some((1, until("b", 2))));
    assert_eq!(
        store.purge_documents(START + Span::from_seconds(2)).await,
        Ok(2)
    );
    assert_eq!(stored(&store, "b").await, None);
    assert_eq!(stored(&store, "c").await, Some((1, until("c", 3))));
    assert_eq!(stored(&store, "d").await, Some((1, document("d", "body"))));
}
