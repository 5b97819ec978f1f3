//! Making, starting, stopping and starting again.

use assent_api::v1::identity::ChainView;
use assent_node::{InitError, init, start};

use crate::world::World;

#[tokio::test]
async fn a_new_node_tells_its_chain_and_survives_a_restart() {
    let world = World::new().await;
    let chain: ChainView = reqwest_get(&world.url("/v1/chain")).await;
    assert_eq!(chain.chain_id, "assent:test");
    let World {
        directory,
        clock,
        config,
        running,
    } = world;
    running.stop().await.unwrap();
    let running = start(config, clock).await.unwrap();
    let again: ChainView = reqwest_get(&format!("http://{}/v1/chain", running.address)).await;
    assert_eq!(again, chain);
    drop(directory);
}

#[tokio::test]
async fn a_node_is_never_made_over_another() {
    let world = World::new().await;
    assert!(matches!(
        init(&world.config, &world.clock).await,
        Err(InitError::Exists(_))
    ));
}

async fn reqwest_get<T: serde::de::DeserializeOwned>(url: &str) -> T {
    let client = reqwest::Client::builder().build().unwrap();
    let response = client.get(url).send().await.unwrap();
    assert!(response.status().is_success());
    response.json().await.unwrap()
}
