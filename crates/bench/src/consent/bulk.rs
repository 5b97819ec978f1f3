//! Many records of one person, written straight into the store of a node that stands still.
//!
//! They are copies, under ids of their own, of one pair that was really given: consents with their
//! log entries, lists and statuses, in blocks that continue the chain. Only the signatures in the
//! copied log entries are those of the first pair; no decision reads them.

use std::path::Path;
use std::vec;

use assent_exchange::collection::Piece;
use assent_exchange::consent::committed;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Consent, Role};
use assent_exchange::event::Event;
use assent_exchange::link::state::{ACTIVE_CONSENTS_MAX, Link};
use assent_ledger::block::{BlockHeader, LogEntry};
use assent_ledger::checkpoint::app_hash;
use assent_ledger::merkle::{Appender, edge_tiles_needed, leaf_hash};
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::{StatusKey, StatusMap};
use assent_model::ids::{ConsentId, LinkId, SurrogateId};
use assent_model::machine::{Change, StateKey};
use assent_storage::{BlockCommit, Listing, Store, StoreConfig};

use crate::Outcome;

/// How many records a block takes.
const BLOCK: usize = 16_384;

/// One record of the pair that is copied.
struct Original {
    consent: Consent,
    given: Event,
}

/// Writes copies of the pair of `source_id` until there are `records`. Returns those of the
/// source. Each link is under the next of the pseudonyms, and under a new one when they are used up.
pub(crate) async fn load(
    data_dir: &Path,
    source_id: ConsentId,
    records: usize,
    pseudonyms: Vec<SurrogateId>,
) -> Outcome<Vec<ConsentId>> {
    let url = format!("sqlite:{}", data_dir.join("assent.sqlite").display());
    let store = Store::open(&StoreConfig { url }).await?;
    let mut copies = Copies::open(&store, source_id, pseudonyms).await?;
    let mut sources = Vec::with_capacity(records / 2);
    while sources.len() < records / 2 {
        let pairs = (records / 2 - sources.len()).min(BLOCK / 2);
        sources.extend(copies.write_block(&store, pairs).await?);
    }
    store.close().await?;
    Ok(sources)
}

struct Copies {
    head: BlockHeader,
    log: Appender,
    statuses: StatusMap,
    sink: Original,
    source: Original,
    /// The link of the pair, and that of the copies at the moment.
    original_link: Link,
    link: (LinkId, SurrogateId),
    on_link: i64,
    /// Pseudonyms for links to come.
    pseudonyms: vec::IntoIter<SurrogateId>,
}

impl Copies {
    async fn open(
        store: &Store,
        source_id: ConsentId,
        pseudonyms: Vec<SurrogateId>,
    ) -> Outcome<Self> {
        let head = store.head().ok_or("the node has no blocks")?;
        let edge = edge_tiles_needed(head.log_size);
        let edge: Vec<_> = edge.iter().map(|tile| (tile.level, tile.index)).collect();
        let log = Appender::resume(head.log_size, store.tiles(&edge).await?)?;
        let source = Original::read(store, source_id).await?;
        let sink_id = source.consent.role.counterpart().ok_or("not a pair")?;
        let sink = Original::read(store, sink_id).await?;
        let link = sink.consent.role.link().ok_or("not a sink")?;
        Ok(Self {
            statuses: StatusMap::at(head.status_root),
            original_link: piece(store, &link).await?,
            link: (link, sink.consent.surrogate),
            on_link: ACTIVE_CONSENTS_MAX,
            pseudonyms: pseudonyms.into_iter(),
            head,
            log,
            sink,
            source,
        })
    }

    async fn write_block(&mut self, store: &Store, pairs: usize) -> Outcome<Vec<ConsentId>> {
        let mut commit = BlockCommit::new(BlockHeader {
            height: self.head.height + 1,
            ..self.head.clone()
        });
        let mut statuses = Vec::new();
        let mut sources = Vec::new();
        for _ in 0..pairs {
            let (sink_id, source_id) = (ConsentId::random(), ConsentId::random());
            let link = self.link_with_room(&mut commit);
            let [sink, source] = self.consents(sink_id, source_id, link);
            self.add(&mut commit, sink_id, &sink, &self.sink.given.clone());
            self.add(&mut commit, source_id, &source, &self.source.given.clone());
            for (id, consent) in [(sink_id, sink), (source_id, source)] {
                let status = committed(consent.head, consent.status);
                statuses.push((StatusKey::of(&id.to_string()), status));
            }
            sources.push(source_id);
        }
        self.load_nodes(store, statuses.iter().map(|(key, _)| key))
            .await?;
        let status_root = self.statuses.apply(statuses);
        let log_root = self.log.root();
        commit.header.log_size = self.log.size();
        commit.header.log_root = log_root;
        commit.header.status_root = status_root;
        commit.header.app_hash = app_hash(&log_root, &status_root);
        commit.tiles = self.log.drain_tiles();
        commit.nodes = self.statuses.drain_changes();
        self.head = commit.header.clone();
        store.commit_block(commit).await?;
        Ok(sources)
    }

    /// A link that can take one more consent: each is another pseudonym of the person.
    fn link_with_room(&mut self, commit: &mut BlockCommit) -> (LinkId, SurrogateId) {
        if self.on_link == ACTIVE_CONSENTS_MAX {
            self.on_link = 0;
            let pseudonym = self.pseudonyms.next();
            let pseudonym = pseudonym.unwrap_or_else(SurrogateId::random);
            self.link = (LinkId::random(), pseudonym);
            let link = Link {
                surrogate: self.link.1,
                active_consents: ACTIVE_CONSENTS_MAX,
                ..self.original_link.clone()
            };
            commit.changes.push(change(&self.link.0, &link));
            commit.listings.push(Listing {
                list: format!("{pseudonym}/links"),
                member: self.link.0.to_string(),
                position: self.log.size(),
            });
        }
        self.on_link += 1;
        self.link
    }

    fn consents(
        &self,
        sink_id: ConsentId,
        source_id: ConsentId,
        (link, surrogate): (LinkId, SurrogateId),
    ) -> [Consent; 2] {
        let mut sink = self.sink.consent.clone();
        sink.surrogate = surrogate;
        if let Role::Sink {
            link: on,
            counterpart,
            ..
        } = &mut sink.role
        {
            (*on, *counterpart) = (link, source_id);
        }
        let mut source = self.source.consent.clone();
        source.surrogate = SurrogateId::random();
        if let Role::Source { counterpart, .. } = &mut source.role {
            *counterpart = sink_id;
        }
        [sink, source]
    }

    fn add(&mut self, commit: &mut BlockCommit, id: ConsentId, consent: &Consent, given: &Event) {
        let index = self.log.size();
        let content = LeafContent {
            event: given,
            height: commit.header.height,
            index,
            time: commit.header.time,
        };
        let bytes = content.encode();
        let leaf_hash = leaf_hash(&bytes);
        self.log.append(leaf_hash);
        commit.entries.push(LogEntry {
            index,
            bytes,
            leaf_hash,
        });
        commit.changes.push(change(&id, consent));
        commit.subjects.push((id.to_string(), index));
        for owner in [
            consent.surrogate.to_string(),
            consent.service.service_id.to_string(),
        ] {
            commit.listings.push(Listing {
                list: format!("{owner}/consents"),
                member: id.to_string(),
                position: index,
            });
        }
    }

    /// Loads what the status map needs on the way to these keys.
    async fn load_nodes<'keys>(
        &mut self,
        store: &Store,
        keys: impl Iterator<Item = &'keys StatusKey> + Clone,
    ) -> Outcome<()> {
        loop {
            let paths = self.statuses.missing(keys.clone());
            if paths.is_empty() {
                return Ok(());
            }
            for (path, node) in store.nodes(&paths).await? {
                self.statuses.load(&path, node.as_deref())?;
            }
        }
    }
}

impl Original {
    async fn read(store: &Store, id: ConsentId) -> Outcome<Self> {
        let entries = store.entries_of(&id.to_string(), None, 16).await?;
        let given = entries.iter().find_map(|entry| {
            let leaf: LeafContent<Event> = LeafContent::decode(&entry.bytes).ok()?;
            let is_given = matches!(leaf.event, Event::Consent(ConsentEvent::Given { .. }));
            is_given.then_some(leaf.event)
        });
        Ok(Self {
            consent: piece(store, &id).await?,
            given: given.ok_or("the consent was never given")?,
        })
    }
}

async fn piece<P: Piece>(store: &Store, id: &P::Id) -> Outcome<P> {
    let key = StateKey::new(P::KIND, id);
    let stored = store.state(&[key]).await?;
    let bytes = stored.into_iter().next().and_then(|(_, value)| value);
    Ok(serde_json::from_slice(
        &bytes.ok_or("a piece is not there")?,
    )?)
}

fn change<P: Piece>(id: &P::Id, piece: &P) -> Change {
    Change {
        key: StateKey::new(P::KIND, id),
        value: Some(serde_json::to_vec(piece).expect("pieces have a JSON form")),
    }
}
