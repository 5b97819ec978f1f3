//! Erasure: what was personal is in no file any more, and the log is as good as before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use assent_api::v1::accounts::{AccountExport, EraseAccount, Erased, PseudonymList};
use assent_client::statements::change::Change;
use assent_crypto::{base64url, jws};
use assent_exchange::Exchange;
use assent_exchange::event::Event;
use assent_ledger::merkle::{TileSet, inclusion_proof, inclusion_tiles, verify_inclusion};
use assent_ledger::sequencer::{LeafContent, Sequencer, Step};
use assent_model::machine::StateKey;
use assent_model::statement::STATEMENT_BYTES_MAX;
use assent_model::time::Timestamp;
use assent_storage::Store;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::calls::Answered;
use crate::household::Cast;
use crate::person::{Mailbox, Person};
use crate::world::World;

pub(crate) const ANN: &str = "Ann.Unmistakable@example.org";
const EARLIER: &str = "Ann.As.She.Was@example.org";
const NEVER_CONFIRMED: &str = "Ann.Perhaps@example.org";

pub(crate) async fn erase(world: &World, person: &Person) -> Answered {
    let body = EraseAccount {
        party_id: person.party(),
    };
    person
        .calls(world)
        .post("/v1/accounts/erasure", &body)
        .await
}

/// All that a household leaves behind: a pair that was given and withdrawn, a contact, letters.
pub(crate) async fn lived(world: &World) -> (Cast, Person) {
    let cast = Cast::enter(world).await;
    let ann = Person::enter(world).await;
    for link in [&cast.adviser_link, &cast.archive_link] {
        assert_eq!(ann.add(world, &link.pseudonym).await.status, 200);
    }
    for address in [EARLIER, ANN] {
        let mut mailbox = Mailbox::new(address);
        ann.confirm(world, &mut mailbox).await;
        mailbox.wait_for(world, 1).await;
    }
    assert_eq!(ann.ask(world, NEVER_CONFIRMED).await.status, 200);
    Mailbox::new(NEVER_CONFIRMED).code(world).await;
    let pair = cast.give(world, true).await;
    cast.change(world, &pair, &Change::Withdraw).await;
    (cast, ann)
}

/// The sealed bodies that belong to the person, as they lie in the store.
async fn sealed_bodies(store: &Store, ann: &Person, export: &AccountExport) -> Vec<Vec<u8>> {
    let of_consents = export.consents.iter().map(|view| view.surrogate_id);
    let surrogates = export
        .pseudonyms
        .iter()
        .map(|view| view.surrogate_id)
        .chain(of_consents);
    let mut owners: Vec<String> = surrogates.map(|id| id.to_string()).collect();
    owners.push(ann.party().to_string());
    owners.sort_unstable();
    owners.dedup();
    let mut bodies = Vec::new();
    for owner in owners {
        bodies.extend(
            store
                .vault_of(&owner)
                .await
                .unwrap()
                .into_iter()
                .map(|entry| entry.ciphertext),
        );
    }
    bodies
}

/// How many bytes of a needle have to lie together to be found: a body can span pages.
const PIECE: usize = 64;

/// The files below a folder that hold a piece of one of these.
pub(crate) fn holding(folder: &Path, needles: &[Vec<u8>]) -> BTreeSet<PathBuf> {
    let pieces = needles.iter().flat_map(|needle| needle.chunks(PIECE));
    // The rest of a body can be too short to tell anything.
    let pieces = pieces.filter(|piece| piece.len() >= 16);
    let by_start: BTreeMap<&[u8], Vec<&[u8]>> =
        pieces.fold(BTreeMap::new(), |mut pieces, piece| {
            pieces.entry(&piece[..8]).or_default().push(piece);
            pieces
        });
    let is_held = |bytes: &[u8]| {
        (0..bytes.len().saturating_sub(8)).any(|place| {
            let rest = &bytes[place..];
            let candidates = by_start.get(&rest[..8]).into_iter().flatten();
            candidates.into_iter().any(|piece| rest.starts_with(piece))
        })
    };
    files(folder)
        .into_iter()
        .filter(|path| is_held(&fs::read(path).unwrap()))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// What tasks of this thread log while the guard lives.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Logged {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn an_erased_person_is_in_no_file_and_the_log_verifies() {
    let logged = Logged::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(logged.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let world = World::new().await;
    let (_, ann) = lived(&world).await;
    let store = Arc::clone(&world.running.node().store);
    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    let bodies = sealed_bodies(&store, &ann, &export).await;
    assert_eq!(
        bodies.len(),
        5,
        "two pseudonyms, a contact, a form, a sealed alias"
    );
    let data = &world.config.data_dir;
    for body in &bodies {
        assert!(
            !holding(data, std::slice::from_ref(body)).is_empty(),
            "it is there before"
        );
    }
    let addresses = [ANN, EARLIER, NEVER_CONFIRMED];
    let addresses = addresses.map(|address| address.to_lowercase().into_bytes());
    for address in &addresses {
        assert!(
            !holding(data, std::slice::from_ref(address)).is_empty(),
            "in letters"
        );
    }

    let erased: Erased = erase(&world, &ann).await.json();
    assert_eq!(erased.bodies, 5);
    let backup = data.join("backup.sqlite");
    store.backup(&backup).await.unwrap();
    let salt = export.forms[0].salt.as_bytes().to_vec();
    let salt_text = base64url::encode(&salt).into_bytes();
    let mut needles = bodies.clone();
    needles.extend(addresses.clone());
    needles.extend([ANN.into(), salt, salt_text]);
    assert_eq!(holding(data, &needles), BTreeSet::new());
    assert!(sealed_bodies(&store, &ann, &export).await.is_empty());
    let log = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(!log.is_empty());
    let log = log.to_lowercase();
    for address in &addresses {
        assert!(!log.contains(std::str::from_utf8(address).unwrap()));
    }

    check_log(&world, &store).await;
    assert!(ann.look_up(&world, ANN).await.is_none());
    let left: PseudonymList = ann
        .calls(&world)
        .get("/v1/accounts/pseudonyms")
        .await
        .json();
    assert!(left.pseudonyms.is_empty());
    ann.calls(&world)
        .get("/v1/contacts")
        .await
        .is_problem(404, "not-found");

    // And again after a restart.
    drop(store);
    let world = world.restarted().await;
    assert_eq!(holding(&world.config.data_dir, &needles), BTreeSet::new());
}

/// The log replays to the same roots, every entry is included, every signature in it verifies.
async fn check_log(world: &World, store: &Store) {
    let head = world.running.node().head.borrow().header.clone();
    let entries = store.entries(0..head.log_size).await.unwrap();
    let mut signatures = 0;
    for entry in &entries {
        let needed = inclusion_tiles(entry.index, head.log_size).unwrap();
        let needed: Vec<_> = needed.iter().map(|tile| (tile.level, tile.index)).collect();
        let tiles: TileSet = store.tiles(&needed).await.unwrap().into_iter().collect();
        let proof = inclusion_proof(entry.index, head.log_size, &tiles).unwrap();
        verify_inclusion(
            entry.leaf_hash,
            entry.index,
            head.log_size,
            &proof,
            head.log_root,
        )
        .unwrap();
        let leaf: Value = serde_json::from_slice(&entry.bytes).unwrap();
        signatures += verified_signatures(&leaf);
    }
    assert!(
        signatures > entries.len(),
        "a leaf has at least one, some have more: {signatures}"
    );
    replay(store).await;
}

/// Verifies every statement in a leaf, however deep, and counts them.
fn verified_signatures(value: &Value) -> usize {
    match value {
        Value::String(text) if text.matches('.').count() == 2 && text.starts_with("eyJ") => {
            let parsed = jws::Unverified::parse(text, STATEMENT_BYTES_MAX).unwrap();
            let payload: Value = serde_json::from_slice(parsed.payload()).unwrap();
            let signer = serde_json::from_value(payload["signer"].clone()).unwrap();
            let typ = jws::Typ(parsed.typ().to_owned().leak());
            parsed.verify(typ, &signer).unwrap();
            1 + verified_signatures(&payload)
        }
        Value::Array(items) => items.iter().map(verified_signatures).sum(),
        Value::Object(members) => members.values().map(verified_signatures).sum(),
        _ => 0,
    }
}

/// Rebuilds state and roots from headers and leaves alone.
async fn replay(store: &Store) {
    let head = store.head().unwrap();
    let mut sequencer = Sequencer::<Exchange>::new(Timestamp::default());
    let (mut state, mut nodes) = (BTreeMap::new(), BTreeMap::new());
    let mut size = 0;
    for height in 1..=head.height {
        let header = store.header(height).await.unwrap().unwrap();
        let leaves = store.entries(size..header.log_size).await.unwrap();
        size = header.log_size;
        for leaf in &leaves {
            LeafContent::<Event>::decode(&leaf.bytes).unwrap();
        }
        let leaves = leaves.into_iter().map(|leaf| leaf.bytes).collect();
        let mut replay = sequencer.replay(header, leaves).unwrap();
        sequencer = loop {
            match replay.run().unwrap() {
                Step::Done(block, uncommitted) => {
                    let changes = block
                        .changes
                        .into_iter()
                        .map(|change| (change.key, change.value.unwrap()));
                    state.extend(changes);
                    nodes.extend(
                        block
                            .nodes
                            .into_iter()
                            .map(|change| (change.path, change.node.unwrap())),
                    );
                    break uncommitted.committed();
                }
                Step::Needs(missing, waiting) => {
                    replay = waiting;
                    for key in missing.state {
                        let value: Option<&Vec<u8>> = state.get(&key);
                        replay.load_state(&key, value.map(Vec::as_slice)).unwrap();
                    }
                    for path in missing.nodes {
                        let node: Option<&Vec<u8>> = nodes.get(&path);
                        replay.load_node(&path, node.map(Vec::as_slice)).unwrap();
                    }
                }
            }
        };
    }
    assert_eq!(sequencer.head(), &head);
    let stored: Vec<StateKey> = state.keys().cloned().collect();
    for (key, value) in store.state(&stored).await.unwrap() {
        assert_eq!(value.as_ref(), state.get(&key));
    }
}

#[tokio::test]
async fn an_account_with_open_consents_is_not_erased() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let ann = Person::enter(&world).await;
    // One record of the pair is enough to find the other.
    ann.add(&world, &cast.adviser_link.pseudonym).await;
    let pair = cast.give(&world, true).await;
    for change in [Change::Disable, Change::Enable] {
        cast.change(&world, &pair, &change).await;
        let problem = erase(&world, &ann)
            .await
            .is_problem(409, "erasure-consents-active");
        let mut named: Vec<String> = problem
            .errors
            .into_iter()
            .map(|error| error.detail)
            .collect();
        named.sort_unstable();
        let mut expected = vec![pair.sink.to_string(), pair.source.to_string()];
        expected.sort_unstable();
        assert_eq!(named, expected);
    }
    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert_eq!(export.forms.len(), 1, "nothing was erased");
    cast.change(&world, &pair, &Change::Withdraw).await;
    assert_eq!(erase(&world, &ann).await.status, 200);
}

/// Attacks: erase somebody else, erase by mistake, erase without a proof of the party.
#[tokio::test]
async fn an_account_is_erased_by_its_party_alone() {
    let world = World::new().await;
    let (cast, ann) = lived(&world).await;
    let eve = Person::enter(&world).await;
    let target = "/v1/accounts/erasure";
    let of_ann = EraseAccount {
        party_id: ann.party(),
    };
    eve.calls(&world)
        .post(target, &of_ann)
        .await
        .is_problem(422, "confirmation-mismatch");
    let by_pseudonym = crate::calls::Calls::by(&world, &cast.adviser_link.pseudonym);
    by_pseudonym
        .post(target, &of_ann)
        .await
        .is_problem(403, "forbidden");
    let anonymous = crate::calls::Calls::anonymous(&world);
    anonymous
        .post(target, &of_ann)
        .await
        .is_problem(401, "unauthenticated");
    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert_eq!((export.forms.len(), export.pseudonyms.len()), (1, 2));

    let none: Erased = erase(&world, &eve).await.json();
    assert_eq!(none.bodies, 0);
    let export: AccountExport = ann.calls(&world).get("/v1/accounts/export").await.json();
    assert_eq!((export.forms.len(), export.contact.is_some()), (1, true));
}

#[tokio::test]
async fn an_erased_account_can_be_erased_again_and_begin_anew() {
    let world = World::new().await;
    let (_, ann) = lived(&world).await;
    for bodies in [5, 0] {
        let erased: Erased = erase(&world, &ann).await.json();
        assert_eq!(erased.bodies, bodies);
    }
    ann.confirm(&world, &mut Mailbox::new("ann@new.example"))
        .await;
    assert_eq!(
        ann.look_up(&world, "ann@new.example")
            .await
            .unwrap()
            .party_id,
        ann.party()
    );
}
