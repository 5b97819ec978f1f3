//! Receipts in the formats of others, as a node gives them.

use assent_api::v1::receipt_formats::kantara::ConsentReceipt;
use assent_client::statements::change::Change;
use serde_json::Value;

use crate::calls::Calls;
use crate::household::Cast;
use crate::person::Person;
use crate::world::{BEGIN, World};

#[tokio::test]
async fn a_receipt_tells_the_story_of_each_record_of_a_pair() {
    let world = World::with(|config| config.public_url = "https://node.example".into()).await;
    let cast = Cast::enter(&world).await;
    let pair = cast.give(&world, true).await;
    cast.change(&world, &pair, &Change::Disable).await;
    cast.change(&world, &pair, &Change::Enable).await;
    cast.change(&world, &pair, &Change::Withdraw).await;
    let of_sink = Calls::by(&world, &cast.adviser_link.pseudonym);
    let of_source = Calls::by(&world, &pair.alias.alias);
    for (calls, cr_id) in [(of_sink, pair.sink), (of_source, pair.source)] {
        let answered = calls
            .get(&format!("/v1/consents/{cr_id}/receipt?format=iso-27560"))
            .await;
        assert_eq!(answered.header("content-type"), "application/ld+json");
        let receipt: Value = answered.json();
        let record = &receipt["dpv:hasRecordOfActivity"];
        assert_eq!(
            record["@id"],
            format!("https://node.example/v1/consents/{cr_id}")
        );
        assert_eq!(
            record["dpv:hasDataController"]["dpv:hasName"],
            "Bright Energy Advice B.V."
        );
        let statuses = record["dpv:hasConsentStatus"].as_array().unwrap();
        let told: Vec<&Value> = statuses
            .iter()
            .map(|status| &status["dpv:hasIndicationMethod"])
            .collect();
        let given = "given by a statement signed with the person's key";
        assert_eq!(told, [given, "paused", "resumed", "withdrawn"]);

        let answered = calls
            .get(&format!("/v1/consents/{cr_id}/receipt?format=kantara-1.1"))
            .await;
        assert_eq!(answered.header("content-type"), "application/json");
        let receipt: ConsentReceipt = answered.json();
        assert_eq!(receipt.consent_receipt_id, cr_id.to_string());
        assert_eq!(receipt.consent_timestamp, BEGIN.as_seconds());
        assert_eq!(receipt.services[0].service, "Bright Energy Advice");
    }
}

#[tokio::test]
async fn a_receipt_is_for_pseudonym_and_provider_alone() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let pair = cast.give(&world, false).await;
    let target = format!("/v1/consents/{}/receipt?format=kantara-1.1", pair.sink);
    assert_eq!(
        Calls::of(&world, &cast.adviser).get(&target).await.status,
        200
    );
    let eve = Person::enter(&world).await;
    let not_found = [
        Calls::of(&world, &cast.archive),
        Calls::by(&world, &cast.archive_link.pseudonym),
        Calls::by(&world, &pair.alias.alias),
        eve.calls(&world),
    ];
    for calls in not_found {
        calls.get(&target).await.is_problem(404, "not-found");
    }
    Calls::anonymous(&world)
        .get(&target)
        .await
        .is_problem(401, "unauthenticated");
    let calls = Calls::of(&world, &cast.adviser);
    for query in [
        "",
        "?format=",
        "?format=pdf",
        "?format=kantara-1.1&format=iso-27560",
    ] {
        let target = format!("/v1/consents/{}/receipt{query}", pair.sink);
        calls.get(&target).await.is_problem(400, "malformed-target");
    }
}
