//! What the mailbox lets whom do.

#![expect(clippy::unwrap_used, reason = "tests")]

use assent_client::keys::Pseudonym;
use assent_client::pairing::{Entering, Holder, PairingCode, PairingRefusal, Showing};
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::ids::StreamId;

use super::*;
use assent_api::v1::pairings::{ALPHABET, PairingResult};

const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);

fn network(place: u8) -> Network {
    Network::of([192, 0, 2, place].into())
}

/// Somebody in the same network as the devices.
fn here() -> Origin {
    Origin::Network(network(200))
}

fn code() -> PairingCode {
    "BCDF-GHJK".parse().unwrap()
}

fn plate() -> Nameplate {
    code().nameplate()
}

fn offer() -> Offer {
    let key = SigningKey::generate();
    Offer {
        device: PartyId::of(key.verifying_key()),
        device_key: *key.verifying_key(),
        stream: StreamId::random(),
        root: Digest::of(b"the first record"),
        label: "Meter in the hall".to_owned(),
    }
}

fn holder() -> Holder {
    let pseudonym = Pseudonym::generate();
    Holder {
        id: pseudonym.surrogate_id(),
        key: *pseudonym.key.verifying_key(),
    }
}

/// A mailbox in which a device offers.
fn offered() -> (Pairings, Offer) {
    let (pairings, offer) = (Pairings::new(), offer());
    let kept = pairings.offer(network(1), offer.device, plate(), offer.clone(), BEGIN);
    kept.unwrap();
    (pairings, offer)
}

/// Somebody begins.
fn greet(pairings: &Pairings, offer: &Offer, now: Timestamp) -> Result<(Holder, Entering), String> {
    let holder = holder();
    let (entering, hello) = Entering::begin(&code(), offer.clone(), holder);
    let begun = pairings.begin(here(), holder.id, plate(), hello, now);
    begun.map_err(refused)?;
    Ok((holder, entering))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn refused(failure: Failure) -> String {
    failure.problem().code.clone()
}

fn minutes(minutes: u64) -> Timestamp {
    BEGIN + Span::from_minutes(minutes)
}

fn say(
    pairings: &Pairings,
    who: Actor,
    attempt: u32,
    message: &PairingMessage,
) -> Result<(), String> {
    let said = pairings.say(who, plate(), attempt, message.clone(), BEGIN);
    said.map(drop).map_err(refused)
}

fn result(result: PairingResult) -> PairingMessage {
    PairingMessage::Result { result }
}

const GIVEN_UP: PairingResult = PairingResult::Refused {
    code: PairingRefusal::GivenUp,
};

#[test]
fn an_offer_is_the_devices_own_and_stands_for_ten_minutes() {
    let (pairings, first) = offered();
    let found = |now| pairings.look_up(here(), plate(), now).map_err(refused);
    assert_eq!(found(BEGIN).unwrap().offer, first);
    let last = Timestamp::from_millis(minutes(10).as_millis() - 1);
    assert!(found(last).is_ok());
    assert_eq!(found(minutes(10)).unwrap_err(), "not-found");

    let (pairings, first) = offered();
    let of_another = offer();
    let taken = pairings.offer(
        network(1),
        of_another.device,
        plate(),
        of_another.clone(),
        BEGIN,
    );
    assert_eq!(taken.unwrap_err().problem().code, "nameplate-taken");
    let feigned = pairings.offer(network(1), of_another.device, plate(), first.clone(), BEGIN);
    assert_eq!(feigned.unwrap_err().problem().code, "forbidden");
    let ended = pairings.end(of_another.device, plate(), BEGIN);
    assert_eq!(ended.unwrap_err().problem().code, "not-found");
    // Another code of the same device takes the place of the first.
    let other = "XZB".parse().unwrap();
    pairings
        .offer(network(1), first.device, other, first, BEGIN)
        .unwrap();
    let gone = pairings.look_up(here(), plate(), BEGIN);
    assert_eq!(gone.unwrap_err().problem().code, "not-found");
}

#[test]
fn a_label_is_shown_to_people() {
    let pairings = Pairings::new();
    let long = "m".repeat(65);
    for (label, is_one) in [
        ("Meter in the hall", true),
        ("Målerskab ved døren", true),
        ("", false),
        ("two\nlines", false),
        (long.as_str(), false),
    ] {
        let offer = Offer {
            label: label.to_owned(),
            ..offer()
        };
        let kept = pairings.offer(network(1), offer.device, plate(), offer.clone(), BEGIN);
        let code = kept.map(drop).map_err(refused);
        let expected = if is_one {
            Ok(())
        } else {
            Err("offer-invalid".to_owned())
        };
        assert_eq!(code, expected, "{label:?}");
        let _ = pairings.end(offer.device, plate(), BEGIN);
    }
}

#[test]
fn nobody_goes_through_the_nameplates() {
    let (pairings, offer) = offered();
    let look = |origin, plate: &str, now| {
        let found = pairings.look_up(origin, plate.parse().unwrap(), now);
        found.map(drop).map_err(refused)
    };
    for place in 0..20_u8 {
        let middle = char::from(ALPHABET[usize::from(place)]);
        let plate = format!("B{middle}C");
        let found = look(here(), &plate, BEGIN);
        assert_eq!(found, Err("not-found".to_owned()), "{plate}");
    }
    // What is there is hidden as well as what is not.
    let spent = Err("rate-limited".to_owned());
    assert_eq!(look(here(), "BCD", BEGIN), spent);
    assert_eq!(look(here(), "ZZZ", BEGIN), spent);
    assert_eq!(look(Origin::Person(offer.device), "BCD", BEGIN), Ok(()));
    // Many together find out no more about one of them.
    let from = |place: u8| Origin::Network(network(place));
    for place in 1..40 {
        assert_eq!(look(from(place), "BCD", BEGIN), Ok(()), "{place}");
    }
    assert_eq!(look(from(40), "BCD", BEGIN), spent);
}

#[test]
fn two_people_at_one_code_take_turns() {
    let (pairings, offer) = offered();
    let (first, _) = greet(&pairings, &offer, BEGIN).unwrap();
    let second = greet(&pairings, &offer, BEGIN).map(drop);
    assert_eq!(second, Err("pairing-busy".to_owned()));
    // Who began and went away keeps nobody out for long, and learns that it is over.
    greet(&pairings, &offer, minutes(1)).unwrap();
    let answer = say(&pairings, Actor::Surrogate(first.id), 1, &result(GIVEN_UP));
    assert_eq!(answer, Err("pairing-turn".to_owned()));
    greet(&pairings, &offer, minutes(2)).unwrap();
    let fourth = greet(&pairings, &offer, minutes(3)).map(drop);
    assert_eq!(fourth, Err("pairing-spent".to_owned()));
}

#[test]
fn whoever_tries_without_end_is_slowed_down() {
    let pairings = Pairings::new();
    for round in 0..4 {
        let offer = offer();
        pairings
            .offer(network(1), offer.device, plate(), offer.clone(), BEGIN)
            .unwrap();
        for attempt in 0..3 {
            let begun = greet(&pairings, &offer, BEGIN).map(drop);
            if round * 3 + attempt >= 10 {
                assert_eq!(begun, Err("rate-limited".to_owned()), "{round} {attempt}");
                return;
            }
            begun.unwrap();
            let device = Actor::Party(offer.device);
            say(&pairings, device, attempt + 1, &result(GIVEN_UP)).unwrap();
        }
        pairings.end(offer.device, plate(), BEGIN).unwrap();
    }
    panic!("nobody was slowed down");
}

#[test]
fn a_holder_speaks_for_its_own_key() {
    let (pairings, offer) = offered();
    let (one, other) = (holder(), holder());
    let mixed = Holder {
        id: one.id,
        key: other.key,
    };
    for (claimed, caller) in [(one, other.id), (mixed, one.id), (mixed, other.id)] {
        let (_, hello) = Entering::begin(&code(), offer.clone(), claimed);
        let begun = pairings.begin(here(), caller, plate(), hello, BEGIN);
        assert_eq!(begun.unwrap_err().problem().code, "forbidden");
    }
}

#[tokio::test]
async fn messages_come_in_turn_and_from_the_two_alone() {
    let (pairings, offer) = offered();
    let mut device = Showing::begin(code(), offer.clone(), BEGIN);
    let (holder, entering) = greet(&pairings, &offer, BEGIN).unwrap();
    let (device_side, holder_side) = (Actor::Party(offer.device), Actor::Surrogate(holder.id));
    let strangers = [
        Actor::Party(PartyId::of(SigningKey::generate().verifying_key())),
        Actor::Surrogate(Pseudonym::generate().surrogate_id()),
    ];
    let view = (pairings.newest(offer.device, plate(), 0, || BEGIN)).await;
    let hello = view.unwrap().attempt.unwrap().hello;
    let answered = device.answer(&hello, BEGIN).unwrap();
    let (_, confirmed) = entering.complete(&answered, "the holder's word").unwrap();
    let answer = PairingMessage::Answer { answer: answered };
    let confirm = PairingMessage::Confirm { confirm: confirmed };
    let paired = result(PairingResult::Paired {});
    let turn = Err("pairing-turn".to_owned());

    for stranger in strangers {
        for message in [&answer, &confirm, &paired] {
            let said = say(&pairings, stranger, 1, message);
            assert_eq!(said, Err("not-found".to_owned()));
        }
        let seen = pairings.follow(stranger, plate(), 1, 0, || BEGIN).await;
        assert_eq!(seen.unwrap_err().problem().code, "not-found");
    }
    for (who, early) in [
        (holder_side, &answer),
        (holder_side, &confirm),
        (device_side, &confirm),
        (device_side, &paired),
        (holder_side, &paired),
    ] {
        assert_eq!(say(&pairings, who, 1, early), turn);
    }
    assert_eq!(say(&pairings, device_side, 1, &answer), Ok(()));
    assert_eq!(say(&pairings, device_side, 1, &answer), turn, "twice");
    assert_eq!(say(&pairings, holder_side, 1, &confirm), Ok(()));
    assert_eq!(say(&pairings, holder_side, 1, &confirm), turn, "twice");
    // Who has said yes does not say afterwards that it failed.
    assert_eq!(say(&pairings, holder_side, 1, &result(GIVEN_UP)), turn);
    assert_eq!(say(&pairings, device_side, 1, &paired), Ok(()));
    assert_eq!(say(&pairings, device_side, 1, &result(GIVEN_UP)), turn);
    let seen = pairings.follow(holder_side, plate(), 1, 3, || BEGIN).await;
    assert_eq!(seen.unwrap().result, Some(PairingResult::Paired {}));
    let again = greet(&pairings, &offer, BEGIN).map(drop);
    assert_eq!(again, Err("pairing-spent".to_owned()));
}

#[tokio::test]
async fn whoever_waits_is_told_at_once_and_not_kept_for_ever() {
    let (mut pairings, offer) = offered();
    pairings.patience = Duration::from_millis(50);
    let newest = pairings.newest(offer.device, plate(), 0, || BEGIN).await;
    assert!(newest.unwrap().attempt.is_none());
    pairings.patience = Duration::from_mins(1);
    let later = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        greet(&pairings, &offer, BEGIN).map(drop).unwrap();
    };
    let began = Instant::now();
    let wait = pairings.newest(offer.device, plate(), 0, || BEGIN);
    let (newest, ()) = tokio::join!(wait, later);
    assert_eq!(newest.unwrap().attempt.unwrap().attempt, 1);
    assert!(began.elapsed() < Duration::from_secs(30));
    // What is taken back keeps nobody waiting.
    let later = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        pairings.end(offer.device, plate(), BEGIN).unwrap();
    };
    let wait = pairings.newest(offer.device, plate(), 1, || BEGIN);
    let (newest, ()) = tokio::join!(wait, later);
    assert_eq!(newest.unwrap_err().problem().code, "not-found");
}

/// Attack: show so many codes that nobody else can.
#[test]
fn one_network_does_not_fill_the_place_of_all_others() {
    let pairings = Pairings::new();
    let plate = |at: usize| -> Nameplate {
        let letter = |at: usize| char::from(ALPHABET[at % ALPHABET.len()]);
        let (first, second) = (letter(at / ALPHABET.len()), letter(at));
        format!("B{first}{second}").parse().unwrap()
    };
    let offer_from = |place, at| {
        let offer = offer();
        let kept = pairings.offer(network(place), offer.device, plate(at), offer, BEGIN);
        kept.map(drop).map_err(refused)
    };
    let kept = (0..300).filter(|at| offer_from(7, *at).is_ok()).count();
    assert_eq!(kept, 20);
    assert_eq!(offer_from(7, 301), Err("rate-limited".to_owned()));
    assert_eq!(offer_from(8, 302), Ok(()), "others show theirs");
}
