//! What a copy of the disk tells of people who are about to sign in or to answer: nothing.

use std::fs;
use std::path::Path;

use assent_api::v1::accounts::EraseAccount;
use assent_crypto::digest::Digest;
use assent_exchange::consent::state::Consent;
use assent_model::ids::PartyId;
use assent_model::time::Span;
use assent_node::accounts;
use assent_node::contacts::address::EmailAddress;
use assent_node::contacts::owner_of;
use assent_node::erasure;
use assent_storage::Document;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};

use super::browser::{Browser, continues};
use super::consent_form::Stage;
use super::hosted::given;
use super::relying::{ADVISER, Relying, path_of, returned};
use crate::erasure::{erase, holding, lived};
use crate::person::{Mailbox, Person};
use crate::world::World;

const ANN: &str = "ann@example.org";
const UNCONFIRMED: &str = "somebody.unconfirmed@example.org";

/// Changes one row, as who can write to the store and has no keys does.
async fn change_row(world: &World, sql: String) {
    let path = world.config.data_dir.join("assent.sqlite");
    let url = format!("sqlite:{}", path.display());
    let database = Database::connect(url).await.unwrap();
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let done = database.execute_raw(statement).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}

/// A copy of the files of the store, as who takes the disk has them.
fn copy_of_store(world: &World, to: &Path) {
    for entry in fs::read_dir(&world.config.data_dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Whether the store of a node holds any of these words in clear. Letters lie in a folder of their own.
fn holds(world: &World, words: &[&str]) -> bool {
    let copy = tempfile::tempdir().unwrap();
    copy_of_store(world, copy.path());
    let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    !holding(copy.path(), &words).is_empty()
}

async fn documents(world: &World, kind: &str) -> Vec<Document> {
    let found = world.running.node().store.documents(kind, "", 100).await;
    let found = found.unwrap().into_iter();
    found.map(|stored| stored.document).collect()
}

async fn are_sealed(world: &World, kind: &str) {
    let found = documents(world, kind).await;
    assert!(!found.is_empty(), "{kind}");
    for document in found {
        let read = serde_json::from_slice::<Value>(&document.body);
        assert!(read.is_err(), "{kind}");
    }
}

#[tokio::test]
async fn what_somebody_has_begun_is_sealed() {
    let world = World::new().await;
    let (mut ann, party) = Browser::of_hosted(&world, ANN).await;
    let mut new = Browser::new(&world);
    let sent = new.post("/sign-up", &[("email", UNCONFIRMED)]).await;
    assert_eq!(sent.status, 303);
    let mut challenges = Vec::new();
    for (browser, path) in [
        (&mut ann, "/home/account/passkeys/begin"),
        (&mut new, "/sign-in/passkey/begin"),
    ] {
        let asked: Value = browser.post_json(&[], path, &json!({})).await.json();
        let challenge = asked.pointer("/publicKey/challenge").unwrap();
        challenges.push(challenge.as_str().unwrap().to_owned());
    }
    for kind in ["session", "ceremony"] {
        are_sealed(&world, kind).await;
    }
    assert!(holds(&world, &[&party.to_string()]), "the search finds");
    assert!(!holds(&world, &[UNCONFIRMED]));
    for challenge in &challenges {
        assert!(!holds(&world, &[challenge]), "{challenge}");
    }
}

#[tokio::test]
async fn what_a_link_leads_to_is_sealed() {
    let world = World::new().await;
    let adviser = Relying::new(&world, ADVISER).await;
    let (mut ann, _) = Browser::of_hosted(&world, ANN).await;
    let (errand, pushed) = adviser.push_link(&world, Digest::of(b"an account")).await;
    are_sealed(&world, "redirect-link").await;
    assert!(
        !holds(&world, &[&errand.state]),
        "the state that comes back"
    );
    let answered = ann.post(&path_of(&pushed), &[("answer", "give")]).await;
    let back = returned(&continues(&answered.text()).unwrap());
    are_sealed(&world, "redirect-code").await;
    are_sealed(&world, "redirect-link").await;
    let copy = tempfile::tempdir().unwrap();
    copy_of_store(&world, copy.path());
    let node = &world.running.node().config.public_url;
    let redeem = errand.redeem(&back, node).unwrap();
    let redeemed = adviser.redeem_link(&world, &redeem).await;
    let record = redeemed.record.rsplit('.').next().unwrap().to_owned();
    let needles = [record.into_bytes(), errand.state.into_bytes()];
    assert!(holding(copy.path(), &needles).is_empty());
}

/// Who can write to the disk puts the session of one where that of another was.
#[tokio::test]
async fn a_session_opens_nowhere_else() {
    let world = World::new().await;
    let (mut ann, party) = Browser::of_hosted(&world, ANN).await;
    let mut eve = Browser::new(&world);
    eve.post("/sign-up", &[("email", UNCONFIRMED)]).await;
    let owner = party.to_string();
    let sessions = documents(&world, "session").await;
    let of = |is_ann: bool| sessions.iter().find(|one| (one.owner == owner) == is_ann);
    let (anns, eves) = (of(true).unwrap(), of(false).unwrap());
    let moved = Document {
        id: eves.id.clone(),
        ..anns.clone()
    };
    let store = &world.running.node().store;
    store.put_documents(vec![moved]).await.unwrap();
    assert_eq!(eve.get("/home").await.status, 303, "not signed in as Ann");
    assert_eq!(ann.get("/home").await.status, 200);
}

/// The link to sign in by, made for one, is put where that of another was.
#[tokio::test]
async fn a_link_to_sign_in_opens_nowhere_else() {
    let world = World::new().await;
    let node = world.running.node();
    let (ann, eve) = (Person::enter(&world).await, Person::enter(&world).await);
    ann.sign_in_path(&world).await;
    let path = eve.sign_in_path(&world).await;
    let links = documents(&world, "sign-in-link").await;
    let of = |person: &Person| {
        let owner = person.party().to_string();
        links.iter().find(|one| one.owner == owner).unwrap()
    };
    let moved = Document {
        id: of(&eve).id.clone(),
        ..of(&ann).clone()
    };
    node.store.put_documents(vec![moved]).await.unwrap();
    let mut browser = Browser::new(&world);
    assert!(browser.post(&path, &[]).await.status >= 400);
    assert_eq!(browser.get("/home").await.status, 303);
}

/// Who can write to the disk changes what stands in clear beside something sealed: whose it is, what it is,
/// until when it is good.
#[tokio::test]
async fn nothing_sealed_is_given_to_another_or_made_to_last() {
    let world = World::new().await;
    let node = world.running.node();
    let (mut ann, _) = Browser::of_hosted(&world, ANN).await;
    let eve = Person::enter(&world).await;
    eve.sign_in_path(&world).await;
    let [session] = documents(&world, "session").await.try_into().unwrap();
    let [link] = documents(&world, "sign-in-link").await.try_into().unwrap();
    let someone = eve.party().to_string();
    let changed: [fn(Document, &str) -> Document; 3] = [
        |document, someone| Document {
            owner: someone.to_owned(),
            ..document
        },
        |document, _| Document {
            expires_at: document.expires_at.map(|end| end + Span::from_minutes(60)),
            ..document
        },
        |document, _| Document {
            expires_at: None,
            ..document
        },
    ];
    assert_eq!(ann.get("/home").await.status, 200);
    let cookie = ann.cookie("assent-session").unwrap();
    for change in changed {
        let put = node
            .store
            .put_documents(vec![change(session.clone(), &someone)]);
        put.await.unwrap();
        assert_eq!(ann.get("/home").await.status, 303);
        ann.set_cookie("assent-session", &cookie);
        node.store
            .put_documents(vec![session.clone()])
            .await
            .unwrap();
        assert_eq!(ann.get("/home").await.status, 200);
    }
    // A link to sign in becomes a session, and its end is put off.
    let moved = Document {
        kind: session.kind.clone(),
        id: session.id.clone(),
        ..link
    };
    node.store.put_documents(vec![moved]).await.unwrap();
    assert_eq!(ann.get("/home").await.status, 303);
}

/// A body of the vault that is given to somebody else, or taken for something else, opens for nobody.
#[tokio::test]
async fn no_body_of_the_vault_is_given_to_another() {
    let world = World::new().await;
    let (mut ann, party) = Browser::of_hosted(&world, ANN).await;
    let address = ann.get("/home/account").await.text();
    assert!(address.contains(ANN), "{address}");
    let change = async |sql: String| change_row(&world, sql).await;
    let node = world.running.node();
    let owner = party.to_string();
    let contact = node.store.vault_of_kind(&owner, "contact").await;
    let contact = contact.unwrap().remove(0).id;
    let of = format!("WHERE id = '{contact}'");
    change(format!("UPDATE vault SET kind = 'home' {of}")).await;
    let shown = ann.get("/home/account").await;
    assert!(!shown.text().contains(ANN), "as something else");
    change(format!(
        "UPDATE vault SET kind = 'contact', owner = 'somebody' {of}"
    ))
    .await;
    assert!(!ann.get("/home/account").await.text().contains(ANN));
    change(format!("UPDATE vault SET owner = '{party}' {of}")).await;
    assert!(ann.get("/home/account").await.text().contains(ANN));
}

/// Attack: an address is made to lead to somebody else, to whom the next link to sign in would belong.
#[tokio::test]
async fn an_address_is_not_led_to_another_party() {
    let world = World::new().await;
    let (_, ann) = Browser::of_hosted(&world, ANN).await;
    let eve = Person::enter(&world).await;
    let node = world.running.node();
    let address = EmailAddress::parse(ANN).unwrap();
    assert_eq!(owner_of(node, &address).await.unwrap(), Some(ann));
    are_sealed(&world, "contact").await;
    let set =
        |party: &str| format!("UPDATE documents SET owner = '{party}' WHERE kind = 'contact'");
    change_row(&world, set(&eve.party().to_string())).await;
    assert_eq!(owner_of(node, &address).await.unwrap(), None);
    let found = eve.look_up(&world, ANN).await;
    assert!(found.is_none(), "{found:?}");
    // It harms nobody who is named in it, and who reads the mail there sets it right.
    eve.confirm(&world, &mut Mailbox::new("eve@example.org"))
        .await;
    let bo = Person::enter(&world).await;
    let mut mailbox = Mailbox::new(ANN);
    mailbox.fresh(&world);
    bo.confirm(&world, &mut mailbox).await;
    assert_eq!(owner_of(node, &address).await.unwrap(), Some(bo.party()));
}

/// Attack: the pseudonym of one is given to another, who would be shown what the first has answered.
#[tokio::test]
async fn a_pseudonym_is_not_given_to_another_party() {
    let mut stage = Stage::set().await;
    let cr_id = given(&mut stage).await;
    let world = &stage.world;
    let node = world.running.node();
    let consent = node.state.get::<Consent>(&cr_id).await.unwrap().unwrap();
    let holder = async || accounts::holder(node, consent.surrogate).await.unwrap();
    let ann = holder().await.unwrap();
    let named = accounts::pseudonyms(node, ann).await.unwrap();
    let place = named
        .iter()
        .position(|one| one.surrogate_id == consent.surrogate);
    let owner = ann.to_string();
    let bodies = node.store.vault_of_kind(&owner, "account-pseudonym").await;
    let id = bodies.unwrap().remove(place.unwrap()).id;
    let (mut eve, party) = Browser::of_hosted(world, "eve@example.org").await;
    let receipt = format!("/receipts/{cr_id}");
    assert_eq!(stage.browser.get(&receipt).await.status, 200);
    let set = |owner: PartyId| format!("UPDATE vault SET owner = '{owner}' WHERE id = '{id}'");
    change_row(world, set(party)).await;
    assert_eq!(eve.get(&receipt).await.status, 404);
    assert_eq!(holder().await, None);
    assert_eq!(
        eve.get("/home").await.status,
        200,
        "the rest of her account"
    );
    change_row(world, set(ann)).await;
    assert_eq!(stage.browser.get(&receipt).await.status, 200);
}

/// What is damaged of one person is passed over: nobody else waits for it, and it is erased like the rest.
#[tokio::test]
async fn what_does_not_open_stops_nothing() {
    let world = World::new().await;
    let (_, ann) = lived(&world).await;
    let owner = ann.party().to_string();
    let node = world.running.node();
    let bodies = node.store.vault_of_kind(&owner, "account-pseudonym").await;
    let id = bodies.unwrap().remove(0).id;
    change_row(
        &world,
        format!("UPDATE vault SET ciphertext = x'00' WHERE id = '{id}'"),
    )
    .await;
    let export = ann.calls(&world).get("/v1/accounts/export").await;
    assert_eq!(export.status, 200, "{}", export.text());
    let erased = erase(&world, &ann).await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert!(node.store.vault_of(&owner).await.unwrap().is_empty());
}

/// A key that the operator keeps is damaged: the account is erased all the same.
#[tokio::test]
async fn an_account_with_a_damaged_key_is_erased() {
    let world = World::new().await;
    let (mut browser, ann) = Browser::of_hosted(&world, ANN).await;
    let (node, owner) = (world.running.node(), ann.to_string());
    let keys = node.store.vault_of_kind(&owner, "hosted-keys").await;
    let id = keys.unwrap().remove(0).id;
    change_row(
        &world,
        format!("UPDATE vault SET ciphertext = x'00' WHERE id = '{id}'"),
    )
    .await;
    assert_eq!(browser.get("/home").await.status, 200);
    let body = EraseAccount { party_id: ann };
    erasure::erase(node, ann, &body).await.unwrap();
    assert!(node.store.vault_of(&owner).await.unwrap().is_empty());
}
