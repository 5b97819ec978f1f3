//! Devices that wait for keys: few, not for long, for their person alone; and letters about who has them.

use assent_api::v1::devices::{DeviceWaits, WaitForKeys, WaitingDevices};
use assent_api::v1::keyring::{Keyring, Wrapping, WrappingKind};
use assent_crypto::sealing::OpeningKey;
use assent_model::time::Span;

use crate::calls::{Answered, Calls};
use crate::household::Cast;
use crate::keyring::{KEYRING, keyring};
use crate::pages::browser::Browser;
use crate::person::{Mailbox, Person, subject};
use crate::world::World;

const DEVICES: &str = "/v1/accounts/devices";

fn device(name: &str) -> WaitForKeys {
    WaitForKeys {
        device_id: name.into(),
        sealing_key: OpeningKey::generate().sealing_key().clone(),
        label: format!("Device {name}"),
    }
}

async fn wait(world: &World, person: &Person, name: &str) -> Answered {
    person.calls(world).post(DEVICES, &device(name)).await
}

async fn waiting(world: &World, person: &Person) -> Vec<String> {
    let list: WaitingDevices = person.calls(world).get(DEVICES).await.json();
    list.devices.into_iter().map(|one| one.device_id).collect()
}

#[tokio::test]
async fn few_devices_wait_and_not_for_long() {
    let world = World::new().await;
    let (ann, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    let first: DeviceWaits = wait(&world, &ann, "one").await.json();
    let ten_minutes = (world.clock.now() + Span::from_minutes(10)).as_millis();
    assert_eq!(first.expires_at, ten_minutes);
    for name in ["two", "three", "one"] {
        assert_eq!(wait(&world, &ann, name).await.status, 200, "{name}");
    }
    wait(&world, &ann, "four")
        .await
        .is_problem(409, "too-many-devices");
    assert_eq!(waiting(&world, &ann).await, ["two", "three", "one"]);
    assert!(waiting(&world, &eve).await.is_empty(), "each has their own");
    let gone = eve.calls(&world).delete(&format!("{DEVICES}/two")).await;
    gone.is_problem(404, "not-found");
    let gone = ann.calls(&world).delete(&format!("{DEVICES}/two")).await;
    assert_eq!(gone.status, 204);
    assert_eq!(waiting(&world, &ann).await, ["three", "one"]);
    world.clock.advance(Span::from_minutes(10));
    assert!(waiting(&world, &ann).await.is_empty());
}

#[tokio::test]
async fn devices_that_ask_without_end_are_slowed_down() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    for _ in 0..20 {
        assert_eq!(wait(&world, &ann, "one").await.status, 200);
    }
    wait(&world, &ann, "one")
        .await
        .is_problem(429, "rate-limited");
}

#[tokio::test]
async fn a_device_has_a_name_a_label_and_a_key() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    for (name, label, pointer) in [
        ("", "Telephone", "/device_id"),
        ("a/b", "Telephone", "/device_id"),
        ("one", "Tele\u{7}phone", "/label"),
        ("one", &"a".repeat(65), "/label"),
    ] {
        let body = WaitForKeys {
            device_id: name.into(),
            label: label.into(),
            ..device("one")
        };
        let problem = ann.calls(&world).post(DEVICES, &body).await;
        let problem = problem.is_problem(422, "keyring-invalid");
        assert_eq!(problem.errors[0].pointer, pointer, "{label:?}");
    }
    let mut body = serde_json::to_value(device("one")).unwrap();
    body["sealing_key"] = "AAAA".into();
    let answer = ann.calls(&world).post(DEVICES, &body).await;
    answer.is_problem(400, "malformed-body");
    let anonymous = Calls::anonymous(&world).post(DEVICES, &device("one")).await;
    anonymous.is_problem(401, "unauthenticated");
}

/// A device without keys has the session of its browser alone.
#[tokio::test]
async fn a_device_waits_by_its_session_and_is_gone_once_it_has_the_keys() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let ann = Person::enter(&world).await;
    let mut browser = Browser::of_key(&world, &cast, &ann).await;
    let own = [("sec-fetch-site", "same-origin".to_owned())];
    let foreign = [("sec-fetch-site", "cross-site".to_owned())];
    let waits = browser.post_json(&foreign, DEVICES, &device("one")).await;
    waits.is_problem(401, "unauthenticated");
    let waits = browser.post_json(&own, DEVICES, &device("one")).await;
    assert_eq!(waits.status, 200, "{}", waits.text());
    assert_eq!(waiting(&world, &ann).await, ["one"]);
    let kept = ann.calls(&world).put(KEYRING, &with(&["one"])).await;
    assert_eq!(kept.status, 200);
    assert!(waiting(&world, &ann).await.is_empty());
    wait(&world, &ann, "two").await;
    let erased = crate::erasure::erase(&world, &ann).await;
    assert_eq!(erased.status, 200);
    assert!(waiting(&world, &ann).await.is_empty(), "erased");
}

/// Attack: a browser that somebody left signed in. What is in the keyring changes at any time, who opens
/// it only soon after signing in, or with the key.
#[tokio::test]
async fn a_session_of_long_ago_changes_nobody_who_opens_the_keys() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let ann = Person::enter(&world).await;
    let mut browser = Browser::of_key(&world, &cast, &ann).await;
    let own = ("sec-fetch-site", "same-origin".to_owned());
    let seen = |revision: u32| [own.clone(), ("if-match", format!("\"{revision}\""))];
    let first = browser
        .put_from(std::slice::from_ref(&own), KEYRING, &with(&["one"]))
        .await;
    assert_eq!(first.status, 200, "{}", first.text());
    world.clock.advance(Span::from_minutes(10));
    let same = browser.put_from(&seen(1), KEYRING, &with(&["one"])).await;
    assert_eq!(same.status, 200, "{}", same.text());
    for names in [&["one", "two"][..], &["two"], &["one", "kit"], &[]] {
        let late = browser.put_from(&seen(2), KEYRING, &with(names)).await;
        late.is_problem(403, "sign-in-again");
    }
    let by_key = ann.calls(&world).with("if-match", "\"2\"");
    let kept = by_key.put(KEYRING, &with(&["one", "two"])).await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    let mut again = Browser::of_key(&world, &cast, &ann).await;
    let kept = again.put_from(&seen(3), KEYRING, &with(&["two"])).await;
    assert_eq!(kept.status, 200, "{}", kept.text());
}

/// A keyring that these devices open; `kit …` is a recovery kit.
fn with(names: &[&str]) -> Keyring {
    let plain = keyring();
    let one = |name: &&str| Wrapping {
        id: name.replace(' ', "-"),
        kind: if name.starts_with("kit") {
            WrappingKind::Recovery
        } else {
            WrappingKind::Device
        },
        ..plain.wrappings[0].clone()
    };
    Keyring {
        wrappings: names.iter().map(one).collect(),
        ..plain.clone()
    }
}

#[tokio::test]
async fn a_letter_tells_who_can_open_the_keys() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new("ann@example.org");
    ann.confirm(&world, &mut mailbox).await;
    mailbox.wait_for(&world, 1).await;
    let keyrings: [(&[&str], &[&str]); 6] = [
        (&["one"], &[]),
        (&["one"], &[]),
        (&["one", "two"], &["A device can sign for you now"]),
        (&["one", "two", "kit"], &["A recovery kit was made"]),
        (&["one", "kit"], &["A device was removed"]),
        (
            &["one", "three", "four"],
            &["A device can sign for you now", "A device was removed"],
        ),
    ];
    for (revision, (names, letters)) in keyrings.into_iter().enumerate() {
        let calls = ann.calls(&world);
        let calls = match revision {
            0 => calls,
            seen => calls.with("if-match", &format!("\"{seen}\"")),
        };
        let kept = calls.put(KEYRING, &with(names)).await;
        assert_eq!(kept.status, 200, "{names:?}: {}", kept.text());
        let came = mailbox.wait_for(&world, letters.len()).await;
        let subjects: Vec<String> = came.iter().map(|letter| subject(letter)).collect();
        assert_eq!(subjects, letters, "{names:?}");
        for letter in came {
            assert!(letter.contains("/home/devices"), "{letter}");
            assert!(!letter.contains("unmistakable"), "no label in letters");
        }
    }
}
