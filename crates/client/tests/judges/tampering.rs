//! Bundles that a dishonest operator could make: any member of any entry changed, signed again by
//! whoever signed it, in a log of its own with a checkpoint of its own.
//!
//! Nothing but the meaning of the entries is left to refuse such a bundle by.

use std::collections::BTreeMap;

use assent_api::evidence::{EvidenceBundle, EvidenceEntry, FORMAT};
use assent_client::evidence::{Trust, verify};
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_ledger::checkpoint::Checkpoint;
use assent_ledger::merkle::{Appender, TileSet, inclusion_proof, leaf_hash};
use assent_ledger::status_map::{StatusKey, StatusMap, StatusProof};
use assent_model::canonical;
use assent_model::ids::ConsentId;
use assent_model::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::bundles::Sample;
use crate::changes::{Places, Pool};
use crate::stories::{Keys, Story, digest_of};

/// Of events of one kind so many are changed: of a pair both records.
const ALIKE_MAX: usize = 2;

/// A bundle taken apart: every statement is an object of its header and payload and the digest
/// that it `was` known by.
#[derive(Clone)]
pub(crate) struct Parts {
    cr_id: ConsentId,
    /// `descriptions`, `notice` and `leaves`, in the order in which they refer to one another.
    body: Value,
    /// The digests of the descriptions and of the notice.
    were: Vec<String>,
    /// Digest of the last record of the consent's chain.
    head: String,
    status: &'static str,
}

impl Parts {
    /// Takes apart the bundle of a story.
    pub(crate) fn of(story: &Story) -> Self {
        let bundle: EvidenceBundle<StatusProof> =
            canonical::decode(story.bundle().as_bytes()).unwrap();
        let parse = |text: &String| serde_json::from_str(text).unwrap();
        let mut leaves: Vec<Value> = bundle.entries.iter().map(|e| parse(&e.leaf)).collect();
        for (index, leaf) in leaves.iter_mut().enumerate() {
            leaf["index"] = json!(index);
            take_apart(leaf);
        }
        let descriptions: Vec<Value> = bundle.descriptions.iter().map(parse).collect();
        let notice = parse(&bundle.notice);
        let texts = bundle.descriptions.iter().chain([&bundle.notice]);
        let (head, status) = proven_status(&story.bundle(), &leaves);
        Self {
            cr_id: bundle.cr_id,
            were: texts.map(|text| digest_of(text)).collect(),
            body: json!({"descriptions": descriptions, "notice": notice, "leaves": leaves}),
            head,
            status,
        }
    }

    /// Every change of one member in the parts that are `wanted`: entries by the type of their
    /// events, `descriptions`, `notice`.
    pub(crate) fn tampered(&self, keys: &Keys, wanted: impl Fn(&str) -> bool) -> Vec<Sample> {
        let pool = Pool::of(&self.body);
        let mut places = Places::default();
        let mut looked_at: BTreeMap<String, usize> = BTreeMap::new();
        for (index, leaf) in self.body["leaves"].as_array().unwrap().iter().enumerate() {
            let event = &leaf["event"];
            let kind = event["what"]["type"].as_str().unwrap();
            let times = looked_at.entry(format!("{} {kind}", event["component"]));
            let times = times.and_modify(|times| *times += 1).or_insert(1);
            if *times <= ALIKE_MAX && wanted(kind) {
                places.visit(leaf, &format!("/leaves/{index}"));
            }
        }
        let descriptions = self.body["descriptions"].as_array().unwrap();
        for (index, description) in descriptions.iter().enumerate() {
            if wanted("descriptions") {
                places.visit(description, &format!("/descriptions/{index}"));
            }
        }
        if wanted("notice") {
            // It is made anew and compared whole.
            for (name, item) in self.body["notice"].as_object().unwrap() {
                places.found.push((format!("/notice/{name}"), item.clone()));
            }
        }
        let changes = places.found.iter().flat_map(|(place, value)| {
            let changes = pool.changes(place, value, keys);
            changes.into_iter().map(move |change| (place, change))
        });
        changes
            .map(|(place, (what, change))| {
                let mut parts = self.clone();
                change.apply(&mut parts.body, place);
                let kind = &self.kind_at(place);
                Sample {
                    name: format!("{kind} {place} {what}"),
                    bundle: parts.assemble(keys),
                }
            })
            .collect()
    }

    /// Every change in the order of the entries: one left out, one twice, two exchanged.
    pub(crate) fn reordered(&self, keys: &Keys) -> Vec<Sample> {
        let leaves = self.body["leaves"].as_array().unwrap();
        let mut orders = Vec::new();
        for at in 0..leaves.len() {
            let mut without = leaves.clone();
            without.remove(at);
            orders.push((format!("/leaves/{at} left out"), without));
            let mut twice = leaves.clone();
            twice.insert(at, leaves[at].clone());
            orders.push((format!("/leaves/{at} twice"), twice));
            let mut exchanged = leaves.clone();
            exchanged.swap(at, (at + 1) % leaves.len());
            orders.push((format!("/leaves/{at} exchanged with the next"), exchanged));
        }
        orders
            .into_iter()
            .map(|(what, mut leaves)| {
                for (index, leaf) in leaves.iter_mut().enumerate() {
                    leaf["index"] = json!(index);
                }
                let mut parts = self.clone();
                parts.body["leaves"] = Value::Array(leaves);
                let at = what.split(' ').next().unwrap();
                Sample {
                    name: format!("{} {what}", self.kind_at(at)),
                    bundle: parts.assemble(keys),
                }
            })
            .collect()
    }

    /// The type of the event that a place is in.
    fn kind_at(&self, place: &str) -> String {
        let leaf: Vec<&str> = place.split('/').take(3).collect();
        let kind = self.body.pointer(&leaf.join("/")).and_then(|leaf| {
            let what = leaf.get("event")?.get("what")?;
            what.get("type")?.as_str().map(str::to_owned)
        });
        kind.unwrap_or_default()
    }

    /// Puts everything together again. What refers to something by its digest follows where it
    /// changed, and whoever has signed something signs it again.
    pub(crate) fn assemble(&self, keys: &Keys) -> String {
        let mut joiner = Joiner {
            keys,
            renamed: BTreeMap::new(),
        };
        let descriptions = joiner.texts(&self.body["descriptions"]);
        for (was, text) in self.were.iter().zip(&descriptions) {
            joiner.renamed.insert(was.clone(), digest_of(text));
        }
        let notice = joiner.text(&self.body["notice"]);
        let was = self.were.last().unwrap();
        joiner.renamed.insert(was.clone(), digest_of(&notice));
        let leaves = joiner.texts(&self.body["leaves"]);
        let head = joiner.renamed.get(&self.head).unwrap_or(&self.head);
        let status = json!({"head": head, "status": self.status});
        let (status_root, proof) = statuses(self.cr_id, Digest::of(&canonical::encode(&status)));
        let last = self.body["leaves"].as_array().unwrap().last().unwrap();
        let number = |name: &str| last[name].as_u64().unwrap_or_default();
        let (log_root, entries) = entries(&leaves);
        let checkpoint = Checkpoint {
            origin: "node.example/test".parse().unwrap(),
            size: leaves.len() as u64,
            log_root,
            status_root,
            height: number("height"),
            time: Timestamp::from_millis(number("time")),
        };
        let bundle = EvidenceBundle {
            format: FORMAT.to_owned(),
            cr_id: self.cr_id,
            checkpoint: checkpoint.sign(self.checkpoint_key(keys)).to_string(),
            entries,
            descriptions,
            notice,
            status: proof,
        };
        String::from_utf8(canonical::encode(&bundle)).unwrap()
    }

    /// The key that the genesis names, where it still names one.
    fn checkpoint_key<'k>(&self, keys: &'k Keys) -> &'k SigningKey {
        let genesis = "/leaves/0/event/what/genesis/payload/statement/checkpoint_key";
        let named = self
            .body
            .pointer(genesis)
            .and_then(|key| keys.get(&key_id(key)));
        named.unwrap_or_else(|| keys.iter().next().unwrap())
    }
}

/// The head and the status that a bundle proves.
fn proven_status(bundle: &str, leaves: &[Value]) -> (String, &'static str) {
    let report = verify(bundle, &Trust::FirstUse).unwrap();
    let bundle: EvidenceBundle<StatusProof> = canonical::decode(bundle.as_bytes()).unwrap();
    let (root, subject) = (report.checkpoint.status_root, report.cr_id.to_string());
    let mut places = Places::default();
    for leaf in leaves {
        places.visit(leaf, "");
    }
    let records = places
        .found
        .iter()
        .filter_map(|(_, value)| value.get("was")?.as_str());
    let statuses = ["active", "disabled", "withdrawn", "superseded", "expired"];
    records
        .flat_map(|head| statuses.map(|status| (head.to_owned(), status)))
        .find(|(head, status)| {
            let committed = canonical::encode(&json!({"head": head, "status": status}));
            let committed = Some(Digest::of(&committed));
            bundle.status.verify(root, &subject, committed).is_ok()
        })
        .unwrap()
}

/// The id of a key.
pub(crate) fn key_id(jwk: &Value) -> String {
    Digest::of(&canonical::encode(jwk)).to_string()
}

fn entries(leaves: &[String]) -> (Digest, Vec<EvidenceEntry>) {
    let mut log = Appender::default();
    for leaf in leaves {
        log.append(leaf_hash(leaf.as_bytes()));
    }
    let tiles: TileSet = log.drain_tiles().into_iter().collect();
    let entry = |(index, leaf): (u64, &String)| EvidenceEntry {
        index,
        leaf: leaf.clone(),
        proof: inclusion_proof(index, log.size(), &tiles).unwrap(),
    };
    (log.root(), (0..).zip(leaves).map(entry).collect())
}

fn statuses(cr_id: ConsentId, status: Digest) -> (Digest, StatusProof) {
    let subject = cr_id.to_string();
    let mut map = StatusMap::at(Digest::ZERO);
    let keys = ["cns_other", &subject].map(StatusKey::of);
    while let [path, ..] = map.missing(&keys).as_slice() {
        map.load(path, None).unwrap();
    }
    let [other, own] = keys;
    let root = map.apply([(other, Digest::of(b"other")), (own, status)]);
    (root, map.prove(&subject).unwrap())
}

/// Replaces every statement in a value by its parts.
fn take_apart(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(statement) = statement_parts(text) {
                *value = statement;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(take_apart),
        Value::Object(members) => members.values_mut().for_each(take_apart),
        _ => {}
    }
}

fn statement_parts(compact: &str) -> Option<Value> {
    let segments: Vec<&str> = compact.split('.').collect();
    let [header, payload, _] = segments.as_slice() else {
        return None;
    };
    let parse = |segment| serde_json::from_slice(&base64url::decode(segment).ok()?).ok();
    let (header, mut payload): (Value, Value) = (parse(header)?, parse(payload)?);
    take_apart(&mut payload);
    Some(json!({"header": header, "payload": payload, "was": digest_of(compact)}))
}

/// Whether an object is a statement that was taken apart.
pub(crate) fn is_statement(members: &Map<String, Value>) -> bool {
    ["header", "payload", "was"]
        .iter()
        .all(|part| members.contains_key(*part))
}

/// Puts values together, the ones that others refer to first.
struct Joiner<'k> {
    keys: &'k Keys,
    /// New digests by old ones.
    renamed: BTreeMap<String, String>,
}

impl Joiner<'_> {
    /// The canonical text of a value.
    fn text(&mut self, value: &Value) -> String {
        String::from_utf8(canonical::encode(&self.join(value))).unwrap()
    }

    /// The canonical texts of the items of a list.
    fn texts(&mut self, list: &Value) -> Vec<String> {
        let items = list.as_array().unwrap();
        items.iter().map(|item| self.text(item)).collect()
    }

    fn join(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.renamed.get(text).unwrap_or(text)),
            Value::Array(items) => items.iter().map(|item| self.join(item)).collect(),
            Value::Object(members) if is_statement(members) => json!(self.sign(members)),
            Value::Object(members) => {
                let joined = members
                    .iter()
                    .map(|(name, item)| (name.clone(), self.join(item)));
                Value::Object(joined.collect())
            }
            other => other.clone(),
        }
    }

    fn sign(&mut self, statement: &Map<String, Value>) -> String {
        let [header, payload] = ["header", "payload"].map(|part| &statement[part]);
        let signer = self.keys.get(&key_id(&payload["signer"]));
        let named = header["kid"].as_str().and_then(|kid| self.keys.get(kid));
        let key = signer
            .or(named)
            .unwrap_or_else(|| self.keys.iter().next().unwrap());
        let segments = [self.join(header), self.join(payload)];
        let [header, payload] = segments.map(|s| base64url::encode(&canonical::encode(&s)));
        let mut signature = *key
            .sign(format!("{header}.{payload}").as_bytes())
            .as_bytes();
        if statement.contains_key("broken") {
            signature[40] ^= 1;
        }
        let compact = format!("{header}.{payload}.{}", base64url::encode(&signature));
        let was = statement["was"].as_str().unwrap();
        self.renamed.insert(was.to_owned(), digest_of(&compact));
        compact
    }
}
