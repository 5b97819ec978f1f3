//! Messages are delivered by one worker at a time, and none is lost.

use std::collections::BTreeSet;

use assent_model::time::Span;
use assent_storage::{Attempt, Claim, Outcome, Store};

use crate::bed::Bed;
use crate::chain::{Chain, NEVER, bytes, message, time};

on_both_engines! {
    two_workers_share_the_messages
    a_message_whose_worker_died_is_claimed_again
    outcomes_are_recorded
}

const LEASE: Span = Span::from_seconds(60);

async fn with_messages(bed: &Bed, count: u64) -> Store {
    let store = bed.open().await;
    let mut block = Chain::default().block(0);
    block.outbox = (1..=count).map(message).collect();
    "mail".clone_into(&mut block.outbox[0].kind);
    store.commit_block(block).await.unwrap();
    store
}

fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.id.as_str()).collect()
}

async fn two_workers_share_the_messages(bed: Bed) {
    let store = with_messages(&bed, 101).await;
    let work = async || {
        let mut mine = Vec::new();
        loop {
            let claims = store.claim("webhook", time(200), LEASE, 7).await.unwrap();
            if claims.is_empty() {
                return mine;
            }
            mine.extend(claims.into_iter().map(|claim| claim.id));
        }
    };
    let (one, other) = tokio::join!(work(), work());
    assert!(!one.is_empty() && !other.is_empty());
    let all: BTreeSet<&String> = one.iter().chain(&other).collect();
    assert_eq!(
        (all.len(), one.len() + other.len()),
        (100, 100),
        "each message once"
    );
}

async fn a_message_whose_worker_died_is_claimed_again(bed: Bed) {
    let store = with_messages(&bed, 4).await;
    assert_eq!(
        ids(&store.claim("webhook", time(1), LEASE, 9).await.unwrap()),
        [""; 0]
    );
    let claimed = store.claim("webhook", time(3), LEASE, 9).await.unwrap();
    let first = Claim {
        id: "msg_0002".to_owned(),
        target: "whk_1".to_owned(),
        payload: bytes(2, 200),
        attempt: 1,
    };
    assert!(claimed.contains(&first));
    assert_eq!(claimed.len(), 2);
    assert_eq!(
        ids(&store.claim("webhook", time(4), LEASE, 9).await.unwrap()),
        ["msg_0004"]
    );

    // The lease ends, another worker takes over.
    let again = store
        .claim("webhook", time(3) + LEASE, LEASE, 1)
        .await
        .unwrap();
    assert_eq!(ids(&again), ["msg_0002"]);
    assert_eq!(again[0].attempt, 2);
    // The first cannot put it off or give it up any more.
    let late = [
        (
            first.clone(),
            Outcome::Retry {
                at: time(999),
                code: "timeout".to_owned(),
            },
        ),
        (
            first.clone(),
            Outcome::Dead {
                code: "gone".to_owned(),
            },
        ),
    ];
    store.settle(time(70), &late).await.unwrap();
    let third = store
        .claim("webhook", time(3) + LEASE + LEASE, LEASE, 9)
        .await
        .unwrap();
    assert!(ids(&third).contains(&"msg_0002"));
    // But if it did deliver it, then it is delivered.
    store
        .settle(time(140), &[(first, Outcome::Delivered)])
        .await
        .unwrap();
    let rest = store.claim("webhook", NEVER, LEASE, 9).await.unwrap();
    assert!(!ids(&rest).contains(&"msg_0002"));
}

async fn outcomes_are_recorded(bed: Bed) {
    let store = with_messages(&bed, 4).await;
    let claims = store.claim("webhook", time(9), LEASE, 9).await.unwrap();
    let claim = |id: &str| claims.iter().find(|claim| claim.id == id).unwrap().clone();
    let retry = Outcome::Retry {
        at: time(20),
        code: "http-503".to_owned(),
    };
    let outcomes = [
        (claim("msg_0002"), Outcome::Delivered),
        (claim("msg_0003"), retry),
        (
            claim("msg_0004"),
            Outcome::Dead {
                code: "gone".to_owned(),
            },
        ),
    ];
    store.settle(time(10), &outcomes).await.unwrap();

    assert_eq!(
        ids(&store.claim("webhook", time(19), LEASE, 9).await.unwrap()),
        [""; 0]
    );
    let again = store.claim("webhook", time(20), LEASE, 9).await.unwrap();
    assert_eq!(ids(&again), ["msg_0003"]);
    let delivered: Vec<_> = again
        .into_iter()
        .map(|claim| (claim, Outcome::Delivered))
        .collect();
    store.settle(time(21), &delivered).await.unwrap();
    assert_eq!(
        ids(&store.claim("webhook", NEVER, LEASE, 9).await.unwrap()),
        [""; 0]
    );

    let line = |attempt, seconds, outcome: &str, code: &str| Attempt {
        attempt,
        at: time(seconds),
        outcome: outcome.to_owned(),
        code: code.to_owned(),
    };
    let log = [
        line(1, 10, "retry", "http-503"),
        line(2, 21, "delivered", ""),
    ];
    assert_eq!(store.attempts_of("msg_0003").await.unwrap(), log);
    assert_eq!(
        store.attempts_of("msg_0004").await.unwrap(),
        [line(1, 10, "dead", "gone")]
    );
    assert_eq!(store.attempts_of("msg_0001").await.unwrap(), []);
    assert_eq!(store.purge_attempts(time(21)).await, Ok(3));
    assert_eq!(store.attempts_of("msg_0003").await.unwrap(), log[1..]);
}
