//! What a record is worth against the operator. Who has the whole disk of a node forges nothing of people
//! whose keys a page or a wallet of their own holds; code that the node serves can forge what a page
//! holds, which the record says, and nothing of a wallet of somebody's own.

use assent_api::v1::consents::GiveConsent;
use assent_client::key_format::{self, KeptKeys};
use assent_client::statements::give::Given;
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_crypto::signature::SigningKey;
use assent_crypto::vault::{RecordCipher, SecretKey};
use assent_exchange::consent::state::Consent;
use assent_exchange::identity::state::Party;
use assent_model::canonical;
use assent_model::ids::SurrogateId;
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentRecord, RolePart};
use assent_node::operator_keys::OperatorKeys;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::json;

use crate::calls::Calls;
use crate::erasure::holding;
use crate::household::{Cast, Pair};
use crate::keyring::{KEYRING, keyring};
use crate::pages::browser::Browser;
use crate::person::Person;
use crate::world::World;

/// What somebody has who copied the data directory, the keys of the operator among it.
struct Thief {
    /// Every sealed body of the vault, opened.
    opened: Vec<Vec<u8>>,
    /// Every key that signs and that was found.
    keys: Vec<SigningKey>,
}

impl Thief {
    async fn copies(world: &World) -> Self {
        let data = &world.config.data_dir;
        let operator = OperatorKeys::load(data).unwrap();
        let vault = RecordCipher::new(operator.vault_key());
        let url = format!("sqlite:{}?mode=ro", data.join("assent.sqlite").display());
        let database = Database::connect(url).await.unwrap();
        let all = "SELECT id, ciphertext, kind, owner FROM vault WHERE id IS NOT NULL";
        let all = Statement::from_string(DbBackend::Sqlite, all);
        let mut opened = Vec::new();
        for row in database.query_all_raw(all).await.unwrap() {
            let id: String = row.try_get_by_index(0).unwrap();
            let body: Vec<u8> = row.try_get_by_index(1).unwrap();
            let kind: String = row.try_get_by_index(2).unwrap();
            let owner: String = row.try_get_by_index(3).unwrap();
            let place = json!({ "id": id, "kind": kind, "owner": owner });
            let place = canonical::encode(&place);
            opened.push(vault.decrypt(&place, &body).unwrap());
        }
        let mut keys = vec![operator.signing, operator.token, operator.checkpoint];
        keys.push(operator.webhook);
        for body in &opened {
            match key_format::decode(body) {
                Ok(KeptKeys::Party(kept)) => keys.extend([kept.signing, kept.recovery]),
                Ok(KeptKeys::Link(kept)) => keys.push(kept.pseudonym.key),
                Ok(KeptKeys::Alias(kept)) => keys.push(kept.alias.key),
                Ok(KeptKeys::Stream(kept)) => keys.push(kept.holder.key),
                Err(_) => {}
            }
        }
        Self { opened, keys }
    }

    fn has(&self, key: &SigningKey) -> bool {
        let is_it = |one: &SigningKey| one.verifying_key() == key.verifying_key();
        self.keys.iter().any(is_it)
    }
}

/// The ways to write a seed down.
fn spelled(key: &SigningKey) -> Vec<Vec<u8>> {
    let seed = key.seed();
    let hex: Vec<String> = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        seed.to_vec(),
        base64url::encode(seed).into_bytes(),
        hex.concat().into_bytes(),
    ]
}

/// A household at a node that has a keyring of theirs: their keys, encrypted under one of their own.
async fn household(world: &World, custody: Custody) -> (Cast, Pair, Person) {
    let cast = Cast::enter_held(world, custody).await;
    let pair = cast.give(world, true).await;
    let ann = Person::enter(world).await;
    for link in [&cast.adviser_link, &cast.archive_link] {
        assert_eq!(ann.add(world, &link.pseudonym).await.status, 200);
    }
    let wallet_key = RecordCipher::new(SecretKey::from_bytes(random_bytes()));
    let kept = key_format::encode_link(&cast.adviser_link);
    let mut body = keyring();
    body.keyring = base64url::encode(&wallet_key.encrypt(b"link", &kept));
    assert_eq!(ann.calls(world).put(KEYRING, &body).await.status, 200);
    (cast, pair, ann)
}

/// The answer to a new question, as the household would give it and did not.
async fn unasked(world: &World, cast: &Cast) -> Given {
    world
        .clock
        .advance(assent_model::time::Span::from_seconds(1));
    let request = cast.ask(world).await;
    cast.answer(world, request, false).await
}

/// The same answer, signed with another key: in its own name, or in that of the household.
fn forged(world: &World, given: &Given, key: &SigningKey, in_own_name: bool) -> GiveConsent {
    let mut record: ConsentRecord = given.record.content().clone();
    let mut source = given.source_record.as_ref().unwrap().content().clone();
    let own = SurrogateId::of(key.verifying_key());
    source.common_part.surrogate_id = own;
    if let RolePart::Sink {
        source_surrogate_id,
        ..
    } = &mut record.role_specific_part
    {
        *source_surrogate_id = own;
    }
    if in_own_name {
        record.common_part.surrogate_id = own;
    }
    let (record, source) = (
        world.signer().sign(key, record),
        world.signer().sign(key, source),
    );
    GiveConsent {
        record: record.compact().into(),
        source_record: Some(source.compact().into()),
        ..given.request.clone()
    }
}

#[tokio::test]
async fn the_whole_disk_forges_nothing_of_who_holds_the_keys() {
    for custody in [Custody::Page, Custody::Independent] {
        let world = World::new().await;
        let (cast, pair, ann) = household(&world, custody).await;
        let given = unasked(&world, &cast).await;
        let thief = Thief::copies(&world).await;
        assert!(thief.opened.len() > 3, "the vault opens to the thief");
        let alias = &pair.alias.alias.key;
        let own = [&cast.adviser_link.pseudonym.key, alias, &ann.keys.signing];
        for key in own {
            assert!(!thief.has(key), "{custody:?}");
            let needles = spelled(key);
            assert!(holding(&world.config.data_dir, &needles).is_empty());
            for needle in &needles {
                let holds = |body: &Vec<u8>| body.windows(needle.len()).any(|part| part == needle);
                assert!(!thief.opened.iter().any(holds), "{custody:?}");
            }
        }
        for key in &thief.keys {
            for (in_own_name, code, status) in
                [(false, "wrong-key", 403), (true, "pseudonym-mismatch", 422)]
            {
                let body = forged(&world, &given, key, in_own_name);
                let answer = Calls::anonymous(&world).post("/v1/consents", &body).await;
                answer.is_problem(status, code);
            }
        }
        let mut consents = cast.views(&pair).await.map(|view| view.status);
        consents.sort_unstable();
        assert_eq!(consents, ["active", "active"], "{custody:?}");
        // And what the household itself says is taken, so that the forgeries failed at the key alone.
        cast.change(
            &world,
            &pair,
            &assent_client::statements::change::Change::Withdraw,
        )
        .await;
        cast.client.give_consent(&given.request).await.unwrap();
    }
}

/// The same thief finds what the operator keeps: hosted keys say what they are.
#[tokio::test]
async fn the_whole_disk_has_the_keys_that_the_operator_keeps() {
    let world = World::new().await;
    let (_, party) = Browser::of_hosted(&world, "ann@example.org").await;
    let node = world.running.node();
    let known = node.state.get::<Party>(&party).await.unwrap().unwrap();
    let thief = Thief::copies(&world).await;
    let is_it = |key: &&SigningKey| *key.verifying_key() == known.signing_key;
    let key = thief.keys.iter().find(is_it).unwrap();
    assert_eq!(known.custody, Custody::Hosted);
    // Without the keys of the operator the disk says nothing even of these.
    assert!(holding(&world.config.data_dir, &spelled(key)).is_empty());
}

/// A script that the node serves uses the keys of the page as the page does.
#[tokio::test]
async fn altered_code_forges_what_a_page_holds_and_the_record_says_so() {
    let world = World::new().await;
    let (cast, pair, _) = household(&world, Custody::Page).await;
    cast.change(
        &world,
        &pair,
        &assent_client::statements::change::Change::Withdraw,
    )
    .await;
    let given = unasked(&world, &cast).await;
    let claimed = claiming(&world, &cast, &given, Custody::Independent);
    let answer = Calls::anonymous(&world)
        .post("/v1/consents", &claimed)
        .await;
    answer.is_problem(422, "custody-mismatch");
    cast.client.give_consent(&given.request).await.unwrap();
    let cr_id = given.record.content().common_part.cr_id;
    let view = cast.client.consent(cr_id).await.unwrap();
    let record = assent_model::statement::verify::<ConsentRecord>(&view.record).unwrap();
    assert_eq!(record.content().common_part.custody, Custody::Page);
}

/// The answer with other words about who holds the keys, signed with them.
fn claiming(world: &World, cast: &Cast, given: &Given, custody: Custody) -> GiveConsent {
    let mut record = given.record.content().clone();
    let mut source = given.source_record.as_ref().unwrap().content().clone();
    record.common_part.custody = custody;
    source.common_part.custody = custody;
    let alias = &given.alias.as_ref().unwrap().alias.key;
    let record = world
        .signer()
        .sign(&cast.adviser_link.pseudonym.key, record);
    let source = world.signer().sign(alias, source);
    GiveConsent {
        record: record.compact().into(),
        source_record: Some(source.compact().into()),
        ..given.request.clone()
    }
}

/// A script that the node serves has the session of somebody whose keys are elsewhere, and no key.
#[tokio::test]
async fn altered_code_forges_nothing_of_a_wallet_of_ones_own() {
    let world = World::new().await;
    let (cast, pair, ann) = household(&world, Custody::Independent).await;
    cast.change(
        &world,
        &pair,
        &assent_client::statements::change::Change::Withdraw,
    )
    .await;
    let mut browser = Browser::of_key(&world, &cast, &ann).await;
    let request = cast.ask(&world).await;
    let page = format!("/home/requests/{request}");
    assert_eq!(browser.get(&page).await.status, 200);
    // It presses the button, and it signs with a key that it makes up.
    let pressed = browser.post(&page, &[("answer", "give")]).await;
    assert!(pressed.status >= 400, "{}", pressed.text());
    let given = cast.answer(&world, request, false).await;
    let made_up = SigningKey::generate();
    for in_own_name in [false, true] {
        let body = forged(&world, &given, &made_up, in_own_name);
        let answer = Calls::anonymous(&world).post("/v1/consents", &body).await;
        assert!(answer.status >= 400, "{}", answer.text());
    }
    let node = world.running.node();
    let cr_id = given.record.content().common_part.cr_id;
    assert!(node.state.get::<Consent>(&cr_id).await.unwrap().is_none());
}
