//! The directory: found or not, nobody else can tell.

use std::time::{Duration, Instant};

use assent_api::v1::contacts::{LookUp, LookUpAnswer};
use assent_api::v1::identity::DeactivateParty;
use assent_client::http::NodeClient;
use assent_crypto::{base64url, domains, sealing};
use assent_model::time::Span;

use crate::person::{Mailbox, Person};
use crate::world::World;

const ANN: &str = "ann@example.org";
const NOBODY: &str = "nob@example.org";

/// No look-up is answered earlier.
const ANSWER_AFTER: Duration = Duration::from_millis(5);

async fn confirmed(world: &World) -> Person {
    let ann = Person::enter(world).await;
    ann.confirm(world, &mut Mailbox::new(ANN)).await;
    ann
}

#[tokio::test]
async fn only_the_whole_address_is_found_in_any_case() {
    let world = World::new().await;
    let ann = confirmed(&world).await;
    let asker = Person::enter(&world).await;
    for (email, is_found) in [
        (ANN, true),
        ("ANN@EXAMPLE.ORG", true),
        ("an@example.org", false),
        ("ann@example.or", false),
        ("ann@example.org.uk", false),
        ("ann+a@example.org", false),
        ("%@example.org", false),
        ("a*@example.org", false),
    ] {
        let found = asker.look_up(&world, email).await;
        assert_eq!(found.is_some(), is_found, "{email}");
        if let Some(party) = found {
            assert_eq!(party.party_id, ann.party());
            assert_eq!(&party.signing_key, ann.keys.signing.verifying_key());
        }
    }
    asker
        .sealed_look_up(&world, "ann")
        .await
        .is_problem(422, "email-invalid");
}

/// Attack: tell known from unknown by anything but the opened answer.
#[tokio::test]
async fn known_and_unknown_are_answered_alike() {
    let world = World::new().await;
    confirmed(&world).await;
    let asker = Person::enter(&world).await;
    let known = asker.sealed_look_up(&world, ANN).await;
    let unknown = asker.sealed_look_up(&world, NOBODY).await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.body.len(), unknown.body.len());
    let names = |answered: &crate::calls::Answered| -> Vec<String> {
        answered.headers.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(&known), names(&unknown));
    assert_eq!(
        known.header("content-length"),
        unknown.header("content-length")
    );
    assert!(asker.look_up(&world, ANN).await.is_some());
    assert!(asker.look_up(&world, NOBODY).await.is_none());
}

/// Attack: read an answer that was meant for somebody else.
#[tokio::test]
async fn an_answer_opens_for_its_asker_alone() {
    let world = World::new().await;
    confirmed(&world).await;
    let (asker, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    let answer: LookUpAnswer = asker.sealed_look_up(&world, ANN).await.json();
    let sealed = base64url::decode(&answer.sealed).unwrap();
    let info = domains::SEAL_DIRECTORY.as_bytes();
    let open = |keys: &assent_client::keys::PartyKeys, aad: &Person| {
        let aad = aad.party().to_string();
        sealing::open(&keys.opening, info, aad.as_bytes(), &sealed).is_ok()
    };
    assert!(open(&asker.keys, &asker));
    assert!(!open(&eve.keys, &asker));
    assert!(!open(&asker.keys, &eve), "the answer names its asker");
}

#[tokio::test]
async fn a_party_that_ended_is_not_found() {
    let world = World::new().await;
    let ann = confirmed(&world).await;
    let asker = Person::enter(&world).await;
    let deactivation = world.signer().deactivate(ann.party(), &ann.keys.signing);
    let body = DeactivateParty {
        deactivation: deactivation.compact().into(),
    };
    let client = NodeClient::new(&world.url("/")).unwrap();
    client.deactivate_party(ann.party(), &body).await.unwrap();
    assert!(asker.look_up(&world, ANN).await.is_none());
}

/// Attack: try addresses out.
#[tokio::test]
async fn look_ups_are_limited_by_asker() {
    let world = World::new().await;
    let (asker, other) = (Person::enter(&world).await, Person::enter(&world).await);
    for place in 0..60 {
        let answered = asker
            .sealed_look_up(&world, &format!("a{place}@example.org"))
            .await;
        assert_eq!(answered.status, 200);
    }
    asker
        .sealed_look_up(&world, ANN)
        .await
        .is_problem(429, "rate-limited");
    assert_eq!(other.sealed_look_up(&world, ANN).await.status, 200);
    world.clock.advance(Span::from_minutes(60));
    assert_eq!(asker.sealed_look_up(&world, ANN).await.status, 200);
}

/// Attack: tell known from unknown by the time of the answer. No answer comes before a time that is
/// several times what either takes; whether the rest shows is a matter of statistics, and told apart
/// from a busy machine by the thousands of measurements that `ASSENT_SOAK` asks for.
#[tokio::test]
async fn known_and_unknown_take_the_same_time() {
    let soaks = std::env::var_os("ASSENT_SOAK").is_some();
    let world = World::new().await;
    confirmed(&world).await;
    let asker = Person::enter(&world).await;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for turn in 0..if soaks { 200 } else { 1 } {
        // A fresh allowance.
        world.clock.advance(Span::from_minutes(60));
        let calls = asker.calls(&world);
        for round in 0..60 {
            // The order changes, so that neither always comes first.
            let is_known = (turn + round) % 2 == 0;
            let email = if is_known { ANN } else { NOBODY };
            let body = LookUp {
                email: email.into(),
            };
            let begin = Instant::now();
            let answered = calls.post("/v1/directory/lookups", &body).await;
            let took = begin.elapsed();
            assert_eq!(answered.status, 200);
            assert!(took >= ANSWER_AFTER, "{email} is answered at once");
            // The first rounds warm connections and caches.
            if round >= 4 {
                if is_known { &mut known } else { &mut unknown }.push(took);
            }
        }
    }
    let t = welch(&known, &unknown);
    assert!(
        !soaks || t.abs() < 4.5,
        "known and unknown differ: t = {t:.1}"
    );
}

/// The statistic sees a difference that is there.
#[test]
fn a_difference_in_time_is_seen() {
    let noise = |place: u32| Duration::from_micros(u64::from(place * 7919 % 1000));
    let fast: Vec<Duration> = (0..100)
        .map(|place| Duration::from_millis(5) + noise(place))
        .collect();
    let slow: Vec<Duration> = fast
        .iter()
        .map(|took| *took + Duration::from_micros(300))
        .collect();
    assert!(welch(&slow, &fast) > 4.5);
    assert!(welch(&fast, &fast).abs() < 0.01);
}

/// Welch's t between two samples, each without its slowest tenth, which is the machine's doing.
fn welch(one: &[Duration], other: &[Duration]) -> f64 {
    let ((mean_one, error_one), (mean_other, error_other)) = (moments(one), moments(other));
    (mean_one - mean_other) / (error_one + error_other).sqrt()
}

/// The mean, and the variance of the mean.
fn moments(sample: &[Duration]) -> (f64, f64) {
    let mut sorted: Vec<f64> = sample.iter().map(Duration::as_secs_f64).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.truncate(sample.len() * 9 / 10);
    let count = f64::from(u32::try_from(sorted.len()).unwrap());
    let mean = sorted.iter().sum::<f64>() / count;
    let squares: f64 = sorted.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (count - 1.0) / count)
}
