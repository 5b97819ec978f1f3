//! What a person whose keys the operator keeps does in My Home, without JavaScript.

use assent_exchange::consent::state::{Consent, Pause, Status};
use assent_model::ids::ConsentId;

use super::browser::attribute;
use super::consent_form::{Stage, send};
use super::relying::path_of;
use crate::world::World;

pub(super) async fn status(world: &World, cr_id: ConsentId) -> Status {
    let node = world.running.node();
    let consent = node.state.get::<Consent>(&cr_id).await.unwrap();
    consent.unwrap().status
}

/// Gives the consent that is asked for; the record of the adviser.
pub(super) async fn given(stage: &mut Stage) -> ConsentId {
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = stage;
    let request = adviser.ask(world, archive, None).await;
    let (_, pushed) = adviser.push(world, request).await;
    let path = path_of(&pushed);
    let page = browser.get(&path).await.text();
    let receipt = send(browser, &path, &page, &[("answer", "give")]).await;
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    let list = browser.get("/home/consents").await.text();
    let address = attribute(&list, "<article", "href").unwrap();
    address.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_consent_is_paused_resumed_narrowed_and_withdrawn_by_buttons() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let address = format!("/home/consents/{cr_id}");
    let by_person = Status::Disabled {
        cause: Pause::Person,
    };
    for (button, expected) in [
        ("pause", by_person),
        ("resume", Status::Active),
        ("withdraw", Status::Withdrawn),
    ] {
        let pressed = stage
            .browser
            .post(&format!("{address}/{button}"), &[])
            .await;
        assert_eq!(pressed.status, 303, "{button}: {}", pressed.text());
        assert_eq!(status(&stage.world, cr_id).await, expected, "{button}");
        assert_eq!(stage.browser.get(&address).await.status, 200, "{button}");
    }
    let again = stage.browser.post(&format!("{address}/resume"), &[]).await;
    assert!(again.status >= 400, "the end is final");
    assert_eq!(status(&stage.world, cr_id).await, Status::Withdrawn);
}

#[tokio::test]
async fn a_link_is_removed_with_what_hangs_on_it_and_restored() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let services = stage.browser.get("/home/services").await.text();
    assert_eq!(services.matches("class=\"card\"").count(), 2, "{services}");
    let adviser = services.split_once("Bright Energy Advice<").unwrap().1;
    let remove = attribute(adviser, "<p><a", "href").unwrap();
    assert_eq!(stage.browser.get(&remove).await.status, 200);
    let removed = stage.browser.post(&remove, &[]).await;
    assert_eq!(removed.status, 303, "{}", removed.text());
    let by_link = Status::Disabled { cause: Pause::Link };
    assert_eq!(status(&stage.world, cr_id).await, by_link);
    let restore = remove.replace("/remove", "/restore");
    let restored = stage.browser.post(&restore, &[]).await;
    assert_eq!(restored.status, 303, "{}", restored.text());
    assert_eq!(status(&stage.world, cr_id).await, Status::Active);
}

#[tokio::test]
async fn an_account_is_taken_along_and_erased_once_its_consents_have_ended() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let export = stage.browser.get("/home/account/export").await;
    assert_eq!(export.status, 200);
    assert!(export.text().contains(&cr_id.to_string()));
    let page = stage.browser.get("/home/account/erase").await.text();
    let party = page
        .split("<code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let erase = "/home/account/erase";
    let mistyped = stage.browser.post(erase, &[("party", "prt_")]).await;
    assert_eq!(mistyped.status, 422);
    let too_soon = stage.browser.post(erase, &[("party", party)]).await;
    assert_eq!(too_soon.status, 409, "{}", too_soon.text());
    let withdraw = format!("/home/consents/{cr_id}/withdraw");
    assert_eq!(stage.browser.post(&withdraw, &[]).await.status, 303);
    let erased = stage.browser.post(erase, &[("party", party)]).await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert_eq!(stage.browser.get("/home").await.status, 303, "signed out");
}
