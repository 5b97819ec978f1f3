//! A language that an operator adds, and one that cannot be used.

use std::fs;

use assent_node::{StartError, start};

use crate::calls::Calls;
use crate::world::World;

#[tokio::test]
async fn a_language_is_added_by_one_file() {
    let world = World::with(|config| {
        let folder = config.data_dir.join("texts");
        fs::create_dir_all(&folder).unwrap();
        let words = "language-own-name = Frysk\nsign-in-title = Oanmelde\n";
        fs::write(folder.join("fy.ftl"), words).unwrap();
    })
    .await;
    let calls = Calls::anonymous(&world).with("accept-language", "fy-NL, nl;q=0.5");
    let page = calls.get("/sign-in").await.text();
    assert!(page.contains("<html lang=\"fy\">"), "{page}");
    assert!(page.contains("<h1>Oanmelde</h1>"), "{page}");
    assert!(
        page.contains("Your e-mail address"),
        "the rest is English: {page}"
    );
    let page = Calls::anonymous(&world).get("/sign-in").await.text();
    assert!(page.contains("value=\"fy\" lang=\"fy\"") && page.contains(">Frysk<"));
}

#[tokio::test]
async fn a_language_without_a_name_keeps_the_node_from_starting() {
    let world = World::new().await;
    let (config, clock) = (world.config.clone(), world.clock.clone());
    world.running.stop().await.unwrap();
    let folder = config.data_dir.join("texts");
    fs::create_dir(&folder).unwrap();
    for (name, words) in [
        ("la.ftl", "sign-in-title = Salve\n"),
        ("lb.ftl", "language-own-name\n"),
    ] {
        fs::write(folder.join(name), words).unwrap();
        let started = start(config.clone(), clock.clone()).await;
        assert!(matches!(started, Err(StartError::Texts(_))), "{name}");
        fs::remove_file(folder.join(name)).unwrap();
    }
    let running = start(config, clock).await.unwrap();
    running.stop().await.unwrap();
}
