//! Pairing over HTTP: a device and a person who stands before it, and others who do not.

use std::sync::Mutex;
use std::time::Duration;

use assent_api::v1::pairings::{AttemptBegun, NewestAttempt, Offer, PairingMessage, PairingResult};
use assent_api::v1::streams::{CloseStream, StreamView};
use assent_client::channel::{Lanes, Moment, Publisher};
use assent_client::http::{ClientError, NodeClient};
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::pairing::{
    Device, EnterError, Entering, Holder, Paired, PairingCode, PairingRefusal, RemoteMailbox,
    ShowError, Told, enter, show,
};
use assent_client::statements::request_proof::Caller;
use assent_crypto::signature::SigningKey;
use assent_model::ids::StreamId;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::time::{Span, Timestamp};
use tokio::sync::mpsc;

use crate::calls::Calls;
use crate::world::World;

/// A device that is registered, and the stream that it would open.
pub(crate) struct Meter {
    pub(crate) keys: PartyKeys,
    pub(crate) offer: Offer,
    pub(crate) client: NodeClient,
}

impl Meter {
    pub(crate) async fn new(world: &World) -> Self {
        let (keys, client) = (
            PartyKeys::generate(),
            NodeClient::new(&world.url("")).unwrap(),
        );
        let signer = world.signer();
        let enrolled = client.enrol(&signer, &keys, PartyKind::Device, Custody::Independent);
        enrolled.await.unwrap();
        Self {
            offer: offer(&keys, world.clock.now()),
            keys,
            client,
        }
    }

    /// Shows one code; what is told comes as a code, and as `None` for anything else.
    pub(crate) async fn show(
        &self,
        world: &World,
        codes: mpsc::UnboundedSender<PairingCode>,
        refusals: &Mutex<Vec<PairingRefusal>>,
    ) -> Result<Paired, ShowError> {
        let clock = world.clock.clone();
        let now = move || clock.now();
        let device = Device {
            node: &self.client,
            chain: &world.config.chain,
            keys: &self.keys,
            now: &now,
        };
        let told = |told: Told<'_>| match told {
            Told::Code { code, .. } => codes.send(code.clone()).unwrap(),
            Told::Refused(refusal) => refusals.lock().unwrap().push(refusal),
            Told::Attempt => {}
        };
        show(&device, &self.offer, told).await
    }
}

/// What a device with these keys offers.
fn offer(keys: &PartyKeys, at: Timestamp) -> Offer {
    let stream = StreamId::random();
    let lanes = Lanes::new(["live/power_delivered".parse().unwrap()]).unwrap();
    let device = SigningKey::from_seed(keys.signing.seed());
    let channel = Publisher::open(stream, device, lanes, Moment { as_of: 0, at });
    Offer {
        device: keys.party_id(),
        device_key: *keys.signing.verifying_key(),
        stream,
        root: channel.position().1,
        label: "Meter in the hall, ending in 5507".to_owned(),
    }
}

/// Enters a code at the node, as somebody who has seen what it offers.
async fn enter_code(
    world: &World,
    client: &NodeClient,
    code: &PairingCode,
    offer: &Offer,
    holder: &Pseudonym,
) -> Result<Paired, EnterError<ClientError>> {
    let clock = world.clock.clone();
    let now = move || clock.now();
    let mailbox = RemoteMailbox {
        node: client,
        chain: &world.config.chain,
        now: &now,
        holder,
    };
    let found = client.pairing(code.nameplate()).await.unwrap().offer;
    assert_eq!(found, *offer);
    let signer = world.signer();
    let holding = signer.stream_holding(holder, offer.stream, offer.device);
    enter(&mailbox, code, found, &holding).await
}

/// A code with the same nameplate, and another secret.
pub(crate) fn wrong(code: &PairingCode) -> PairingCode {
    let text = code.to_string();
    let last = if text.ends_with('Z') { "B" } else { "Z" };
    format!("{}{last}", &text[..8]).parse().unwrap()
}

/// A meter that somebody has paired.
pub(crate) async fn paired(world: &World) -> (Meter, Pseudonym) {
    let (meter, holder) = (Meter::new(world).await, Pseudonym::generate());
    let (codes, mut shown) = mpsc::unbounded_channel();
    let refusals = Mutex::default();
    let person = async {
        let code = shown.recv().await.unwrap();
        enter_code(world, &meter.client, &code, &meter.offer, &holder).await
    };
    let (showed, entered) = tokio::join!(meter.show(world, codes, &refusals), person);
    assert_eq!(showed.unwrap(), entered.unwrap());
    assert!(refusals.lock().unwrap().is_empty());
    (meter, holder)
}

fn code_of(error: &ClientError) -> &str {
    error.code().unwrap_or_else(|| panic!("{error}"))
}

#[tokio::test]
async fn a_person_pairs_a_device_and_unpairs_it() {
    let world = World::new().await;
    let (meter, holder) = paired(&world).await;
    let stream = meter.offer.stream;
    let view = meter.client.stream(stream).await.unwrap();
    let expected = StreamView {
        stream_id: stream,
        device: meter.keys.party_id(),
        device_key: *meter.keys.signing.verifying_key(),
        holder: holder.surrogate_id(),
        holder_key: *holder.key.verifying_key(),
        status: "open".to_owned(),
        anchor: None,
        next: 0,
    };
    assert_eq!(view, expected);

    // A device that is paired offers no more, to nobody.
    let refusals = Mutex::default();
    let (codes, _shown) = mpsc::unbounded_channel();
    let again = meter.show(&world, codes, &refusals).await.unwrap_err();
    let ShowError::Client(error) = &again else {
        panic!("{again}")
    };
    assert_eq!(code_of(error), "device-paired");

    // Strangers do not unpair it, whatever they have.
    let signer = world.signer();
    let close = |key: &SigningKey| CloseStream {
        statement: signer.stream_closing(key, stream).compact().to_owned(),
    };
    for stranger in [SigningKey::generate(), meter.keys.recovery] {
        let closed = meter.client.close_stream(stream, &close(&stranger)).await;
        assert_eq!(code_of(&closed.unwrap_err()), "wrong-key");
    }
    let (other, _) = paired(&world).await;
    let closed = meter
        .client
        .close_stream(stream, &close(&other.keys.signing))
        .await;
    assert_eq!(code_of(&closed.unwrap_err()), "wrong-key");
    let elsewhere = other.offer.stream;
    let closed = meter
        .client
        .close_stream(elsewhere, &close(&holder.key))
        .await;
    assert_eq!(code_of(&closed.unwrap_err()), "not-found");

    let closed = meter.client.close_stream(stream, &close(&holder.key)).await;
    closed.unwrap();
    let view = meter.client.stream(stream).await.unwrap();
    assert_eq!(view.status, "closed");
}

#[tokio::test]
async fn who_unpairs_can_pair_again_with_another_stream() {
    let world = World::new().await;
    let (mut meter, holder) = paired(&world).await;
    let closing = world
        .signer()
        .stream_closing(&holder.key, meter.offer.stream);
    let body = CloseStream {
        statement: closing.compact().to_owned(),
    };
    let closed = meter.client.close_stream(meter.offer.stream, &body).await;
    closed.unwrap();
    // The stream that was closed stays so. No code is shown for it: whoever entered one would make
    // another key for a stream that has one.
    let (codes, _shown) = mpsc::unbounded_channel();
    let refused = meter.show(&world, codes, &Mutex::default()).await;
    let Err(ShowError::Client(refused)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refused.code(), Some("stream-id-taken"));
    meter.offer = offer(&meter.keys, world.clock.now());
    let (codes, mut shown) = mpsc::unbounded_channel();
    let (refusals, next) = (Mutex::default(), Pseudonym::generate());
    let person = async {
        let code = shown.recv().await.unwrap();
        enter_code(&world, &meter.client, &code, &meter.offer, &next).await
    };
    let (showed, entered) = tokio::join!(meter.show(&world, codes, &refusals), person);
    assert_eq!(showed.unwrap(), entered.unwrap());
}

#[tokio::test]
async fn a_guess_counts_and_both_sides_hear_of_it() {
    let world = World::new().await;
    let meter = Meter::new(&world).await;
    let (codes, mut shown) = mpsc::unbounded_channel();
    let refusals = Mutex::default();
    let guesser = async {
        let code = shown.recv().await.unwrap();
        for _ in 0..3 {
            let (guess, eve) = (wrong(&code), Pseudonym::generate());
            let entered = enter_code(&world, &meter.client, &guess, &meter.offer, &eve).await;
            let error = entered.unwrap_err();
            assert!(!error.is_open());
            let EnterError::Refused(refusal) = error else {
                panic!("{error}")
            };
            assert_eq!(refusal, PairingRefusal::NotConfirmed);
        }
        code
    };
    let (showed, code) = tokio::join!(meter.show(&world, codes, &refusals), guesser);
    let over = showed.unwrap_err();
    assert!(matches!(
        over,
        ShowError::Over(PairingRefusal::TooManyAttempts)
    ));
    assert_eq!(*refusals.lock().unwrap(), [PairingRefusal::NotConfirmed; 3]);
    // The right code comes too late: nothing is offered any more, and nothing was opened.
    let gone = meter.client.pairing(code.nameplate()).await.unwrap_err();
    assert_eq!(code_of(&gone), "not-found");
    let none = meter.client.stream(meter.offer.stream).await.unwrap_err();
    assert_eq!(code_of(&none), "not-found");
}

#[tokio::test]
async fn only_devices_offer_and_only_for_themselves() {
    let world = World::new().await;
    let (meter, other) = (Meter::new(&world).await, Meter::new(&world).await);
    let organisation = PartyKeys::generate();
    let kind = PartyKind::Organisation;
    let signer = world.signer();
    let enrolled = (meter.client).enrol(&signer, &organisation, kind, Custody::Independent);
    enrolled.await.unwrap();
    let own = offer(&organisation, world.clock.now());
    let mut of_old_key = meter.offer.clone();
    of_old_key.device_key = *SigningKey::generate().verifying_key();
    let stranger = Pseudonym::generate();
    let callers: [(&str, Caller<'_>, &Offer); 4] = [
        ("an organisation", (&organisation).into(), &own),
        ("another device", (&other.keys).into(), &meter.offer),
        ("another key", (&meter.keys).into(), &of_old_key),
        ("a pseudonym", (&stranger).into(), &meter.offer),
    ];
    for (what, caller, offer) in callers {
        let put = Calls::by(&world, caller)
            .put("/v1/pairings/BCD", offer)
            .await;
        assert_eq!(put.problem().unwrap().code, "forbidden", "{what}");
    }
    let (device, second) = (
        Calls::by(&world, &meter.keys),
        Calls::by(&world, &other.keys),
    );
    let nobody = Calls::anonymous(&world);
    let put = nobody.put("/v1/pairings/BCD", &meter.offer).await;
    put.is_problem(401, "unauthenticated");
    for plate in ["bcd", "BCA", "BC", "BCDF", "B%20D"] {
        let at = format!("/v1/pairings/{plate}");
        let put = device.put(&at, &meter.offer).await;
        put.is_problem(404, "not-found");
    }
    let put = device.put("/v1/pairings/BCD", &meter.offer).await;
    assert_eq!(put.status, 200, "{}", put.text());
    let put = second.put("/v1/pairings/BCD", &other.offer).await;
    put.is_problem(409, "nameplate-taken");
}

#[tokio::test]
async fn others_neither_read_nor_finish_an_attempt() {
    let world = World::new().await;
    let meter = Meter::new(&world).await;
    let code: PairingCode = "BCDF-GHJK".parse().unwrap();
    let at = "/v1/pairings/BCD";
    let device = Calls::by(&world, &meter.keys);
    assert_eq!(device.put(at, &meter.offer).await.status, 200);
    let (ann, eve) = (Pseudonym::generate(), Pseudonym::generate());
    let holder = |pseudonym: &Pseudonym| Holder {
        id: pseudonym.surrogate_id(),
        key: *pseudonym.key.verifying_key(),
    };
    let (_, hello) = Entering::begin(&code, meter.offer.clone(), holder(&ann));
    // Nobody begins in the name of another, and nobody says nothing of who they are.
    let attempts = format!("{at}/attempts");
    let begun = Calls::by(&world, &eve).post(&attempts, &hello).await;
    begun.is_problem(403, "forbidden");
    let begun = Calls::by(&world, &meter.keys).post(&attempts, &hello).await;
    begun.is_problem(403, "forbidden");
    let begun = Calls::anonymous(&world).post(&attempts, &hello).await;
    begun.is_problem(401, "unauthenticated");
    let begun = Calls::by(&world, &ann).post(&attempts, &hello).await;
    assert_eq!(begun.header("location"), format!("{attempts}/1"));
    assert_eq!(begun.json::<AttemptBegun>(), AttemptBegun { attempt: 1 });

    let newest: NewestAttempt = device.get(&format!("{attempts}?after=0")).await.json();
    assert_eq!(newest.attempt.unwrap().hello, hello);
    let first = format!("{attempts}/1");
    let failed = PairingMessage::Result {
        result: PairingResult::Refused {
            code: PairingRefusal::GivenUp,
        },
    };
    let other = Meter::new(&world).await;
    for stranger in [Calls::by(&world, &eve), Calls::by(&world, &other.keys)] {
        stranger.get(&first).await.is_problem(404, "not-found");
        let said = stranger.post(&first, &failed).await;
        said.is_problem(404, "not-found");
        let gone = stranger.get(&attempts).await;
        assert!([403, 404].contains(&gone.status), "{}", gone.text());
    }
    let said = Calls::anonymous(&world).post(&first, &failed).await;
    said.is_problem(401, "unauthenticated");
    for nowhere in ["0", "2", "x"] {
        let read = device.get(&format!("{attempts}/{nowhere}")).await;
        read.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_code_is_over_when_its_time_is() {
    let world = World::new().await;
    let (meter, other) = (Meter::new(&world).await, Meter::new(&world).await);
    let (codes, mut shown) = mpsc::unbounded_channel::<PairingCode>();
    let refusals = Mutex::default();
    let late = async {
        let code = shown.recv().await.unwrap();
        // The device waits at the node by now.
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.clock.advance(Span::from_minutes(10));
        let gone = meter.client.pairing(code.nameplate()).await.unwrap_err();
        assert_eq!(code_of(&gone), "not-found");
        // Its nameplate is free for another, and the device hears at once that it is.
        let device = Calls::by(&world, &other.keys);
        let at = format!("/v1/pairings/{}", code.nameplate());
        let put = device.put(&at, &other.offer);
        assert_eq!(put.await.status, 200);
    };
    let (showed, ()) = tokio::join!(meter.show(&world, codes, &refusals), late);
    let over = showed.unwrap_err();
    assert!(
        matches!(over, ShowError::Over(PairingRefusal::Expired)),
        "{over:?}"
    );
}

#[tokio::test]
async fn one_address_looks_up_few_nameplates() {
    let world = World::new().await;
    let anonymous = Calls::anonymous(&world);
    for _ in 0..20 {
        anonymous
            .get("/v1/pairings/XZB")
            .await
            .is_problem(404, "not-found");
    }
    let spent = anonymous.get("/v1/pairings/BCD").await;
    spent.is_problem(429, "rate-limited");
    world.clock.advance(Span::from_minutes(10));
    let again = anonymous.get("/v1/pairings/BCD").await;
    again.is_problem(404, "not-found");
}
