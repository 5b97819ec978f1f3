//! The worked examples of the reference pages, byte for byte.

use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_ledger::checkpoint::{Checkpoint, app_hash, verifier_key};
use assent_ledger::merkle::{
    Appender, TileSet, consistency_proof, inclusion_proof, leaf_hash, verify_consistency,
    verify_inclusion,
};
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::{StatusKey, StatusMap};
use assent_model::time::Timestamp;
use serde_json::json;

use crate::hex;

const LOG: &str = include_str!("../../../../docs/reference/log.md");
const STATUS_MAP: &str = include_str!("../../../../docs/reference/status-map.md");

/// Checks that a page shows this line, or these lines, and nothing else on them.
fn shows(page: &str, lines: &str) {
    let fenced = format!("\n{}\n", lines.trim_end());
    assert!(page.contains(&fenced), "the page does not show:\n{lines}");
}

/// The entries of the example.
fn entries() -> Vec<Vec<u8>> {
    let leaf = |(index, kind): (u64, &str)| {
        let time = Timestamp::from_millis(1_790_000_000_000 + 60_000 * index);
        LeafContent {
            event: json!({ "type": kind }),
            height: index + 1,
            index,
            time,
        }
        .encode()
    };
    (0..)
        .zip(["asked", "given", "withdrawn"])
        .map(leaf)
        .collect()
}

/// The map of the example.
fn map() -> StatusMap {
    let mut map = StatusMap::at(Digest::ZERO);
    map.load("", None).expect("the empty root");
    let statuses = [
        ("cns_1", "active"),
        ("cns_2", "withdrawn"),
        ("cns_22", "active"),
    ];
    let digest = |status: &str| Digest::of(status.as_bytes());
    map.apply(statuses.map(|(subject, status)| (StatusKey::of(subject), digest(status))));
    map
}

#[test]
fn the_page_on_the_log_shows_its_entries_tile_and_proofs() {
    let mut log = Appender::default();
    let mut roots = vec![log.root()];
    for entry in entries() {
        shows(LOG, std::str::from_utf8(&entry).expect("JSON"));
        log.append(leaf_hash(&entry));
        roots.push(log.root());
    }
    let tiles = log.drain_tiles();
    let hashes: Vec<String> = tiles[0].hashes.chunks(32).map(hex::encode).collect();
    shows(LOG, &hashes.join("\n"));
    for (size, root) in roots.iter().enumerate() {
        shows(LOG, &format!("{size}  {}", hex::encode(root.as_bytes())));
    }
    let set: TileSet = tiles.into_iter().collect();
    let inclusion = inclusion_proof(1, 3, &set).expect("in range");
    let given = leaf_hash(&entries()[1]);
    assert_eq!(verify_inclusion(given, 1, 3, &inclusion, roots[3]), Ok(()));
    let consistency = consistency_proof(2, 3, &set).expect("in range");
    assert_eq!(
        verify_consistency(2, roots[2], 3, roots[3], &consistency),
        Ok(())
    );
    for proof in [inclusion, consistency] {
        shows(LOG, &serde_json::to_string(&proof).expect("JSON"));
    }
}

#[test]
fn the_page_on_the_log_shows_its_checkpoint() {
    let mut log = Appender::default();
    for entry in entries() {
        log.append(leaf_hash(&entry));
    }
    let key = SigningKey::from_seed(&[1; 32]);
    let checkpoint = Checkpoint {
        origin: "ledger.example/demo".parse().expect("a name"),
        size: log.size(),
        log_root: log.root(),
        status_root: map().root(),
        height: 3,
        time: Timestamp::from_millis(1_790_000_120_000),
    };
    shows(LOG, checkpoint.sign(&key).as_str());
    shows(LOG, &verifier_key(&checkpoint.origin, key.verifying_key()));
    let app_hash = app_hash(&checkpoint.log_root, &checkpoint.status_root);
    assert_eq!(app_hash, checkpoint.app_hash());
    shows(LOG, &hex::encode(app_hash.as_bytes()));
}

#[test]
fn the_page_on_the_status_map_shows_its_proofs() {
    let mut map = map();
    shows(STATUS_MAP, &format!("root  {}", map.root()));
    for subject in ["cns_1", "cns_2", "cns_22"] {
        let key = serde_json::to_value(StatusKey::of(subject)).expect("JSON");
        let status = map.status(subject).expect("loaded").expect("there is one");
        shows(
            STATUS_MAP,
            &format!("{subject}  {}  {status}", key.as_str().expect("text")),
        );
    }
    for subject in ["cns_1", "cns_3", "cns_4"] {
        let proof = map.prove(subject).expect("loaded");
        let held = map.status(subject).expect("loaded");
        assert_eq!(proof.verify(map.root(), subject, held), Ok(()));
        shows(STATUS_MAP, &serde_json::to_string(&proof).expect("JSON"));
    }
    let [root_node] = map.drain_changes().try_into().expect("all in one node");
    let encoded = root_node.node.expect("a node");
    let (bits, hashes) = encoded.split_at(4);
    let lines = [bits].into_iter().chain(hashes.chunks(32)).map(hex::encode);
    shows(STATUS_MAP, &lines.collect::<Vec<_>>().join("\n"));
}
