//! Whom limits count, before and behind proxies.

use crate::calls::Calls;
use crate::world::World;

const PATH: &str = "/v1/pairings/BCD";

/// How many of twenty requests of one peer are let pass, each with another such header.
async fn let_pass(world: &World, name: &str, value: impl Fn(u8) -> String) -> usize {
    let mut passed = 0;
    for at in 1..=20 {
        let calls = Calls::anonymous(world).with(name, &value(at));
        passed += usize::from(calls.get("/v1/services").await.status == 200);
    }
    passed
}

async fn with(proxies: &str) -> World {
    World::with(|config| {
        config.requests_per_minute = 5;
        config.trusted_proxies = proxies.parse().unwrap();
    })
    .await
}

/// Attack: say to be somebody else with each request.
#[tokio::test]
async fn a_header_of_a_stranger_moves_no_limit() {
    for proxies in ["", "192.0.2.1, 10.0.0.0/8"] {
        for (name, begin) in [
            ("x-forwarded-for", ""),
            ("forwarded", "for="),
            ("x-real-ip", ""),
        ] {
            let world = with(proxies).await;
            let passed = let_pass(&world, name, |at| format!("{begin}198.51.100.{at}")).await;
            assert_eq!(passed, 5, "{name}, with {proxies:?} trusted");
        }
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_everybody_has_a_limit() {
    let world = with("127.0.0.1").await;
    let forwarded = "x-forwarded-for";
    let passed = let_pass(&world, forwarded, |at| format!("198.51.100.{at}")).await;
    assert_eq!(passed, 20, "each comes from another address");
    let passed = let_pass(&world, forwarded, |at| format!("203.0.113.{at}, 192.0.2.9")).await;
    assert_eq!(passed, 5, "the proxy saw one, whoever it says to stand for");
    let passed = let_pass(&world, forwarded, |at| format!("2001:db8::{at}")).await;
    assert_eq!(passed, 5, "one subscriber has all of them");
    let spoofed = |at| format!("for=203.0.113.{at}");
    let mut passed = 0;
    for at in 1..=20 {
        let calls = Calls::anonymous(&world)
            .with(forwarded, "192.0.2.77")
            .with("forwarded", &spoofed(at));
        passed += usize::from(calls.get("/v1/services").await.status == 200);
    }
    assert_eq!(passed, 5, "a header that the proxy hands on");
}

/// Attack: go through the nameplates of meters under names of others.
#[tokio::test]
async fn look_ups_of_codes_count_by_where_they_come_from() {
    let looks = async |world: &World| -> usize {
        let mut refused = 0;
        for at in 1..=25_u8 {
            let calls =
                Calls::anonymous(world).with("x-forwarded-for", &format!("198.51.100.{at}"));
            refused += usize::from(calls.get(PATH).await.status == 429);
        }
        refused
    };
    assert_eq!(looks(&World::new().await).await, 5);
    let behind = World::with(|config| config.trusted_proxies = "127.0.0.0/8".parse().unwrap());
    assert_eq!(looks(&behind.await).await, 0);
}

/// Attack: read the letters of a node without a mail server, through its proxy.
#[tokio::test]
async fn letters_are_shown_to_nobody_behind_a_proxy() {
    let world = World::with(|config| config.trusted_proxies = "127.0.0.1".parse().unwrap()).await;
    let local = Calls::anonymous(&world);
    assert_eq!(local.get("/mail").await.status, 200);
    let behind = local.with("x-forwarded-for", "127.0.0.1");
    assert_eq!(behind.get("/mail").await.status, 404);
}
