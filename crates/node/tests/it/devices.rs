//! Devices that wait for keys: few, not for long, for their person alone; and letters about who has them.

use assent_api::v1::devices::{
    AskPass, ConfirmPass, DevicePass, DeviceWaits, PassAsked, WaitForKeys, WaitingDevices,
};
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
const PASSES: &str = "/v1/accounts/passes";
const CONFIRMATIONS: &str = "/v1/accounts/passes/confirmations";

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

async fn ask_pass(world: &World, email: &str) -> PassAsked {
    let body = AskPass {
        email: email.into(),
        language: "en".parse().unwrap(),
    };
    Calls::anonymous(world).post(PASSES, &body).await.json()
}

async fn confirm_pass(world: &World, asked: PassAsked, code: &str) -> Answered {
    let body = ConfirmPass {
        asked: asked.asked,
        code: code.into(),
    };
    Calls::anonymous(world).post(CONFIRMATIONS, &body).await
}

/// What a pass is good for: the encrypted keyring, and waiting. Nothing else, not for long, and not after
/// the account is gone.
#[tokio::test]
async fn a_pass_has_a_device_wait_and_does_nothing_else() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new("ann@example.org");
    ann.confirm(&world, &mut mailbox).await;
    let kept = ann.calls(&world).put(KEYRING, &with(&["one"])).await;
    assert_eq!(kept.status, 200);
    let asked = ask_pass(&world, mailbox.address).await;
    let code = mailbox.code(&world).await;
    let wrong = confirm_pass(&world, asked, "BBBB-BBBB").await;
    wrong.is_problem(422, "code-wrong");
    let pass: DevicePass = confirm_pass(&world, asked, &code).await.json();
    assert_eq!(pass.party_id, ann.party());
    let again = confirm_pass(&world, asked, &code).await;
    again.is_problem(410, "code-spent");

    let by_pass = |pass: &str| {
        let said = format!("Assent-Pass {pass}");
        Calls::anonymous(&world).with("authorization", &said)
    };
    let calls = by_pass(&pass.pass);
    assert_eq!(calls.get(KEYRING).await.status, 200);
    assert_eq!(calls.post(DEVICES, &device("two")).await.status, 200);
    assert_eq!(waiting(&world, &ann).await, ["two"]);
    for refused in [
        calls
            .with("if-match", "\"1\"")
            .put(KEYRING, &with(&[]))
            .await,
        calls.get(DEVICES).await,
        calls.get("/v1/contacts").await,
        calls.get("/v1/accounts/export").await,
        by_pass("AAAA").get(KEYRING).await,
        by_pass("").post(DEVICES, &device("three")).await,
    ] {
        refused.is_problem(401, "unauthenticated");
    }
    let left = calls.delete(&format!("{DEVICES}/two")).await;
    assert_eq!(left.status, 204);
    world.clock.advance(Span::from_minutes(15));
    calls.get(KEYRING).await.is_problem(401, "unauthenticated");
}

/// Attack: an address that nobody has, a code of somebody else, and a pass of who was erased.
#[tokio::test]
async fn a_pass_tells_nobody_whether_an_address_is_known() {
    let world = World::new().await;
    let ann = Person::enter(&world).await;
    let mut mailbox = Mailbox::new("ann@example.org");
    ann.confirm(&world, &mut mailbox).await;
    mailbox.wait_for(&world, 1).await;
    let mut nobody = Mailbox::new("nobody@example.org");
    let (known, unknown) = (
        ask_pass(&world, mailbox.address).await,
        ask_pass(&world, nobody.address).await,
    );
    assert_eq!(known.expires_at, unknown.expires_at);
    let code = mailbox.code(&world).await;
    assert!(nobody.fresh(&world).is_empty());
    let other = confirm_pass(&world, unknown, &code).await;
    other.is_problem(422, "code-wrong");
    let pass: DevicePass = confirm_pass(&world, known, &code).await.json();
    assert_eq!(crate::erasure::erase(&world, &ann).await.status, 200);
    let said = format!("Assent-Pass {}", pass.pass);
    let gone = Calls::anonymous(&world).with("authorization", &said);
    gone.post(DEVICES, &device("one"))
        .await
        .is_problem(401, "unauthenticated");
    let body = AskPass {
        email: "ann".into(),
        language: "en".parse().unwrap(),
    };
    let answer = Calls::anonymous(&world).post(PASSES, &body).await;
    answer.is_problem(422, "email-invalid");
    for _ in 0..4 {
        ask_pass(&world, nobody.address).await;
    }
    let body = AskPass {
        email: nobody.address.into(),
        ..body
    };
    let answer = Calls::anonymous(&world).post(PASSES, &body).await;
    answer.is_problem(429, "rate-limited");
}
