use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_crypto::domains::{STATUS_KEY, STATUS_LEAF, STATUS_NODE};
use assent_ledger::block::NodeChange;
use assent_ledger::status_map::{
    CorruptNode, InvalidStatusProof, NodeNotLoaded, OtherLeaf, StatusKey, StatusMap, StatusProof,
};
use proptest::prelude::*;

use crate::map_model::MapModel;

/// The stored nodes.
#[derive(Default)]
struct NodeStore(BTreeMap<String, Vec<u8>>);

impl NodeStore {
    fn keep(&mut self, changes: Vec<NodeChange>) {
        for NodeChange { path, node } in changes {
            self.0.insert(path, node.expect("no node ever goes"));
        }
    }

    fn load(&self, map: &mut StatusMap, subjects: &[&str]) {
        let keys: Vec<StatusKey> = subjects
            .iter()
            .map(|subject| StatusKey::of(subject))
            .collect();
        loop {
            let missing = map.missing(&keys);
            if missing.is_empty() {
                return;
            }
            for path in missing {
                map.load(&path, self.0.get(&path).map(Vec::as_slice))
                    .expect("nodes are whole");
            }
        }
    }

    fn apply(&mut self, map: &mut StatusMap, updates: &[(String, Digest)]) {
        let subjects: Vec<&str> = updates
            .iter()
            .map(|(subject, _)| subject.as_str())
            .collect();
        self.load(map, &subjects);
        let keyed = updates
            .iter()
            .map(|(subject, status)| (StatusKey::of(subject), *status));
        map.apply(keyed);
        self.keep(map.drain_changes());
    }
}

fn subject(number: u32) -> String {
    format!("cns_{number}")
}

fn status(number: u32) -> Digest {
    Digest::of(&number.to_be_bytes())
}

/// A map of so many subjects, each with the status of its number, and its nodes.
fn filled(subjects: u32) -> (StatusMap, NodeStore) {
    let (mut map, mut store) = (StatusMap::at(Digest::ZERO), NodeStore::default());
    let updates: Vec<_> = (0..subjects)
        .map(|number| (subject(number), status(number)))
        .collect();
    store.apply(&mut map, &updates);
    (map, store)
}

#[test]
fn the_empty_map_has_the_zero_root_and_proves_that_nothing_is_there() {
    let (mut map, store) = (StatusMap::at(Digest::ZERO), NodeStore::default());
    assert_eq!(map.prove("cns_1"), Err(NodeNotLoaded(String::new())));
    store.load(&mut map, &["cns_1"]);
    assert_eq!(map.root(), Digest::ZERO);
    assert_eq!(map.apply([]), Digest::ZERO);
    assert_eq!(map.drain_changes(), []);
    assert_eq!(map.status("cns_1"), Ok(None));
    let proof = map.prove("cns_1").expect("loaded");
    assert_eq!(
        proof,
        StatusProof {
            other: None,
            siblings: Vec::new()
        }
    );
    assert_eq!(proof.verify(Digest::ZERO, "cns_1", None), Ok(()));
    assert_eq!(
        proof.verify(Digest::ZERO, "cns_1", Some(Digest::ZERO)),
        Err(InvalidStatusProof)
    );
}

#[test]
fn a_map_of_one_subject_is_its_leaf() {
    let (mut map, store) = filled(1);
    assert_eq!(store.0.keys().collect::<Vec<_>>(), [""]);
    store.load(&mut map, &["cns_0", "cns_1"]);
    let present = map.prove("cns_0").expect("loaded");
    assert_eq!(
        present,
        StatusProof {
            other: None,
            siblings: Vec::new()
        }
    );
    assert_eq!(present.verify(map.root(), "cns_0", Some(status(0))), Ok(()));
    let absent = map.prove("cns_1").expect("loaded");
    let other = OtherLeaf {
        key: StatusKey::of("cns_0"),
        status: status(0),
    };
    assert_eq!(
        absent,
        StatusProof {
            other: Some(other),
            siblings: Vec::new()
        }
    );
    assert_eq!(absent.verify(map.root(), "cns_1", None), Ok(()));
}

#[test]
fn the_last_update_of_a_subject_counts() {
    let (mut map, mut store) = (StatusMap::at(Digest::ZERO), NodeStore::default());
    let updates = [
        (subject(1), status(1)),
        (subject(2), status(2)),
        (subject(1), status(3)),
    ];
    store.apply(&mut map, &updates);
    assert_eq!(map.status("cns_1"), Ok(Some(status(3))));
    assert_eq!(map.status("cns_2"), Ok(Some(status(2))));
}

#[test]
fn every_subject_has_a_proof_and_so_has_every_absence() {
    let (map, _) = filled(2000);
    let (mut by_other, mut by_emptiness) = (0, 0);
    for number in 0..4000 {
        let subject = subject(number);
        let proof = map.prove(&subject).expect("loaded");
        let held = (number < 2000).then(|| status(number));
        assert_eq!(map.status(&subject), Ok(held));
        assert_eq!(
            proof.verify(map.root(), &subject, held),
            Ok(()),
            "{subject}"
        );
        let claims = [
            None,
            Some(status(number)),
            Some(status(number + 1)),
            Some(Digest::ZERO),
        ];
        for claim in claims.into_iter().filter(|claim| *claim != held) {
            let verified = proof.verify(map.root(), &subject, claim);
            assert_eq!(verified, Err(InvalidStatusProof), "{subject}");
        }
        match (held, &proof.other) {
            (None, Some(_)) => by_other += 1,
            (None, None) => by_emptiness += 1,
            (Some(_), other) => {
                assert_eq!(*other, None);
                let verified = proof.verify(map.root(), "cns_", held);
                assert_eq!(
                    verified,
                    Err(InvalidStatusProof),
                    "{subject} passed off as another"
                );
            }
        }
    }
    assert!(
        by_other > 100 && by_emptiness > 100,
        "both kinds of absence: {by_other} {by_emptiness}"
    );
}

#[test]
fn an_altered_proof_fails() {
    let (map, _) = filled(100);
    for number in 0..200 {
        let subject = subject(number);
        let held = (number < 100).then(|| status(number));
        let proof = map.prove(&subject).expect("loaded");
        let fails = |altered: &StatusProof| {
            assert_ne!(*altered, proof);
            let verified = altered.verify(map.root(), &subject, held);
            assert_eq!(verified, Err(InvalidStatusProof), "{subject}");
        };
        for place in 0..proof.siblings.len() {
            let mut altered = proof.clone();
            altered.siblings[place] = status(number + 1000);
            fails(&altered);
            altered.siblings.remove(place);
            fails(&altered);
        }
        let mut longer = proof.clone();
        longer.siblings.insert(0, Digest::ZERO);
        fails(&longer);
        longer.siblings.resize(257, Digest::ZERO);
        fails(&longer);
        let key = StatusKey::of(&subject);
        let claimed = OtherLeaf {
            key,
            status: held.unwrap_or(Digest::ZERO),
        };
        fails(&StatusProof {
            other: Some(claimed),
            ..proof.clone()
        });
        assert!(
            proof.verify(status(5000), &subject, held).is_err(),
            "under another root"
        );
    }
}

/// A subject that has a status cannot be shown to have none by its own leaf, nor by a leaf that
/// does not belong in its place.
#[test]
fn absence_is_not_shown_by_the_wrong_leaf() {
    let (map, _) = filled(100);
    let present = map.prove("cns_1").expect("loaded");
    let own = OtherLeaf {
        key: StatusKey::of("cns_1"),
        status: status(1),
    };
    let proof = StatusProof {
        other: Some(own),
        ..present.clone()
    };
    assert_eq!(
        proof.verify(map.root(), "cns_1", None),
        Err(InvalidStatusProof)
    );

    for stranger in (100..200).map(subject) {
        let honest = map.prove(&stranger).expect("loaded");
        let verified = proof.verify(map.root(), &stranger, None);
        assert_eq!(verified.is_ok(), honest == proof, "{stranger}");
    }
}

/// A root that no map has, with the leaf of `cns_1` where no key like its own leads.
#[test]
fn absence_is_not_shown_by_a_leaf_in_the_wrong_place() {
    let leaf = |subject: &str| {
        let key = Digest::tagged(STATUS_KEY, &[subject.as_bytes()]);
        let status = status(1);
        (
            key,
            Digest::tagged(STATUS_LEAF, &[key.as_bytes(), status.as_bytes()]),
        )
    };
    let goes_left = |subject: &str| leaf(subject).0.as_bytes()[0] < 0x80;
    let subject = (2..1000)
        .map(subject)
        .find(|other| goes_left(other) != goes_left("cns_1"));
    let subject = subject.expect("half of all");
    let (misplaced, sibling) = (leaf("cns_1").1, status(2));
    let pair = if goes_left(&subject) {
        [misplaced, sibling]
    } else {
        [sibling, misplaced]
    };
    let root = Digest::tagged(STATUS_NODE, &[pair[0].as_bytes(), pair[1].as_bytes()]);
    let other = OtherLeaf {
        key: StatusKey::of("cns_1"),
        status: status(1),
    };
    let proof = StatusProof {
        other: Some(other),
        siblings: vec![sibling],
    };
    assert_eq!(proof.verify(root, &subject, None), Err(InvalidStatusProof));
}

#[test]
fn proofs_are_compact_and_strict_json() {
    let (map, _) = filled(100);
    let present = map.prove("cns_1").expect("loaded");
    let json = serde_json::to_string(&present).expect("JSON");
    assert!(json.starts_with(r#"{"siblings":[""#), "{json}");
    assert!(json.len() < 20 + 46 * present.siblings.len(), "{json}");
    assert_eq!(
        serde_json::from_str::<StatusProof>(&json).expect("a proof"),
        present
    );
    let more = json.replacen('{', r#"{"more":1,"#, 1);
    assert!(serde_json::from_str::<StatusProof>(&more).is_err());

    let absent = (100..).map(|number| map.prove(&subject(number)).expect("loaded"));
    let absent = absent
        .into_iter()
        .find(|proof| proof.other.is_some())
        .expect("one by a leaf");
    let json = serde_json::to_string(&absent).expect("JSON");
    assert!(json.starts_with(r#"{"other":{"key":""#), "{json}");
    assert_eq!(
        serde_json::from_str::<StatusProof>(&json).expect("a proof"),
        absent
    );
}

#[test]
fn a_node_that_the_root_does_not_commit_to_is_refused() {
    let (full, store) = filled(1000);
    let root_node = store.0[""].clone();
    let check = |path: &str, node: Option<&[u8]>, prepare: &dyn Fn(&mut StatusMap)| {
        let mut map = StatusMap::at(full.root());
        prepare(&mut map);
        assert_eq!(
            map.load(path, node),
            Err(CorruptNode(path.to_owned())),
            "{path}"
        );
    };
    let nothing = |_: &mut StatusMap| {};
    let with_root = |map: &mut StatusMap| map.load("", Some(&root_node)).expect("the root");
    check("", None, &nothing);
    check("", Some(&[]), &nothing);
    check("", Some(&store.0["1"]), &nothing);
    for place in 0..root_node.len() {
        let mut damaged = root_node.clone();
        damaged[place] ^= 1;
        check("", Some(&damaged), &nothing);
    }
    check("", Some(&root_node[..root_node.len() - 1]), &nothing);
    check("", Some(&[root_node.as_slice(), &[0]].concat()), &nothing);
    // A node of another place, one that was not asked for, and paths that are none.
    check("1", Some(&store.0["2"]), &with_root);
    check("1", None, &with_root);
    check("1", Some(&store.0["1"]), &nothing);
    check("1g", Some(&store.0["1"]), &with_root);
    check("A", Some(&store.0["a"]), &with_root);
    check(&"1".repeat(64), Some(&store.0["1"]), &with_root);
}

#[test]
fn a_node_that_says_the_same_in_other_bytes_is_refused() {
    let (map, store) = filled(1);
    let node = &store.0[""];
    let load = |bits: [u8; 4]| {
        let altered = [bits.as_slice(), &node[4..]].concat();
        StatusMap::at(map.root()).load("", Some(&altered))
    };
    let bits = *node.first_chunk().expect("four bytes of bits");
    assert_eq!(load(bits), Ok(()));
    // The leaf under another digit, and a digit that leads to a leaf and a tree at once.
    let moved = u16::from_be_bytes([bits[0], bits[1]])
        .rotate_left(1)
        .to_be_bytes();
    assert_eq!(
        load([moved[0], moved[1], 0, 0]),
        Err(CorruptNode(String::new()))
    );
    assert_eq!(
        load([bits[0], bits[1], bits[0], bits[1]]),
        Err(CorruptNode(String::new()))
    );
}

#[test]
fn nothing_that_changed_is_forgotten_before_it_is_drained() {
    let (mut map, mut store) = filled(500);
    map.evict(0);
    store.load(&mut map, &["cns_7"]);
    map.apply([(StatusKey::of("cns_7"), status(900))]);
    store.load(&mut map, &["cns_8", "cns_9", "cns_10"]);
    map.evict(0);
    assert_eq!(map.status("cns_7"), Ok(Some(status(900))));
    store.keep(map.drain_changes());
    map.evict(0);
    assert_eq!(map.status("cns_7"), Err(NodeNotLoaded(String::new())));
    let mut again = StatusMap::at(map.root());
    store.load(&mut again, &["cns_7"]);
    assert_eq!(again.status("cns_7"), Ok(Some(status(900))));
}

#[test]
fn what_was_used_last_stays_in_memory() {
    let (mut map, mut store) = filled(3000);
    store.apply(&mut map, &[(subject(42), status(1))]);
    map.evict(16);
    assert_eq!(
        map.status("cns_42"),
        Ok(Some(status(1))),
        "the way to it was just written"
    );
    let loaded = (0..3000)
        .filter(|number| map.status(&subject(*number)).is_ok())
        .count();
    assert!(
        loaded < 100,
        "{loaded} of 3000 subjects are still in memory"
    );
}

#[derive(Debug, Clone)]
enum Operation {
    Apply(Vec<(u32, u32)>),
    Evict(usize),
    Restart,
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => prop::collection::vec((0_u32..300, any::<u32>()), 0..40).prop_map(Operation::Apply),
        2 => (0_usize..60).prop_map(Operation::Evict),
        1 => Just(Operation::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_map_is_that_of_the_model(operations in prop::collection::vec(operation(), 1..25)) {
        let mut model = MapModel::default();
        let (mut map, mut store) = (StatusMap::at(Digest::ZERO), NodeStore::default());
        for operation in operations {
            match operation {
                Operation::Apply(updates) => {
                    let updates: Vec<_> = updates
                        .into_iter()
                        .map(|(number, value)| (subject(number), status(value)))
                        .collect();
                    store.apply(&mut map, &updates);
                    model.0.extend(updates);
                }
                Operation::Evict(nodes) => map.evict(nodes),
                Operation::Restart => map = StatusMap::at(map.root()),
            }
            prop_assert_eq!(map.root(), model.root());
        }
        for number in (0..310).step_by(7) {
            let subject = subject(number);
            store.load(&mut map, &[&subject]);
            let held = model.0.get(&subject).copied();
            prop_assert_eq!(map.status(&subject), Ok(held));
            let proof = map.prove(&subject).expect("loaded");
            prop_assert_eq!(proof.verify(model.root(), &subject, held), Ok(()));
        }
    }
}
