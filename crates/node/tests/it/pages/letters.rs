//! Letters about what happens: who gets them, what stands in them, and how they are turned off.

use assent_model::ids::PartyId;
use assent_model::time::Span;
use assent_node::contacts;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::consent_form::{Stage, send};
use crate::calls::Calls;
use crate::household::Cast;
use crate::person::{Mailbox, subject};
use crate::receiver::{Receiver, eventually};
use crate::world::World;

const ANN: &str = "ann@example.org";
const OFFICE: &str = "office@bright-energy.example";

/// Confirms an address for an organisation.
async fn confirm(world: &World, party: PartyId) -> Mailbox {
    let node = world.running.node();
    let mut mailbox = Mailbox::new(OFFICE);
    contacts::ask(node, party, OFFICE, &"en".parse().unwrap()).unwrap();
    let code = mailbox.code(world).await;
    contacts::confirm(node, party, &code).await.unwrap();
    mailbox
}

/// Where a header of a letter leads to at the node.
fn stop_path(letter: &str) -> String {
    let line = letter.split("\r\nList-Unsubscribe: <").nth(1).unwrap();
    let address = line.split('>').next().unwrap();
    let path = address.split_once("/letters/").unwrap().1;
    format!("/letters/{path}")
}

#[tokio::test]
async fn a_request_is_told_by_letter_until_that_is_turned_off_with_one_click() {
    let stage = Stage::set().await;
    let (world, archive, adviser) = (&stage.world, &stage.archive, &stage.adviser);
    let mut mailbox = Mailbox::new(ANN);
    let request = adviser.ask(world, archive, None).await;
    let letter = mailbox
        .about(world, "A service asks for your consent")
        .await;
    assert!(
        letter.contains(&format!("/home/requests/{request}")),
        "{letter}"
    );
    assert!(!letter.contains("Bright"), "{letter}");

    let path = stop_path(&letter);
    let anonymous = Calls::anonymous(world);
    let looked = anonymous.get(&path).await;
    assert_eq!(looked.status, 200, "{}", looked.text());
    let second = adviser.ask(world, archive, None).await;
    let letter = mailbox
        .about(world, "A service asks for your consent")
        .await;
    assert!(
        letter.contains(&second.to_string()),
        "looking turns nothing off"
    );

    let form = anonymous.with("content-type", "application/x-www-form-urlencoded");
    let one_click = b"List-Unsubscribe=One-Click".to_vec();
    let off = form.post_bytes(&path, one_click).await;
    assert_eq!(off.status, 200, "{}", off.text());
    let forged = format!("{}A", &path[..path.len() - 1]);
    assert_eq!(form.post_bytes(&forged, Vec::new()).await.status, 404);
    adviser.ask(world, archive, None).await;
    // The letter that cannot be turned off comes behind the one that was.
    let mut browser = stage.browser;
    let form = format!("/home/requests/{request}");
    let page = browser.get(&form).await.text();
    let sent = send(
        &mut browser,
        &form,
        &page,
        &[("answer", "give"), ("until", "")],
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    mailbox.about(world, "Your receipt for a consent").await;
    let letters = Mailbox::new(ANN).fresh(world);
    let asked = letters
        .iter()
        .filter(|letter| subject(letter) == "A service asks for your consent");
    assert_eq!(asked.count(), 2);
}

/// What stands behind a part of a letter, as far as it can be of an id.
fn id_after(letter: &str, part: &str) -> String {
    let behind = letter.split_once(part).unwrap().1;
    let is_part = |letter: &char| letter.is_ascii_alphanumeric();
    behind.chars().take_while(is_part).collect()
}

#[tokio::test]
async fn changed_conditions_and_a_late_acknowledgement_are_told() {
    let stage = Stage::set().await;
    let (world, adviser) = (&stage.world, &stage.adviser);
    let mut browser = stage.browser;
    let mut mailbox = Mailbox::new(ANN);
    let mut office = confirm(world, adviser.provider.keys.party_id()).await;
    let request = adviser.ask(world, &stage.archive, None).await;
    let form = format!("/home/requests/{request}");
    let page = browser.get(&form).await.text();
    let sent = send(
        &mut browser,
        &form,
        &page,
        &[("answer", "give"), ("until", "")],
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text());

    let mut next = adviser.provider.description.clone();
    for change in ["nothing that matters", "the address"] {
        next.version += 1;
        next.keywords.push(change.into());
        if change == "the address" {
            next.provider.address.push_str(", second floor");
        }
        let body = world
            .signer()
            .register_service(&adviser.provider.keys, &next);
        adviser
            .client
            .register_service(&body.unwrap())
            .await
            .unwrap();
    }
    let changed = "A service has changed its conditions";
    let letter = mailbox.about(world, changed).await;
    let consent = id_after(&letter, "/home/consents/cns_");
    let all = Mailbox::new(ANN).fresh(world);
    let told = all.iter().filter(|letter| subject(letter) == changed);
    assert_eq!(told.count(), 1, "only what matters is told");

    let path = format!("/home/consents/cns_{consent}/withdraw");
    let withdrawn = browser.post(&path, &[]).await;
    assert_eq!(withdrawn.status, 303, "{}", withdrawn.text());
    world.clock.advance(Span::from_minutes(25 * 60));
    // Whoever waits for a block brings the deadline about.
    adviser.client.chain().await.unwrap();
    let _ = world.running.node().fresh_head().await;
    let letter = mailbox
        .about(world, "A service has not confirmed the end of a consent")
        .await;
    assert!(
        letter.contains(&format!("/home/consents/cns_{consent}")),
        "{letter}"
    );
    let letter = office.about(world, "An acknowledgement is overdue").await;
    let service = adviser.provider.description.service_id;
    assert!(letter.contains(&format!("/console/services/{service}/acknowledgements")));
    assert!(!letter.contains("List-Unsubscribe"), "{letter}");
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
