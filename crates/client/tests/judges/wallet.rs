//! What the wallet of the browser signs, this code verifies and the rules accept: everything that a
//! person signs, made by the TypeScript in `web` with keys of its own.

use assent_api::request_proof::{Actor, RequestProof};
use assent_api::v1::consents::{ChangeStatus, GiveConsent};
use assent_api::v1::streams::PutGrant;
use assent_client::keys::PartyKeys;
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use assent_crypto::signature::SigningKey;
use assent_crypto::{base64url, domains, sealing};
use assent_exchange::command::Command;
use assent_exchange::consent::command::{ConsentCommand, StatusChange};
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::link::command::LinkCommand;
use assent_exchange::stream::command::StreamCommand;
use assent_model::canonical;
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::Custody;
use assent_model::records::account::AccountPseudonym;
use assent_model::records::consent::ConsentRecord;
use assent_model::records::identity::{PartyKind, Registration};
use assent_model::records::link::LinkRecord;
use assent_model::records::stream::{StreamGrant, StreamHolding, StreamNaming};
use assent_model::statement;
use assent_model::vocabulary::Resolution;
use serde::Deserialize;
use serde_json::json;

use crate::cast::{Cast, DATASET, REQUIRED, name, resources};
use crate::tools::Program;
use crate::wallet_scene::scene;

#[derive(Deserialize)]
struct Emitted {
    party: PartyId,
    registration: String,
    proof: String,
    link: Linked,
    given: GiveConsent,
    changes: Vec<ChangeStatus>,
    refusal: String,
    meter: Metered,
}

#[derive(Deserialize)]
struct Metered {
    holding: String,
    put: PutGrant,
    closing: String,
}

/// A meter, and the consent that shall read it.
struct Meter {
    device: PartyKeys,
    stream: StreamId,
    grant: StreamGrant,
    /// The key that signed the source's record.
    alias: [u8; 32],
}

impl Meter {
    fn new(cast: &Cast) -> Self {
        let stream = StreamId::random();
        Self {
            device: PartyKeys::generate(),
            stream,
            grant: StreamGrant {
                stream_id: stream,
                cr_id: ConsentId::random(),
                requester: cast.requester.keys.party_id(),
                sealing_key: cast.requester.keys.opening.sealing_key().clone(),
                resource_set: resources(&[REQUIRED]),
                resolutions: [(name(DATASET), Resolution::QuarterHour)].into(),
                history_from: None,
            },
            alias: random_bytes(),
        }
    }
}

#[derive(Deserialize)]
struct Linked {
    record: String,
    removed: String,
    named: String,
}

/// What the wallet signs when it is asked to share, and to refuse the question after that.
fn emitted(cast: &mut Cast, account: Digest, meter: &Meter) -> Emitted {
    let refused = cast.ask(false).content().request_id;
    let request = cast.ask(true);
    let form = cast.form(request.content());
    let mut scene = scene(cast, &form);
    scene["alias_seed"] = json!(base64url::encode(&meter.alias));
    scene["meter"] = json!({
        "stream": meter.stream, "device": meter.device.party_id(),
        "device_sealing_key": meter.device.opening.sealing_key(), "grant": meter.grant,
    });
    scene["account"] = json!(account);
    scene["refused"] = json!(refused);
    scene["narrowed"] = json!(resources(&[REQUIRED]));
    let output = Program::wallet("emitter.js").run(&[], &scene.to_string());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    })
}

#[test]
fn the_rules_accept_what_the_wallet_signs() {
    let mut cast = Cast::assemble();
    let account = Digest::of(b"account");
    let meter = Meter::new(&cast);
    let emitted = emitted(&mut cast, account, &meter);

    let registration = statement::verify::<Registration>(&emitted.registration).unwrap();
    assert_eq!(registration.content().custody, Custody::Page);
    let key = *registration.signer();
    assert_eq!(PartyId::of(&key), emitted.party);
    let register = IdentityCommand::Register(registration);
    cast.world.accept(Command::Identity(register));
    let proof = statement::verify::<RequestProof>(&emitted.proof).unwrap();
    assert_eq!(*proof.signer(), key);
    assert_eq!(proof.content().actor, Actor::Party(emitted.party));

    accept_link(&mut cast, &emitted, account);
    let refusal = statement::verify(&emitted.refusal).unwrap();
    let refuse = ConsentCommand::Refuse(refusal);
    cast.world.accept(Command::Consent(refuse));
    accept_consent(&mut cast, &emitted);
    accept_meter(&mut cast, &emitted.meter, &meter);
}

/// The rules take the pairing, the device opens the grant, and the rules take the end.
fn accept_meter(cast: &mut Cast, emitted: &Metered, meter: &Meter) {
    let signer = cast.world.signer();
    let device = &meter.device;
    let registration = signer.register(device, PartyKind::Device, Custody::Independent);
    let register = IdentityCommand::Register(registration);
    cast.world.accept(Command::Identity(register));
    let holding = statement::verify::<StreamHolding>(&emitted.holding).unwrap();
    let opening = signer.stream_opening(device, &holding);
    let open = StreamCommand::Open(opening);
    cast.world.accept(Command::Stream(open));

    let cr_id = meter.grant.cr_id;
    let sealed = base64url::decode(&emitted.put.grant).unwrap();
    let bound = canonical::encode(&json!({"cr_id": cr_id, "stream_id": meter.stream}));
    let info = domains::SEAL_STREAM_GRANT.as_bytes();
    let opened = sealing::open(&device.opening, info, &bound, &sealed).unwrap();
    let grant = statement::verify::<StreamGrant>(str::from_utf8(&opened).unwrap()).unwrap();
    assert_eq!(*grant.content(), meter.grant);
    assert_eq!(grant.signer(), holding.signer());
    let naming = statement::verify::<StreamNaming>(&emitted.put.naming).unwrap();
    let alias = SigningKey::from_seed(&meter.alias);
    assert_eq!(naming.signer(), alias.verifying_key());
    let named = (naming.content().stream_id, naming.content().cr_id);
    assert_eq!(named, (meter.stream, cr_id));

    let close = StreamCommand::Close(statement::verify(&emitted.closing).unwrap());
    cast.world.accept(Command::Stream(close));
}

fn accept_link(cast: &mut Cast, emitted: &Emitted, account: Digest) {
    let record = statement::verify::<LinkRecord>(&emitted.link.record).unwrap();
    let named = statement::verify::<AccountPseudonym>(&emitted.link.named).unwrap();
    assert_eq!(named.content().party, emitted.party);
    assert_eq!(named.signer(), record.signer());
    let shop = &cast.requester;
    let service_id = shop.description.service_id;
    let signer = cast.world.signer();
    let signed = signer.countersign(&shop.keys, service_id, account, &record);
    let (countersignature, _) = signed.unwrap();
    let create = LinkCommand::Create {
        record,
        countersignature,
    };
    cast.world.accept(Command::Link(create));
    let remove = LinkCommand::Change {
        record: statement::verify(&emitted.link.removed).unwrap(),
        consents: Vec::new(),
    };
    cast.world.accept(Command::Link(remove));
}

fn accept_consent(cast: &mut Cast, emitted: &Emitted) {
    cast.accept_given(&emitted.given);
    assert_eq!(emitted.changes.len(), 4);
    for change in &emitted.changes {
        let counterpart = change.counterpart.as_ref().unwrap();
        let change = StatusChange {
            primary: statement::verify(&change.record).unwrap(),
            counterpart: Some(statement::verify(counterpart).unwrap()),
        };
        cast.world
            .accept(Command::Consent(ConsentCommand::Change(change)));
    }
}

#[test]
fn nothing_that_the_wallet_signed_can_be_altered() {
    let mut cast = Cast::assemble();
    let meter = Meter::new(&cast);
    let emitted = emitted(&mut cast, Digest::of(b"account"), &meter);
    let compact = emitted.given.record;
    let (signed, signature) = compact.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let said = String::from_utf8(base64url::decode(payload).unwrap()).unwrap();
    let other = said.replace("\"independent\"", "\"page\"");
    assert_ne!(said, other);
    let forged = format!(
        "{header}.{}.{signature}",
        base64url::encode(other.as_bytes())
    );
    statement::verify::<ConsentRecord>(&compact).unwrap();
    assert!(statement::verify::<ConsentRecord>(&forged).is_err());
}
