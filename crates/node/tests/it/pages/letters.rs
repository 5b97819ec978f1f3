//! Letters to providers about what happens, and what stands in them.

use assent_model::ids::PartyId;
use assent_model::time::Span;
use assent_node::contacts;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::consent_form::{Stage, send};
use crate::household::Cast;
use crate::person::Mailbox;
use crate::receiver::{Receiver, eventually};
use crate::world::{World, here};

const OFFICE: &str = "office@bright-energy.example";

/// Confirms an address for an organisation.
async fn confirm(world: &World, party: PartyId) -> Mailbox {
    let node = world.running.node();
    let mut mailbox = Mailbox::new(OFFICE);
    contacts::ask(node, here(), party, OFFICE, &"en".parse().unwrap()).unwrap();
    let code = mailbox.code(world).await;
    contacts::confirm(node, party, &code).await.unwrap();
    mailbox
}

#[tokio::test]
async fn who_owes_an_acknowledgement_is_told_when_it_is_overdue() {
    let stage = Stage::set().await;
    let (world, adviser) = (&stage.world, &stage.adviser);
    let mut browser = stage.browser;
    let mut office = confirm(world, adviser.provider.keys.party_id()).await;
    let request = adviser.ask(world, &stage.archive, None).await;
    let form = format!("/home/requests/{request}");
    let page = browser.get(&form).await.text();
    let answer = [("answer", "give"), ("until", "")];
    let sent = send(&mut browser, &form, &page, &answer).await;
    let receipt = sent.text();
    let cr_id = receipt.split_once("/receipts/").unwrap().1;
    let cr_id = cr_id.split(['/', '"']).next().unwrap();
    let withdrawn = browser
        .post(&format!("/home/consents/{cr_id}/withdraw"), &[])
        .await;
    assert_eq!(withdrawn.status, 303, "{}", withdrawn.text());
    world.clock.advance(Span::from_minutes(25 * 60));
    // Whoever waits for a block brings the deadline about.
    world.running.node().fresh_head().await.unwrap();
    let letter = office.about(world, "An acknowledgement is overdue").await;
    let service = adviser.provider.description.service_id;
    assert!(letter.contains(&format!("/console/services/{service}/acknowledgements")));
    assert!(!letter.contains("cns_"), "{letter}");
}

#[tokio::test]
async fn an_owner_is_told_before_an_endpoint_is_switched_off() {
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    let mut office = confirm(&world, cast.adviser.keys.party_id()).await;
    let receiver = Receiver::answering(|| StatusCode::BAD_GATEWAY.into_response()).await;
    let endpoint = receiver.listen(&world, &cast, &cast.adviser).await;
    let node = world.running.node();
    let is_enabled = || {
        let stored = node.webhooks.endpoints.get(endpoint.webhook_id).unwrap();
        stored.endpoint.enabled
    };
    cast.give(&world, true).await;
    receiver.wait_for(1).await;
    eventually("the failure to be noted", || async {
        node.webhooks.health.failing_since(endpoint.webhook_id)
    })
    .await;
    for (hours, subject) in [
        (25, "A webhook endpoint of yours fails"),
        (100, "A webhook endpoint of yours is switched off"),
    ] {
        assert!(is_enabled());
        world.clock.advance(Span::from_minutes(60 * hours));
        node.webhooks.ailing.notify_one();
        let letter = office.about(&world, subject).await;
        let path = format!("/console/webhooks/{}", endpoint.webhook_id);
        assert!(
            letter.contains(&path) && !letter.contains("secret"),
            "{letter}"
        );
    }
    eventually("the end of the endpoint", || async {
        (!is_enabled()).then_some(())
    })
    .await;
}
