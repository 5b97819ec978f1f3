//! The whole life of a pair of consents, over HTTP.

use assent_api::v1::consents::Acknowledge;
use assent_api::v1::releases::TokenRequest;
use assent_client::evidence::{self, Trust};
use assent_client::http::Identified;
use assent_client::statements::change::Change;
use assent_client::statements::request_proof::Caller;
use assent_exchange::consent::state::Status;

use crate::household::Cast;
use crate::world::World;

#[tokio::test]
async fn a_pair_lives_and_its_evidence_verifies_at_every_age() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let pair = cast.give(&world, true).await;
    verify(&cast, &pair, Status::Active).await;

    let [sink, _] = cast.views(&pair).await;
    let mut narrower = sink.resource_set.clone();
    for concepts in narrower.values_mut() {
        concepts.retain(|concept| sink.required.contains(concept));
    }
    narrower.retain(|_, concepts| !concepts.is_empty());
    cast.change(&world, &pair, &Change::Disable).await;
    cast.change(&world, &pair, &Change::Enable).await;
    cast.change(&world, &pair, &Change::Narrow(narrower.clone()))
        .await;
    let [sink, source] = cast.views(&pair).await;
    assert_eq!(
        (&sink.resource_set, &source.resource_set),
        (&narrower, &narrower)
    );

    cast.change(&world, &pair, &Change::Withdraw).await;
    verify(&cast, &pair, Status::Withdrawn).await;
    let refused = token(&world, &cast, &pair).await.unwrap_err();
    assert_eq!(refused, "consent-withdrawn");

    let withdrawn = cast.client.consent(pair.sink).await.unwrap();
    assert_eq!(withdrawn.closure, "owed");
    let service_id = cast.adviser.description.service_id;
    let acknowledgement =
        world
            .signer()
            .acknowledgement(&cast.adviser.keys, service_id, pair.sink, withdrawn.head);
    let body = Acknowledge {
        acknowledgement: acknowledgement.compact().into(),
    };
    cast.client.acknowledge(&body).await.unwrap();
    assert_eq!(
        cast.client.consent(pair.sink).await.unwrap().closure,
        "acknowledged"
    );
    verify(&cast, &pair, Status::Withdrawn).await;
}

#[tokio::test]
async fn a_token_is_refused_while_the_consent_is_paused() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let pair = cast.give(&world, false).await;
    assert_eq!(token(&world, &cast, &pair).await, Ok(300));
    cast.change(&world, &pair, &Change::Disable).await;
    assert_eq!(
        token(&world, &cast, &pair).await,
        Err("consent-disabled".into())
    );
    cast.change(&world, &pair, &Change::Enable).await;
    assert_eq!(token(&world, &cast, &pair).await, Ok(300));
}

#[tokio::test]
async fn the_identical_consent_again_returns_the_outcome_on_record() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let request = cast.ask(&world).await;
    let given = cast.answer(&world, request, true).await;
    let first = cast.client.give_consent(&given.request).await.unwrap();
    let again = cast.client.give_consent(&given.request).await.unwrap();
    assert_eq!(first, again);
    // Half of it together with something else is a different command.
    let other = cast.answer(&world, request, true).await;
    let mut mixed = other.request.clone();
    mixed.source_record = given.request.source_record.clone();
    let error = cast.client.give_consent(&mixed).await.unwrap_err();
    assert_eq!(error.code(), Some("statement-reused"));
}

/// How long a token is good for, or the code of the refusal.
async fn token(world: &World, cast: &Cast, pair: &crate::household::Pair) -> Result<u64, String> {
    let signer = world.signer();
    let caller = Identified {
        signer: &signer,
        caller: Caller::from(&cast.adviser.keys),
    };
    let answer = cast
        .client
        .token(caller, &TokenRequest { cr_id: pair.sink })
        .await;
    answer
        .map(|token| token.expires_in)
        .map_err(|error| error.code().unwrap_or("no code").to_owned())
}

/// Both consents of the pair have evidence that verifies and says where they stand.
async fn verify(cast: &Cast, pair: &crate::household::Pair, status: Status) {
    for cr_id in [pair.sink, pair.source] {
        let bundle = cast.client.evidence(cr_id).await.unwrap();
        let report = evidence::verify(&bundle, &Trust::Operator(cast.chain.operator)).unwrap();
        assert_eq!((report.cr_id, report.status), (cr_id, status));
    }
}
