//! My Home: who can use my data, one consent, and whose pages these are.

use assent_client::statements::change::Change;

use crate::household::Cast;
use crate::pages::browser::Browser;
use crate::person::Person;
use crate::world::World;

/// A person with the pair of the household.
async fn owner(world: &World, cast: &Cast) -> (Person, crate::household::Pair) {
    let person = Person::enter(world).await;
    let pair = cast.give(world, true).await;
    let added = person.add(world, &cast.adviser_link.pseudonym).await;
    assert_eq!(added.status, 200, "{}", added.text());
    (person, pair)
}

#[tokio::test]
async fn both_records_of_a_pair_are_one_line_and_lead_to_one_page() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (person, pair) = owner(&world, &cast).await;
    let mut browser = Browser::of_key(&world, &cast, &person).await;
    let (status, list) = browser.look("/home/consents").await;
    assert_eq!(status, 200);
    assert_eq!(list.matches("<article").count(), 1, "{list}");
    assert!(
        list.contains("Bright Energy Advice") && list.contains("→"),
        "{list}"
    );
    for id in [pair.sink, pair.source] {
        let (status, page) = browser.look(&format!("/home/consents/{id}")).await;
        assert_eq!(status, 200);
        assert!(page.contains(&pair.sink.to_string()), "{page}");
        assert!(page.contains("assent withdraw"), "{page}");
    }
}

#[tokio::test]
async fn a_change_shows_on_the_next_look_and_the_end_is_final() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (person, pair) = owner(&world, &cast).await;
    let mut browser = Browser::of_key(&world, &cast, &person).await;
    let address = format!("/home/consents/{}", pair.sink);
    assert!(browser.look(&address).await.1.contains("status active"));
    cast.change(&world, &pair, &Change::Disable).await;
    assert!(browser.look(&address).await.1.contains("status paused"));
    cast.change(&world, &pair, &Change::Withdraw).await;
    let (_, page) = browser.look(&address).await;
    assert!(
        page.contains("status withdrawn") && page.contains("id=\"ends\""),
        "{page}"
    );
    assert!(!page.contains("id=\"change\""), "{page}");
    let (_, current) = browser.look("/home/consents").await;
    assert!(current.contains("id=\"empty\""), "{current}");
    let (_, past) = browser.look("/home/consents?show=past").await;
    assert_eq!(past.matches("<article").count(), 1, "{past}");
}

#[tokio::test]
async fn what_belongs_to_others_is_not_there() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (_, pair) = owner(&world, &cast).await;
    let other = Person::enter(&world).await;
    let mut browser = Browser::of_key(&world, &cast, &other).await;
    for path in ["", "/withdraw"] {
        let address = format!("/home/consents/{}{path}", pair.sink);
        assert_eq!(browser.look(&address).await.0, 404);
    }
    let withdraw = format!("/home/consents/{}/withdraw", pair.sink);
    assert_eq!(browser.press(&withdraw, None).await, 404);
    assert_eq!(browser.look("/home/consents/nonsense").await.0, 404);
    let (status, _) = browser
        .look("/home/consents?page=x&service=y&status=z&data=%3Cscript%3E")
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_operator_signs_for_nobody_who_keeps_the_keys_and_other_sites_change_nothing() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (person, pair) = owner(&world, &cast).await;
    let mut browser = Browser::of_key(&world, &cast, &person).await;
    for change in ["pause", "resume", "narrow", "withdraw"] {
        let address = format!("/home/consents/{}/{change}", pair.sink);
        assert_eq!(browser.press(&address, None).await, 403, "{change}");
        assert_eq!(
            browser.press(&address, Some("cross-site")).await,
            403,
            "{change}"
        );
    }
    let page = browser
        .look(&format!("/home/consents/{}", pair.sink))
        .await
        .1;
    assert!(page.contains("status active"), "{page}");
}

/// Failures speak the language of the reader, wherever on the way to a page they come up.
#[tokio::test]
async fn what_goes_wrong_is_said_in_the_language_of_the_reader() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let person = Person::enter(&world).await;
    let mut browser = Browser::of_key(&world, &cast, &person).await;
    for (path, status) in [
        ("/home/consents/nothing", 404),
        ("/home/consents/cns_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 404),
        ("/receipts/nothing", 404),
        ("/operator", 404),
    ] {
        for (language, title) in [
            ("nl", "Deze pagina bestaat niet"),
            ("da", "Siden findes ikke"),
            ("en", "There is no such page"),
        ] {
            let headers = [("accept-language", language.to_owned())];
            let answer = browser.get_from(&headers, path).await;
            assert_eq!(answer.status, status, "{path}");
            let page = answer.text();
            let tag = format!("lang=\"{language}\"");
            assert!(
                page.contains(&tag) && page.contains(title),
                "{path}: {page}"
            );
        }
    }
}
