//! What a device is told, and that it believes nothing that is not shown.

use std::time::{Duration, Instant};

use assent_api::v1::streams::{GrantView, StandingView};
use assent_client::statements::change::Change;
use assent_client::streams::StandingFault;
use assent_crypto::signature::SigningKey;
use assent_ledger::status_map::StatusProof;
use assent_model::ids::StreamId;
use assent_model::records::stream::{StreamGrant, StreamNaming};
use assent_model::time::{Span, Timestamp};

use super::scene::{Meter, NEEDED, Scene, code};
use crate::calls::Calls;

async fn view(scene: &Scene) -> StandingView<StatusProof> {
    let signer = scene.signer();
    let device = scene.device(&signer);
    let view = scene
        .client
        .standing(device, scene.meter.stream, None)
        .await;
    view.unwrap()
}

#[tokio::test]
async fn a_grant_is_shown_with_everything_that_it_rests_on() {
    let scene = Scene::granted().await;
    let standing = scene.standing(None).await;
    let [grant] = standing.grants.as_slice() else {
        panic!("one grant: {standing:?}");
    };
    assert_eq!(grant.cr_id, scene.pair.source);
    assert_eq!(grant.requester, scene.cast.adviser.keys.party_id());
    let (dataset, concept) = NEEDED.split_once('/').unwrap();
    let concepts = &grant.resource_set[&dataset.parse().unwrap()];
    assert!(concepts.contains(&concept.parse().unwrap()));
    assert!(grant.is_in_force(scene.world.clock.now()));
    assert!(!grant.wants_keys);
}

type Meddling = fn(&Scene, &mut GrantView<StatusProof>);

/// What a relay might do with a grant, and how a device notices.
const MEDDLINGS: &[(&str, Meddling, StandingFault)] = &[
    (
        "a leaf of its own",
        |_, g| g.entry.leaf.push(' '),
        StandingFault::NotIncluded,
    ),
    (
        "another place",
        |_, g| g.entry.index += 1,
        StandingFault::NotIncluded,
    ),
    (
        "the other record of the pair",
        |s, g| g.cr_id = s.pair.sink,
        StandingFault::Record,
    ),
    (
        "a pause that is left out",
        |_, g| g.statuses.clear(),
        StandingFault::StatusNotProven,
    ),
    (
        "a status that is left out",
        |_, g| drop(g.statuses.pop()),
        StandingFault::StatusNotProven,
    ),
    (
        "statuses turned around",
        |_, g| g.statuses.reverse(),
        StandingFault::History,
    ),
    (
        "another status",
        |_, g| g.status = "withdrawn".into(),
        StandingFault::StatusNotProven,
    ),
    (
        "no status at all",
        |_, g| g.status.clear(),
        StandingFault::StatusNotProven,
    ),
    (
        "another proof",
        |_, g| g.proof.siblings.truncate(0),
        StandingFault::StatusNotProven,
    ),
    (
        "a naming of the holder",
        |s, g| {
            let naming = StreamNaming {
                stream_id: s.meter.stream,
                cr_id: s.pair.source,
                history_from: None,
            };
            let naming = s.signer().sign(&s.meter.holder.key, naming);
            g.naming = naming.compact().into();
        },
        StandingFault::Naming,
    ),
    (
        "a naming of another stream",
        |s, g| {
            let naming = StreamNaming {
                stream_id: StreamId::random(),
                cr_id: s.pair.source,
                history_from: None,
            };
            let naming = s.signer().sign(&s.pair.alias.alias.key, naming);
            g.naming = naming.compact().into();
        },
        StandingFault::Naming,
    ),
    (
        "a naming that gives the past where the grant does not",
        |s, g| {
            let naming = StreamNaming {
                stream_id: s.meter.stream,
                cr_id: s.pair.source,
                history_from: Some(Timestamp::from_millis(0)),
            };
            let naming = s.signer().sign(&s.pair.alias.alias.key, naming);
            g.naming = naming.compact().into();
        },
        StandingFault::Grant,
    ),
    (
        "a grant that is altered",
        |_, g| g.grant.replace_range(..2, "AA"),
        StandingFault::GrantUnopenable,
    ),
    (
        "a grant of somebody else",
        |s, g| g.grant = forged_grant(s),
        StandingFault::Grant,
    ),
];

#[tokio::test]
async fn what_a_relay_makes_up_is_not_believed() {
    let scene = Scene::granted().await;
    let old = view(&scene).await;
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Disable)
        .await;
    let paused = view(&scene).await;
    assert_eq!(
        scene.standing(None).await.refused[0].1,
        StandingFault::NotActive
    );
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Enable)
        .await;
    let good = view(&scene).await;

    let verify = |view: &StandingView<StatusProof>| {
        let (meter, holder) = (&scene.meter, scene.meter.holder.key.verifying_key());
        scene
            .trust
            .verify(meter.stream, holder, &meter.keys.opening, view)
    };
    assert_eq!(verify(&good).unwrap().grants.len(), 1);
    for (what, meddle, fault) in MEDDLINGS {
        let mut view = good.clone();
        meddle(&scene, &mut view.grants[0]);
        let standing = verify(&view).unwrap();
        assert!(standing.grants.is_empty(), "{what}");
        assert_eq!(standing.refused[0].1, *fault, "{what}");
    }
    // What was proven at one time is not proven at another.
    for (checkpoint, grants) in [(&good, &old), (&paused, &good), (&good, &paused)] {
        let mixed = StandingView {
            checkpoint: checkpoint.checkpoint.clone(),
            ..grants.clone()
        };
        assert!(verify(&mixed).unwrap().grants.is_empty());
    }
}

#[tokio::test]
async fn a_checkpoint_of_somebody_else_is_not_believed() {
    let scene = Scene::granted().await;
    let good = view(&scene).await;
    let mut strange = scene.trust.clone();
    strange.checkpoint_key = *SigningKey::generate().verifying_key();
    let mut elsewhere = scene.trust.clone();
    elsewhere.chain = "assent:elsewhere".parse().unwrap();
    let (meter, holder) = (&scene.meter, scene.meter.holder.key.verifying_key());
    for trust in [strange, elsewhere] {
        let refused = trust.verify(meter.stream, holder, &meter.keys.opening, &good);
        assert_eq!(refused, Err(StandingFault::Checkpoint));
    }
}

/// Sealed to the device as it should be, and signed by a stranger.
fn forged_grant(scene: &Scene) -> String {
    let adviser = &scene.cast.adviser.keys;
    let grant = StreamGrant {
        stream_id: scene.meter.stream,
        cr_id: scene.pair.source,
        requester: adviser.party_id(),
        sealing_key: adviser.opening.sealing_key().clone(),
        resource_set: std::collections::BTreeMap::new(),
        resolutions: std::collections::BTreeMap::new(),
        history_from: None,
    };
    let stranger = SigningKey::generate();
    let keys = assent_client::streams::Granting {
        holder: &stranger,
        consent: &scene.pair.alias.alias.key,
        device: scene.meter.keys.opening.sealing_key(),
    };
    assent_client::streams::granted(&scene.signer(), keys, grant).grant
}

#[tokio::test]
async fn a_device_waits_for_what_is_new() {
    let scene = Scene::granted().await;
    let known = scene.standing(None).await;
    let began = Instant::now();
    let signer = scene.signer();
    let asking = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let adviser = scene.adviser(&signer);
        let (stream, consent) = (scene.meter.stream, scene.pair.source);
        scene
            .client
            .ask_stream_keys(adviser, stream, consent)
            .await
            .unwrap();
    };
    let (standing, ()) = tokio::join!(scene.standing(Some(&known.mark)), asking);
    assert!(standing.grants[0].wants_keys);
    let waited = began.elapsed();
    assert!(
        (Duration::from_millis(300)..Duration::from_secs(15)).contains(&waited),
        "{waited:?}"
    );
    let gone = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        scene.take_back().await.unwrap();
    };
    let (standing, ()) = tokio::join!(scene.standing(Some(&standing.mark)), gone);
    assert!(standing.grants.is_empty());
    // A node that stops keeps nobody waiting.
    let signer = scene.signer();
    let client = scene.client.clone();
    let (keys, stream, mark) = (scene.meter.keys, scene.meter.stream, standing.mark);
    let waiting = tokio::spawn(async move {
        let device = assent_client::http::Identified {
            signer: &signer,
            caller: (&keys).into(),
        };
        client.standing(device, stream, Some(&mark)).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let began = Instant::now();
    scene.world.running.stop().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn the_checkpoint_is_young_however_quiet_it_is() {
    let scene = Scene::granted().await;
    for _ in 0..3 {
        scene.world.clock.advance(Span::from_seconds(61));
        let standing = scene.standing(None).await;
        let age = scene.world.clock.now().since(standing.time);
        assert!(age < Span::from_seconds(60), "{age:?}");
    }
}

#[tokio::test]
async fn grants_are_the_holders_and_about_consents_of_their_own() {
    let scene = Scene::new().await;
    let body = scene.grant_body().await;
    let path = format!(
        "/v1/streams/{}/grants/{}",
        scene.meter.stream, scene.pair.source
    );
    for calls in [
        Calls::by(&scene.world, &scene.meter.keys),
        Calls::of(&scene.world, &scene.cast.adviser),
        Calls::by(&scene.world, &scene.pair.alias.alias),
    ] {
        calls.put(&path, &body).await.is_problem(403, "forbidden");
        calls.delete(&path).await.is_problem(403, "forbidden");
    }
    // Another household names its own meter for this consent.
    let neighbour = Meter::pair(&scene.world, &scene.client).await;
    let named_by = |key: &SigningKey, stream_id, cr_id| {
        let naming = scene.signer().sign(
            key,
            StreamNaming {
                stream_id,
                cr_id,
                history_from: None,
            },
        );
        let mut body = body.clone();
        body.naming = naming.compact().into();
        body
    };
    let (holder, alias) = (&neighbour.holder.key, &scene.pair.alias.alias.key);
    let (stream, source) = (scene.meter.stream, scene.pair.source);
    for (what, body) in [
        ("by the holder", named_by(holder, stream, source)),
        ("another stream", named_by(alias, neighbour.stream, source)),
        (
            "the sink's record",
            named_by(alias, stream, scene.pair.sink),
        ),
    ] {
        assert_eq!(
            code(scene.put_grant(&body).await),
            "naming-invalid",
            "{what}"
        );
    }
    let mut unsealed = body.clone();
    unsealed.grant = "!".into();
    assert_eq!(code(scene.put_grant(&unsealed).await), "malformed-body");
    let mut endless = body.clone();
    endless.grant = "A".repeat(32 * 1024);
    assert_eq!(code(scene.put_grant(&endless).await), "malformed-body");
    assert_eq!(code(scene.take_back().await), "not-found");
    scene.put_grant(&body).await.unwrap();
    scene.put_grant(&body).await.unwrap();
    assert_eq!(scene.standing(None).await.grants.len(), 1);
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Withdraw)
        .await;
    assert_eq!(code(scene.put_grant(&body).await), "consent-withdrawn");
}

#[tokio::test]
async fn only_the_device_is_told() {
    let scene = Scene::granted().await;
    let path = format!("/v1/streams/{}/standing", scene.meter.stream);
    let neighbour = Meter::pair(&scene.world, &scene.client).await;
    for calls in [
        Calls::of(&scene.world, &scene.cast.adviser),
        Calls::by(&scene.world, &scene.meter.holder),
        Calls::by(&scene.world, &neighbour.keys),
    ] {
        calls.get(&path).await.is_problem(403, "forbidden");
    }
}
