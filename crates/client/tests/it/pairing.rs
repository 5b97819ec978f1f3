//! Pairing, and what attackers at the relay make of it.

use assent_client::pairing::{
    ATTEMPTS, Answer, Confirm, Entering, Hello, Holder, InvalidCode, LIFETIME_MILLIS, Offer,
    PairingCode, PairingRefusal, Showing, Terms,
};
use assent_client::statements::Signer;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::ids::{PartyId, StreamId, SurrogateId};
use assent_model::records::stream::StreamHolding;
use assent_model::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const HOLDING: &str = "the holder's word";

fn after(millis: u64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() + millis)
}

fn code() -> PairingCode {
    "BCDF-GHJK".parse().unwrap()
}

fn offer() -> Offer {
    let device = SigningKey::generate();
    Offer {
        device: PartyId::of(device.verifying_key()),
        device_key: *device.verifying_key(),
        stream: StreamId::random(),
        root: Digest::of(b"the first record"),
        label: "Meter in the hall".to_owned(),
    }
}

fn holder() -> Holder {
    let key = SigningKey::generate();
    Holder {
        id: SurrogateId::of(key.verifying_key()),
        key: *key.verifying_key(),
    }
}

fn showing() -> Showing {
    Showing::begin(code(), offer(), NOW)
}

/// An attempt of a person who has this code and offer, as far as the device's answer.
fn attempt(device: &mut Showing, code: &PairingCode) -> (Entering, Answer) {
    let (entering, hello) = Entering::begin(code, device.offer().clone(), holder());
    let answer = device.answer(&hello, NOW).unwrap();
    (entering, answer)
}

/// Attack: have the word of somebody who holds another stream, or writes on another device, or names
/// another holder, or is given the word of another.
#[test]
fn a_holder_agrees_to_what_was_signed_and_to_nothing_else() {
    let (key, offer) = (SigningKey::generate(), offer());
    let signer = Signer::new("assent:test".parse().unwrap(), NOW);
    let holding = |change: fn(&mut StreamHolding)| {
        let mut said = StreamHolding {
            stream_id: offer.stream,
            device: offer.device,
            holder: SurrogateId::of(key.verifying_key()),
        };
        change(&mut said);
        Terms::of(offer.clone(), &signer.sign(&key, said))
    };
    let agreed = holding(|_| {}).unwrap();
    assert_eq!(
        (agreed.offer, agreed.holder.key),
        (offer.clone(), *key.verifying_key())
    );
    assert_eq!(holding(|said| said.stream_id = StreamId::random()), None);
    assert_eq!(
        holding(|said| said.device = PartyId::of(SigningKey::generate().verifying_key())),
        None
    );
    assert_eq!(holding(|said| said.holder = holder().id), None);
}

#[test]
fn both_sides_agree_on_everything() {
    let mut device = showing();
    let person = holder();
    let (entering, hello) = Entering::begin(&code(), device.offer().clone(), person);
    // As it goes over the wire.
    let hello: Hello = serde_json::from_str(&serde_json::to_string(&hello).unwrap()).unwrap();
    let answer = device.answer(&hello, NOW).unwrap();
    let answer: Answer = serde_json::from_str(&serde_json::to_string(&answer).unwrap()).unwrap();
    let (paired, confirm) = entering.complete(&answer, HOLDING).unwrap();
    let confirm: Confirm = serde_json::from_str(&serde_json::to_string(&confirm).unwrap()).unwrap();
    assert_eq!(device.complete(&confirm, NOW), Ok(paired.clone()));
    assert_eq!(paired.terms.offer, *device.offer());
    assert_eq!(paired.terms.holder, person);
    assert_eq!(paired.holding, HOLDING);
    assert!(device.is_over(NOW));
}

#[test]
fn another_code_convinces_neither_side() {
    for wrong in ["BCDF-GHJL", "BCDF-GHKJ", "ZZZZ-ZZZZ"] {
        let mut device = showing();
        let (entering, answer) = attempt(&mut device, &wrong.parse().unwrap());
        let refusal = entering.complete(&answer, HOLDING).unwrap_err();
        assert_eq!(refusal, PairingRefusal::NotConfirmed, "{wrong}");
        // Who does not care that the device is another goes on, and is not believed.
        let mut other = Showing::begin(wrong.parse().unwrap(), device.offer().clone(), NOW);
        let (entering, answer) = attempt(&mut other, &wrong.parse().unwrap());
        let (_, confirm) = entering.complete(&answer, HOLDING).unwrap();
        let outcome = device.complete(&confirm, NOW);
        assert_eq!(outcome, Err(PairingRefusal::NotConfirmed));
    }
}

#[test]
fn a_guess_costs_an_attempt_and_there_are_few() {
    let mut device = showing();
    for _ in 0..ATTEMPTS {
        assert!(!device.is_over(NOW));
        let (entering, answer) = attempt(&mut device, &"ZZZZ-ZZZZ".parse().unwrap());
        entering.complete(&answer, HOLDING).unwrap_err();
    }
    // The right code comes too late.
    let (_, hello) = Entering::begin(&code(), device.offer().clone(), holder());
    let refusal = device.answer(&hello, NOW).unwrap_err();
    assert_eq!(refusal, PairingRefusal::TooManyAttempts);
    assert!(device.is_over(NOW));
}

#[test]
fn the_last_attempt_may_be_the_right_one() {
    let mut device = showing();
    for _ in 1..ATTEMPTS {
        attempt(&mut device, &"ZZZZ-ZZZZ".parse().unwrap());
    }
    let (entering, answer) = attempt(&mut device, &code());
    assert!(!device.is_over(NOW));
    let (paired, confirm) = entering.complete(&answer, HOLDING).unwrap();
    assert_eq!(device.complete(&confirm, NOW), Ok(paired));
}

#[test]
fn an_attempt_that_is_given_up_keeps_no_code_alive() {
    let mut device = showing();
    for _ in 0..ATTEMPTS {
        attempt(&mut device, &code());
    }
    assert!(!device.is_over(NOW));
    device.give_up();
    assert!(device.is_over(NOW));
}

#[test]
fn a_code_expires_after_ten_minutes() {
    let mut device = showing();
    let last = after(LIFETIME_MILLIS - 1);
    let (entering, hello) = Entering::begin(&code(), device.offer().clone(), holder());
    let answer = device.answer(&hello, last).unwrap();
    let (_, confirm) = entering.complete(&answer, HOLDING).unwrap();
    assert!(!device.is_over(last) && device.is_over(device.expires()));
    let late = device.complete(&confirm, after(LIFETIME_MILLIS));
    assert_eq!(late, Err(PairingRefusal::Expired));
    let late = device.answer(&hello, after(LIFETIME_MILLIS)).unwrap_err();
    assert_eq!(late, PairingRefusal::Expired);
}

#[test]
fn a_code_serves_once() {
    let mut device = showing();
    let (entering, answer) = attempt(&mut device, &code());
    let (_, confirm) = entering.complete(&answer, HOLDING).unwrap();
    device.complete(&confirm, NOW).unwrap();
    // The same words again, and another person with the same code.
    let again = device.complete(&confirm, NOW);
    assert_eq!(again, Err(PairingRefusal::AlreadyPaired));
    let (_, hello) = Entering::begin(&code(), device.offer().clone(), holder());
    let refusal = device.answer(&hello, NOW).unwrap_err();
    assert_eq!(refusal, PairingRefusal::AlreadyPaired);
}

#[test]
fn a_replayed_message_completes_nothing() {
    let mut device = showing();
    let (entering, hello) = Entering::begin(&code(), device.offer().clone(), holder());
    let first = device.answer(&hello, NOW).unwrap();
    // The relay gives the device the same greeting once more: another share, another transcript.
    let second = device.answer(&hello, NOW).unwrap();
    assert_ne!(first.share, second.share);
    let (_, confirm) = entering.complete(&first, HOLDING).unwrap();
    let stale = device.complete(&confirm, NOW);
    assert_eq!(stale, Err(PairingRefusal::NotConfirmed));
    // An attempt that failed is gone; nothing waits for a confirmation any more.
    let gone = device.complete(&confirm, NOW);
    assert_eq!(gone, Err(PairingRefusal::NoAttempt));
    // Words of one pairing say nothing in another with the same code.
    let mut other = showing();
    attempt(&mut other, &code());
    let foreign = other.complete(&confirm, NOW);
    assert_eq!(foreign, Err(PairingRefusal::NotConfirmed));
}

#[test]
fn a_message_that_is_sent_back_convinces_nobody() {
    let mut device = showing();
    let (entering, hello) = Entering::begin(&code(), device.offer().clone(), holder());
    // To the person, their own share with any confirmation.
    let answer = device.answer(&hello, NOW).unwrap();
    let mirrored = Answer {
        share: hello.share,
        confirmation: answer.confirmation,
    };
    let refusal = entering.complete(&mirrored, HOLDING).unwrap_err();
    assert_eq!(refusal, PairingRefusal::InvalidShare);
    // To the device, its own confirmation, and then its own share.
    let mirrored = Confirm {
        confirmation: answer.confirmation,
        holding: String::new(),
    };
    let outcome = device.complete(&mirrored, NOW);
    assert_eq!(outcome, Err(PairingRefusal::NotConfirmed));
    let mirrored = Hello {
        share: answer.share,
        ..hello
    };
    let refusal = device.answer(&mirrored, NOW).unwrap_err();
    assert_eq!(refusal, PairingRefusal::InvalidShare);
}

/// Who relays the messages knows nothing of the code, and changes what it relays.
#[test]
fn whatever_the_relay_changes_is_noticed() {
    type Change<'a> = Box<dyn Fn(&mut Offer) + 'a>;
    let other = offer();
    let changes: [Change<'_>; 5] = [
        Box::new(|offer| offer.device = other.device),
        Box::new(|offer| offer.device_key = other.device_key),
        Box::new(|offer| offer.stream = other.stream),
        Box::new(|offer| offer.root = Digest::of(b"another channel")),
        Box::new(|offer| offer.label = "Something harmless".to_owned()),
    ];
    for change in &changes {
        let mut device = showing();
        let mut changed = device.offer().clone();
        change(&mut changed);
        let (entering, hello) = Entering::begin(&code(), changed, holder());
        let answer = device.answer(&hello, NOW).unwrap();
        let refusal = entering.complete(&answer, HOLDING).unwrap_err();
        assert_eq!(refusal, PairingRefusal::NotConfirmed);
    }
}

#[test]
fn the_relay_cannot_put_itself_in_the_place_of_the_person() {
    for swaps_key in [true, false] {
        let mut device = showing();
        let (entering, mut hello) = Entering::begin(&code(), device.offer().clone(), holder());
        let thief = holder();
        if swaps_key {
            hello.holder.key = thief.key;
        } else {
            hello.holder.id = thief.id;
        }
        let answer = device.answer(&hello, NOW).unwrap();
        // The person does not confirm, so the device never hears what it would believe.
        let refusal = entering.complete(&answer, HOLDING).unwrap_err();
        assert_eq!(refusal, PairingRefusal::NotConfirmed);
    }
    // What is said for the ledger is under the confirmation too.
    let mut device = showing();
    let (entering, answer) = attempt(&mut device, &code());
    let (_, mut confirm) = entering.complete(&answer, HOLDING).unwrap();
    confirm.holding = "another word".to_owned();
    let outcome = device.complete(&confirm, NOW);
    assert_eq!(outcome, Err(PairingRefusal::NotConfirmed));
}

/// The relay sees an offer, two shares and two confirmations. To try a code on them it needs the key,
/// which is the share of one side raised to the secret of the other: with every code it tries, and
/// fresh secrets of its own, it gets other keys, also with the right code.
#[test]
fn who_has_the_whole_conversation_cannot_try_codes_on_it() {
    let mut device = showing();
    let person = holder();
    let (entering, hello) = Entering::begin(&code(), device.offer().clone(), person);
    let answer = device.answer(&hello, NOW).unwrap();
    for guess in ["BCDF-GHJK", "BCDF-GHJL", "ZZZZ-ZZZZ"] {
        let guess: PairingCode = guess.parse().unwrap();
        // As the person, against the device's recorded answer.
        let (impostor, _) = Entering::begin(&guess, device.offer().clone(), person);
        let refusal = impostor.complete(&answer, HOLDING).unwrap_err();
        assert_eq!(refusal, PairingRefusal::NotConfirmed);
        // As the device, against the person's recorded confirmation.
        let mut impostor = Showing::begin(guess, device.offer().clone(), NOW);
        impostor.answer(&hello, NOW).unwrap();
        let recorded = Confirm {
            confirmation: answer.confirmation,
            holding: HOLDING.to_owned(),
        };
        let outcome = impostor.complete(&recorded, NOW);
        assert_eq!(outcome, Err(PairingRefusal::NotConfirmed));
    }
    // The two who were there go on as if nothing had been.
    let (paired, confirm) = entering.complete(&answer, HOLDING).unwrap();
    assert_eq!(device.complete(&confirm, NOW), Ok(paired));
}

#[test]
fn a_code_is_read_as_people_write_it() {
    for spelled in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "B-C-D-F-G-H-J-K"] {
        assert_eq!(spelled.parse(), Ok(code()), "{spelled}");
    }
    for wrong in [
        "",
        "BCDF-GHJ",
        "BCDF-GHJKL",
        "BCDF-GHJA",
        "BCDF-GHJ0",
        "BCDF_GHJK",
        "ÄCDFGHJK",
    ] {
        assert_eq!(wrong.parse::<PairingCode>(), Err(InvalidCode), "{wrong}");
    }
    assert_eq!(code().to_string(), "BCDF-GHJK");
    assert_eq!(code().nameplate().to_string(), "BCD");
    // Only what the relay may know is in a log.
    assert_eq!(format!("{:?}", code()), "PairingCode(BCD..)");
}

#[test]
fn codes_are_random_and_have_every_character_in_every_place() {
    let codes: Vec<String> = (0..2000)
        .map(|_| PairingCode::random().to_string())
        .collect();
    for place in [0, 1, 2, 3, 5, 6, 7, 8] {
        let mut seen: Vec<u8> = codes.iter().map(|code| code.as_bytes()[place]).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, b"BCDFGHJKLMNPQRSTVWXZ");
    }
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert!(unique.len() > 1990);
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let mut codes: Vec<&str> = PairingRefusal::ALL
        .iter()
        .map(|refusal| refusal.code())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), PairingRefusal::ALL.len());
}

/// The cases of upstream's pairing: four letters, a challenge that is fresh, an answer of one
/// length, and a second use that is worth nothing. Ours is no challenge, so each is said of what
/// goes over the wire.
#[test]
fn a_short_secret_is_used_once_and_never_shown() {
    let secret = code();
    let conversation = |device: &mut Showing| {
        let (entering, hello) = Entering::begin(&secret, device.offer().clone(), holder());
        let answer = device.answer(&hello, NOW).unwrap();
        let (_, confirm) = entering.complete(&answer, HOLDING).unwrap();
        let texts = [
            serde_json::to_string(&hello).unwrap(),
            serde_json::to_string(&answer).unwrap(),
            serde_json::to_string(&confirm).unwrap(),
        ];
        (confirm, texts)
    };
    let mut device = showing();
    let (confirm, first) = conversation(&mut device);
    let (_, second) = conversation(&mut showing());
    for (one, other) in first.iter().zip(&second) {
        assert_ne!(one, other, "the same secret never makes the same message");
        for form in ["BCDF-GHJK", "BCDFGHJK", "GHJK"] {
            assert!(!one.contains(form), "{form} in {one}");
        }
    }
    assert_eq!(first[1].len(), second[1].len());
    assert!(device.complete(&confirm, NOW).is_ok());
    assert!(device.complete(&confirm, NOW).is_err(), "a second use");
    assert!(device.is_over(NOW));
}
