//! Pages of lists that stay right while the lists grow.

use assent_storage::{BlockCommit, Listing, Store};

use crate::bed::Bed;
use crate::chain::Chain;

on_both_engines! {
    pages_follow_each_other
    pages_are_stable_while_the_list_grows
    a_list_is_not_its_neighbour
}

fn block(chain: &mut Chain, members: &[(&str, u64, &str)]) -> BlockCommit {
    let listings = members.iter().map(|&(list, position, member)| Listing {
        list: list.to_owned(),
        member: member.to_owned(),
        position,
    });
    let mut block = chain.block(0);
    block.listings = listings.collect();
    block
}

/// All pages of `size` of a list, doing something after the first.
async fn pages(store: &Store, size: u32, mut after_first: Option<BlockCommit>) -> Vec<String> {
    let mut all = Vec::new();
    let mut last: Option<(u64, String)> = None;
    loop {
        let after = last
            .as_ref()
            .map(|(position, member)| (*position, member.as_str()));
        let page = store.listing("l", after, size).await.unwrap();
        let Some(end) = page.last() else { return all };
        last = Some(end.clone());
        all.extend(page.into_iter().map(|(_, member)| member));
        if let Some(block) = after_first.take() {
            store.commit_block(block).await.unwrap();
        }
    }
}

async fn pages_follow_each_other(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    // Several members at one position, across the end of a page.
    let members = [
        ("l", 0, "a"),
        ("l", 3, "d"),
        ("l", 3, "b"),
        ("l", 3, "c"),
        ("l", 10, "e"),
        ("l", 9, "Z"),
    ];
    store
        .commit_block(block(&mut chain, &members))
        .await
        .unwrap();
    for size in 1..8 {
        assert_eq!(
            pages(&store, size, None).await.concat(),
            "abcdZe",
            "pages of {size}"
        );
    }
    // The same member at the same position again is no other member.
    store
        .commit_block(block(&mut chain, &[("l", 3, "b"), ("l", 4, "b")]))
        .await
        .unwrap();
    assert_eq!(pages(&store, 2, None).await.concat(), "abcdbZe");
}

async fn pages_are_stable_while_the_list_grows(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    let members = [
        ("l", 10, "c"),
        ("l", 20, "d"),
        ("l", 30, "f"),
        ("l", 40, "g"),
    ];
    store
        .commit_block(block(&mut chain, &members))
        .await
        .unwrap();
    // Meanwhile some are added before, between and after.
    let more = [
        ("l", 5, "a"),
        ("l", 10, "b"),
        ("l", 25, "e"),
        ("l", 50, "h"),
    ];
    let meanwhile = block(&mut chain, &more);
    assert_eq!(pages(&store, 2, Some(meanwhile)).await.concat(), "cdefgh");
    assert_eq!(pages(&store, 2, None).await.concat(), "abcdefgh");
}

async fn a_list_is_not_its_neighbour(bed: Bed) {
    let store = bed.open().await;
    let mut chain = Chain::default();
    let mut new = block(
        &mut chain,
        &[("l", 1, "a"), ("l/x", 2, "b"), ("L", 3, "c"), ("k", 4, "d")],
    );
    // The log entries of a subject are no members of the list with its name.
    new.subjects = vec![("l".to_owned(), 0), ("l".to_owned(), 7)];
    store.commit_block(new).await.unwrap();
    assert_eq!(pages(&store, 9, None).await.concat(), "a");
    assert_eq!(store.entries_of("l", None, 9).await.unwrap(), []);
}
