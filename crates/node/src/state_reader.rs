//! Reads committed state for handlers, through a cache that every block keeps true.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use assent_exchange::collection::Piece;
use assent_model::machine::StateKey;
use assent_storage::{Store, StoreError};

use crate::history::read_together;

/// The most pieces that are kept.
const CACHED_PIECES: usize = 100_000;
/// How many pieces are read at once.
const READ_AT_ONCE: usize = 500;

type Cached = Option<Arc<dyn Any + Send + Sync>>;

/// So many pieces are decoded where they are read; of more, other threads take their share.
const FEW: usize = 64;

/// Decodes pieces as they are stored. Many hold up no other request.
async fn decoded<P>(
    stored: Vec<(StateKey, Option<Vec<u8>>)>,
) -> Result<Vec<(StateKey, Cached)>, StoreError>
where
    P: Piece + Send + Sync + 'static,
{
    let one = |(key, bytes): &(StateKey, Option<Vec<u8>>)| -> Result<_, StoreError> {
        let bytes = bytes.as_deref();
        let piece = bytes.map(|bytes| serde_json::from_slice::<P>(bytes).map(Arc::new));
        let piece = piece.transpose().map_err(|_| StoreError::Corrupt)?;
        let piece = piece.map(|piece| piece as Arc<dyn Any + Send + Sync>);
        Ok((key.clone(), piece))
    };
    if stored.len() <= FEW {
        return stored.iter().map(one).collect();
    }
    let read = tokio::task::spawn_blocking(move || read_together(&stored, one));
    read.await.unwrap_or(Err(StoreError::Corrupt))
}

#[derive(Default)]
struct Cache {
    /// Grows with each block, so that what was read before a block is not cached after it.
    epoch: u64,
    pieces: HashMap<StateKey, Cached>,
}

/// A handle to committed state.
#[derive(Clone)]
pub struct StateReader {
    store: Arc<Store>,
    cache: Arc<Mutex<Cache>>,
}

impl StateReader {
    /// A reader with an empty cache.
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            cache: Arc::default(),
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache
            .lock()
            .expect("nothing panics while it holds the cache")
    }

    /// The piece with this id as of the newest durable block, or `None` where there is none.
    ///
    /// # Errors
    /// The store cannot be read, or what is in it is not a piece.
    pub async fn get<P>(&self, id: &P::Id) -> Result<Option<Arc<P>>, StoreError>
    where
        P: Piece + Send + Sync + 'static,
    {
        let key = StateKey::new(P::KIND, id);
        let epoch = {
            let cache = self.cache();
            if let Some(cached) = cache.pieces.get(&key) {
                let piece = cached
                    .clone()
                    .map(|piece| piece.downcast::<P>().expect("a key names one kind"));
                return Ok(piece);
            }
            cache.epoch
        };
        let stored = self.store.state(std::slice::from_ref(&key)).await?;
        let bytes = stored.into_iter().next().and_then(|(_, value)| value);
        let piece = bytes
            .map(|bytes| serde_json::from_slice::<P>(&bytes).map(Arc::new))
            .transpose()
            .map_err(|_| StoreError::Corrupt)?;
        let mut cache = self.cache();
        if cache.epoch == epoch {
            if cache.pieces.len() >= CACHED_PIECES {
                cache.pieces.clear();
            }
            cache.pieces.insert(
                key,
                piece
                    .clone()
                    .map(|piece| piece as Arc<dyn Any + Send + Sync>),
            );
        }
        Ok(piece)
    }

    /// The pieces with these ids, in their order, as [`Self::get`] would say: those that are not in
    /// the cache are read together.
    ///
    /// # Errors
    /// As for [`Self::get`].
    pub async fn get_all<P>(&self, ids: &[P::Id]) -> Result<Vec<Option<Arc<P>>>, StoreError>
    where
        P: Piece + Send + Sync + 'static,
    {
        let mut fresh: HashMap<StateKey, Cached> = HashMap::new();
        let (epoch, unknown) = {
            let cache = self.cache();
            let keys = ids.iter().map(|id| StateKey::new(P::KIND, id));
            let unknown: Vec<_> = keys.filter(|key| !cache.pieces.contains_key(key)).collect();
            (cache.epoch, unknown)
        };
        for some in unknown.chunks(READ_AT_ONCE) {
            let stored = self.store.state(some).await?;
            let read = decoded::<P>(stored).await?;
            fresh.extend(read.iter().cloned());
            let mut cache = self.cache();
            if cache.epoch == epoch {
                if cache.pieces.len() + read.len() > CACHED_PIECES {
                    cache.pieces.clear();
                }
                cache.pieces.extend(read);
            }
        }
        let mut pieces = Vec::with_capacity(ids.len());
        for id in ids {
            let piece = match fresh.remove(&StateKey::new(P::KIND, id)) {
                Some(piece) => piece.map(|piece| piece.downcast().expect("a key names one kind")),
                None => self.get(id).await?,
            };
            pieces.push(piece);
        }
        Ok(pieces)
    }

    /// Forgets pieces that a block has changed. Called after the block is durable and before
    /// anybody is told of it.
    pub fn invalidate<'keys>(&self, keys: impl Iterator<Item = &'keys StateKey>) {
        let mut cache = self.cache();
        cache.epoch += 1;
        for key in keys {
            cache.pieces.remove(key);
        }
    }
}
