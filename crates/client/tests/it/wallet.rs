//! The vectors that the wallet of the browser is tested with say what this code says.
//!
//! `web/tests` reads the same files and must come to the same bytes. When a format changes, make them
//! anew with `ASSENT_WRITE_FIXTURES=1 cargo test -p assent-client --test it wallet`.

use std::fs;
use std::path::PathBuf;

use assent_api::v1::consents::{AliasDisclosure, GiveConsent, notice};
use assent_client::statements::change::Change;
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, Salt, commitment};
use assent_crypto::domains;
use assent_crypto::jws::{self, Typ};
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::signature::SigningKey;
use assent_exchange::consent::offer;
use assent_model::canonical;
use assent_model::description::ServiceDescription;
use assent_model::ids::{PartyId, SurrogateId};
use assent_model::records::consent::{ConsentRecord, ConsentStatusRecord};
use assent_model::records::link::AliasCertificate;
use assent_model::statement::{self, Content};
use serde_json::{Value, json};

use crate::cast::Cast;
use crate::wallet_scene::scene;

pub(crate) fn kept(name: &str, make: impl FnOnce() -> Value) -> Value {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/wallet");
    let path = PathBuf::from(root).join(name);
    if std::env::var_os("ASSENT_WRITE_FIXTURES").is_some() {
        fs::create_dir_all(root).unwrap();
        let text = serde_json::to_string_pretty(&make()).unwrap();
        fs::write(&path, text + "\n").unwrap();
    }
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    base64url::decode(value.as_str().unwrap()).unwrap()
}

/// Names and texts that sort and escape otherwise in UTF-8, UTF-16 and hasty encoders.
fn awkward() -> Value {
    json!({
        "\u{20ac}": "euro", "\r": "return", "1": [1, -5, 9_007_199_254_740_991_i64],
        "\u{1f600}": "smile", "\u{fb33}": "dalet", "é": "\u{7f}\u{80}\u{2028}/\"\\",
        "nested": {"b": {}, "a": [], "": null}, "true": false,
    })
}

fn primitives() -> Value {
    let key = SigningKey::from_seed(&[7; 32]);
    let public = key.verifying_key();
    let payload = canonical::encode(&awkward());
    let salt = Salt::from_bytes([3; 32]);
    let opening = OpeningKey::from_seed(&[9; 32]);
    let constant = |domain| commitment(domain, &salt, b"content");
    json!({
        "canonical": {"value": awkward(), "text": String::from_utf8(payload.clone()).unwrap()},
        "key": {
            "seed": base64url::encode(key.seed()), "jwk": public, "kid": public.thumbprint(),
            "party": PartyId::of(public), "surrogate": SurrogateId::of(public),
        },
        "jws": jws::sign(Typ("assent-vector+jwt"), &key, &payload),
        "commitments": {
            "form": constant(domains::COMMITMENT_FORM),
            "link": constant(domains::COMMITMENT_LINK),
            "alias": constant(domains::COMMITMENT_ALIAS),
        },
        "salt": salt,
        "opening_seed": base64url::encode(opening.seed()),
        "sealing_key": opening.sealing_key(),
    })
}

#[test]
fn the_primitives_of_the_wallet_are_ours() {
    let opening = OpeningKey::from_seed(&[9; 32]);
    let (info, aad) = (domains::SEAL_DOCUMENT.as_bytes(), b"cns_1");
    let vector = kept("primitives.json", || {
        let sealed = sealing::seal(opening.sealing_key(), info, aad, b"hello");
        let mut vector = primitives();
        vector["sealed"] = json!(base64url::encode(&sealed));
        vector
    });
    let opened = sealing::open(&opening, info, aad, &bytes(&vector["sealed"])).unwrap();
    assert_eq!(opened, b"hello");
    let mut again = primitives();
    again["sealed"] = vector["sealed"].clone();
    assert_eq!(vector, again);
}

/// A sharing that this code answered, with what it drew at random, in the order of the wallet.
fn sharing() -> Value {
    let mut cast = Cast::assemble();
    let request = cast.ask(true);
    let form = cast.form(request.content());
    let mut vector = scene(&cast, &form);
    let holder = cast.requester.holder();
    let answer = cast.sharing_answer(&form, &holder);
    let given = cast.world.signer().give(&answer).unwrap();
    let source = given.source_record.as_ref().unwrap();
    let alias = given.alias.as_ref().unwrap();
    let sealed = base64url::decode(given.request.sealed_alias.as_ref().unwrap()).unwrap();
    let cr_id = source.content().common_part.cr_id.to_string();
    let opening = &cast.source.keys.opening;
    let info = domains::SEAL_ALIAS.as_bytes();
    let disclosure = sealing::open(opening, info, cr_id.as_bytes(), &sealed).unwrap();
    let disclosure: AliasDisclosure = canonical::decode(&disclosure).unwrap();
    let certificate: statement::Verified<AliasCertificate> =
        statement::verify(&disclosure.certificate).unwrap();
    let chains = [&given.record, source]
        .map(|record| assent_client::status_chain::StatusChain::begin(record).unwrap());
    let keys = [&answer.link.pseudonym.key, &alias.alias.key];
    let signer = cast.world.signer();
    let sides = [(&chains[0], keys[0]), (&chains[1], keys[1])];
    let paused = signer.change_pair(sides, &Change::Disable).unwrap();
    let sink_pause = statement::verify::<ConsentStatusRecord>(&paused.record).unwrap();
    let source_pause =
        statement::verify::<ConsentStatusRecord>(paused.counterpart.as_ref().unwrap()).unwrap();
    let sink = given.record.content();
    vector["source_opening_seed"] = json!(base64url::encode(opening.seed()));
    vector["drawn"] = json!({
        "jti": [
            certificate.envelope().jti, source.envelope().jti, given.record.envelope().jti,
            sink_pause.envelope().jti, source_pause.envelope().jti,
        ],
        "cr_id": [sink.common_part.cr_id, source.content().common_part.cr_id],
        "cr_pair_id": [alias.pair],
        "record_id": [
            source.content().status_record.record_id, sink.status_record.record_id,
            sink_pause.content().record_id, source_pause.content().record_id,
        ],
        "form_salt": [given.request.form_salt], "alias_salt": [disclosure.salt],
    });
    vector["alias_seed"] = json!(base64url::encode(alias.alias.key.seed()));
    vector["disclosure"] = json!(disclosure);
    vector["given"] = json!(given.request);
    vector["paused"] = json!(paused);
    vector
}

/// The statement is what its key signs over what it says.
#[track_caller]
pub(crate) fn check_signed<T: Content>(compact: &str, seed: &Value) {
    let record = statement::verify::<T>(compact).unwrap();
    let key = SigningKey::from_seed(&bytes(seed).try_into().unwrap());
    let again = statement::sign(record.envelope().clone(), &key);
    assert_eq!(again.compact(), compact);
}

#[test]
fn the_sharing_of_the_wallet_is_ours() {
    let vector = kept("sharing.json", sharing);
    let service: ServiceDescription = read(&vector["service"]);
    let source: ServiceDescription = read(&vector["source"]);
    let given: GiveConsent = read(&vector["given"]);
    let outline = service.outline();
    let purpose = &given.form.notice.purpose;
    let offered = offer(
        outline.purpose(&purpose.purpose_id).unwrap(),
        &source.outline(),
    );
    let made = notice(
        &service,
        purpose,
        Some(&source),
        &offered.unwrap(),
        given.form.notice.valid_until_max,
        &given.form.notice.language,
    );
    assert_eq!(made, given.form.notice);
    assert_eq!(
        Digest::of(&canonical::encode(&made)).to_string(),
        vector["form"]["notice_digest"]
    );
    let pseudonym = &vector["service_link"]["seed"];
    let alias = &vector["alias_seed"];
    check_signed::<ConsentRecord>(&given.record, pseudonym);
    check_signed::<ConsentRecord>(given.source_record.as_ref().unwrap(), alias);
    let paused = &vector["paused"];
    check_signed::<ConsentStatusRecord>(paused["record"].as_str().unwrap(), pseudonym);
    check_signed::<ConsentStatusRecord>(paused["counterpart"].as_str().unwrap(), alias);
    let record = statement::verify::<ConsentRecord>(&given.record).unwrap();
    let form = canonical::encode(&given.form);
    assert_eq!(
        record.content().common_part.form,
        commitment(domains::COMMITMENT_FORM, &given.form_salt, &form)
    );
}
