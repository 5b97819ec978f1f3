//! The keyring of a person who keeps the keys: kept as it was sent, never written over unseen, bounded,
//! exported, and in no file once it is replaced or erased.

use std::collections::BTreeSet;

use assent_api::v1::accounts::{AccountExport, Erased};
use assent_api::v1::keyring::{KeptKeyring, Keyring, KeyringRevision, Wrapping, WrappingKind};
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use serde_json::{Value, json};

use crate::calls::{Answered, Calls};
use crate::erasure::{erase, holding};
use crate::household::Cast;
use crate::person::Person;
use crate::world::World;

pub(crate) const KEYRING: &str = "/v1/accounts/keyring";
const LABEL: &str = "Ann's unmistakable telephone with a long name";

/// A keyring of random ciphertext, opened by one device.
pub(crate) fn keyring() -> Keyring {
    Keyring {
        keyring: base64url::encode(&random_bytes::<3000>()),
        wrappings: vec![Wrapping {
            id: "first".into(),
            kind: WrappingKind::Device,
            label: Some(LABEL.into()),
            made_at: 1_767_225_600_000,
            wrapped: base64url::encode(&random_bytes::<40>()),
        }],
    }
}

/// Keeps it in the place of what has this tag.
async fn keep(world: &World, person: &Person, body: &Keyring, seen: Option<&str>) -> Answered {
    let calls = person.calls(world);
    let calls = seen.map_or_else(|| calls.clone(), |seen| calls.with("if-match", seen));
    calls.put(KEYRING, body).await
}

async fn read(world: &World, person: &Person) -> Keyring {
    let kept: KeptKeyring = person.calls(world).get(KEYRING).await.json();
    Keyring {
        keyring: kept.keyring,
        wrappings: kept.wrappings,
    }
}

/// Whether somewhere in the data directory a piece of the vault's body of the keyring lies.
async fn bodies(world: &World, person: &Person) -> Vec<Vec<u8>> {
    let owner = person.party().to_string();
    let entries = world.running.node().store.vault_of(&owner).await.unwrap();
    let of_keyring = entries.into_iter().filter(|entry| entry.kind == "keyring");
    of_keyring.map(|entry| entry.ciphertext).collect()
}

#[tokio::test]
async fn a_keyring_is_kept_and_never_written_over_unseen() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    ann.calls(&world)
        .get(KEYRING)
        .await
        .is_problem(404, "not-found");
    let first = keyring();
    keep(&world, &ann, &first, Some("\"1\""))
        .await
        .is_problem(412, "precondition-failed");
    let kept = keep(&world, &ann, &first, None).await;
    assert_eq!((kept.status, kept.header("etag")), (200, "\"1\"".into()));
    let second = keyring();
    for stale in [None, Some("\"0\""), Some("\"2\""), Some("W/\"1\"")] {
        keep(&world, &ann, &second, stale)
            .await
            .is_problem(412, "precondition-failed");
        assert_eq!(read(&world, &ann).await, first, "{stale:?}");
    }
    let kept = keep(&world, &ann, &second, Some("\"1\"")).await;
    assert_eq!(kept.json::<KeyringRevision>().revision, 2);
    let answer = ann.calls(&world).get(KEYRING).await;
    assert_eq!(answer.header("etag"), "\"2\"");
    assert_eq!(read(&world, &ann).await, second);
    let again = ann.calls(&world).with("if-none-match", "\"2\"");
    assert_eq!(again.get(KEYRING).await.status, 304);
    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert_eq!(export.keyring.as_ref(), Some(&second));

    // And after a restart.
    let world = world.restarted().await;
    assert_eq!(read(&world, &ann).await, second);
}

#[tokio::test]
async fn of_two_devices_at_a_time_one_is_told_to_look_again() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    assert_eq!(keep(&world, &ann, &keyring(), None).await.status, 200);
    let (one, other) = (keyring(), keyring());
    let (first, second) = tokio::join!(
        keep(&world, &ann, &one, Some("\"1\"")),
        keep(&world, &ann, &other, Some("\"1\"")),
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let kept = if first.status == 200 { one } else { other };
    assert_eq!(read(&world, &ann).await, kept);
}

#[tokio::test]
async fn what_is_replaced_or_erased_is_in_no_file() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    assert_eq!(keep(&world, &ann, &keyring(), None).await.status, 200);
    let replaced = bodies(&world, &ann).await;
    let data = &world.config.data_dir;
    assert!(!holding(data, &replaced).is_empty(), "it is there before");
    assert_eq!(
        keep(&world, &ann, &keyring(), Some("\"1\"")).await.status,
        200
    );
    assert_eq!(holding(data, &replaced), BTreeSet::new(), "replaced");
    let last = bodies(&world, &ann).await;
    assert_eq!(last.len(), 1);
    let label = LABEL.as_bytes().to_vec();
    assert_eq!(holding(data, &[label]), BTreeSet::new(), "sealed at rest");
    let erased: Erased = erase(&world, &ann).await.json();
    assert_eq!(erased.bodies, 1);
    assert_eq!(holding(data, &last), BTreeSet::new(), "erased");
    ann.calls(&world)
        .get(KEYRING)
        .await
        .is_problem(404, "not-found");
    assert_eq!(keep(&world, &ann, &keyring(), None).await.status, 200);
}

/// Sends what is nearly a keyring: the pointer that is named.
async fn check(world: &World, ann: &Person, change: impl FnOnce(&mut Value), pointer: &str) {
    let mut body = serde_json::to_value(keyring()).unwrap();
    change(&mut body);
    let answer = ann.calls(world).put(KEYRING, &body).await;
    let problem = answer.is_problem(422, "keyring-invalid");
    let pointers: Vec<&str> = problem
        .errors
        .iter()
        .map(|error| error.pointer.as_str())
        .collect();
    assert_eq!(pointers, [pointer]);
}

#[tokio::test]
async fn what_is_out_of_bounds_is_not_kept() {
    let world = World::with(|config| config.body_bytes_max = 1 << 20).await;
    let ann = Person::enter(&world).await;
    let (world, ann) = (&world, &ann);
    check(world, ann, |body| body["keyring"] = "".into(), "/keyring").await;
    check(
        world,
        ann,
        |body| body["keyring"] = "a+b/".into(),
        "/keyring",
    )
    .await;
    let many = |body: &mut Value| {
        let one = body["wrappings"][0].clone();
        let numbered = |number: usize| {
            let mut wrapping = one.clone();
            wrapping["id"] = number.to_string().into();
            wrapping
        };
        body["wrappings"] = (0..33).map(numbered).collect();
    };
    check(world, ann, many, "/wrappings").await;
    let twice = |body: &mut Value| {
        let one = body["wrappings"][0].clone();
        body["wrappings"] = json!([one, one]);
    };
    check(world, ann, twice, "/wrappings/1/id").await;
    for id in ["", "a b", "ä", &"a".repeat(65)] {
        let change = |body: &mut Value| body["wrappings"][0]["id"] = id.into();
        check(world, ann, change, "/wrappings/0/id").await;
    }
    for label in ["a\nb", &"ä".repeat(65)] {
        let change = |body: &mut Value| body["wrappings"][0]["label"] = label.into();
        check(world, ann, change, "/wrappings/0/label").await;
    }
    let change = |body: &mut Value| body["wrappings"][0]["wrapped"] = "=".into();
    check(world, ann, change, "/wrappings/0/wrapped").await;
    let mut large = keyring();
    large.keyring = base64url::encode(&vec![7; 200 * 1024]);
    keep(world, ann, &large, None)
        .await
        .is_problem(413, "body-too-large");
    ann.calls(world)
        .get(KEYRING)
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn a_keyring_is_for_its_party_alone() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let (ann, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    assert_eq!(keep(&world, &ann, &keyring(), None).await.status, 200);
    eve.calls(&world)
        .get(KEYRING)
        .await
        .is_problem(404, "not-found");
    let pseudonym = Calls::by(&world, &cast.adviser_link.pseudonym);
    pseudonym.get(KEYRING).await.is_problem(403, "forbidden");
    pseudonym
        .put(KEYRING, &keyring())
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_device_that_will_not_stop_is_slowed_down() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let body = keyring();
    let mut seen = None;
    let refused = loop {
        let kept = keep(&world, &ann, &body, seen.as_deref()).await;
        if kept.status != 200 {
            break kept;
        }
        seen = Some(kept.header("etag"));
    };
    refused.is_problem(429, "rate-limited");
    assert_eq!(seen.as_deref(), Some("\"240\""));
}
