//! A disk that is full or fails: the node stops acknowledging, says so, and loses nothing.

use assent_client::keys::Pseudonym;
use assent_model::time::Span;
use assent_node::start;
use assent_storage::Fault;

use crate::household::{Cast, link_body};
use crate::world::World;

#[tokio::test]
async fn a_full_disk_stops_acknowledging() {
    check(Fault::Full).await;
}

#[tokio::test]
async fn a_failing_sync_stops_acknowledging() {
    check(Fault::Sync).await;
}

async fn check(fault: Fault) {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (before, kept) = link_body(&world.signer(), &cast.adviser, &Pseudonym::generate());
    cast.client.create_link(&before).await.unwrap();

    world.running.node().store.inject(fault);
    for _ in 0..2 {
        // The one whose write fails, and everything after it.
        let (body, _) = link_body(&world.signer(), &cast.adviser, &Pseudonym::generate());
        let error = cast.client.create_link(&body).await.unwrap_err();
        assert_eq!(error.code(), Some("store-unavailable"));
    }
    world.running.failed().await;
    // Without a block to rest on, and without receipts, nothing is released either.
    world.clock.advance(Span::from_minutes(1));
    assert!(cast.client.link(kept).await.is_ok(), "reading goes on");

    let World {
        config,
        clock,
        running,
        directory,
    } = world;
    let _ = running.stop().await;
    let again = start(config, clock).await.unwrap();
    let client =
        assent_client::http::NodeClient::new(&format!("http://{}/", again.address)).unwrap();
    client
        .link(kept)
        .await
        .expect("what was acknowledged is there");
    let (after, _) = link_body(
        &crate::household::signer_at(&client).await,
        &cast.adviser,
        &Pseudonym::generate(),
    );
    client
        .create_link(&after)
        .await
        .expect("a restart reads what is there and goes on");
    drop(directory);
}
