//! All households, by the digest of the session that each has here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use assent_model::records::consent::ResourceSet;
use tokio::sync::watch;

use crate::household::{Phase, Record, RecordDamaged};
use crate::now;
use crate::store::{Store, StoreError};

/// The most households. Whoever comes after has to wait until somebody leaves.
const HOUSEHOLDS_MAX: usize = 10_000;

/// How long a node may be silent about a consent until nothing that was read counts as of now.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// How long somebody who has linked nothing is remembered at least. Then others may need the place.
const NEWCOMER_KEPT: Duration = Duration::from_hours(1);

/// What a browser shows to say which session it has: 32 random bytes. Only its digest is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// What a cookie holds; `None` for what no session was ever named.
    pub fn parse(text: &str) -> Option<Self> {
        let is_secret = base64url::decode_array::<32>(text).is_ok();
        is_secret.then(|| Self(text.to_owned()))
    }

    /// As it stands in the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn name(&self) -> String {
        Digest::of(self.0.as_bytes()).to_string()
    }
}

/// One household.
#[derive(Debug)]
pub struct Household {
    name: Mutex<String>,
    record: Mutex<Record>,
    /// Whether what is on the disk is what is here.
    is_kept: AtomicBool,
    /// When the node last showed its consent to this process; `None` until it has.
    heard: Mutex<Option<Instant>>,
    /// Within what everything lies that is known of it, since this was last looked at.
    within: Mutex<Option<ResourceSet>>,
    is_read: AtomicBool,
    changed: watch::Sender<u64>,
    begun: Instant,
}

impl Household {
    fn new(name: String, record: Record) -> Arc<Self> {
        Arc::new(Self {
            name: Mutex::new(name),
            record: Mutex::new(record),
            is_kept: AtomicBool::new(false),
            heard: Mutex::default(),
            within: Mutex::default(),
            is_read: AtomicBool::new(false),
            changed: watch::Sender::new(0),
            begun: Instant::now(),
        })
    }

    /// Whether nothing came of it, for so long that its place may be given to others.
    fn is_stale(&self) -> bool {
        let record = self.record();
        let has_nothing = record.link.is_none() && record.access.is_none();
        has_nothing && self.begun.elapsed() >= NEWCOMER_KEPT
    }

    fn name(&self) -> MutexGuard<'_, String> {
        self.name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept of it.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it stands, as far as this can be told now.
    pub fn phase(&self) -> Phase {
        match self.record().phase_at(now()) {
            Phase::Reading if !self.is_heard_of() => Phase::Unreachable,
            phase => phase,
        }
    }

    /// The node shows the consent.
    pub(crate) fn heard(&self) {
        self.heard_at(Instant::now());
    }

    /// Whether the node showed the consent lately.
    pub(crate) fn is_heard_of(&self) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.is_some_and(|heard| heard.elapsed() < SILENCE_MAX)
    }

    fn heard_at(&self, at: Instant) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    #[cfg(test)]
    pub(crate) fn last_heard(&self, before: Duration) {
        let heard = Instant::now()
            .checked_sub(before)
            .expect("it is not that early");
        self.heard_at(heard);
    }

    /// Whether nothing that is known of it lies outside of this.
    pub(crate) fn is_within(&self, allowed: &ResourceSet) -> bool {
        let within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        within.as_ref() == Some(allowed)
    }

    /// Nothing that is known of it lies outside of this.
    pub(crate) fn narrowed_to(&self, allowed: ResourceSet) {
        *self.within.lock().unwrap_or_else(PoisonError::into_inner) = Some(allowed);
    }

    /// Whether everything that is known of it is on the disk, and nothing else.
    pub(crate) fn is_kept(&self) -> bool {
        self.is_kept.load(Ordering::SeqCst)
    }

    /// Changes what is kept, and tells whoever looks.
    pub fn change<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        let outcome = {
            let mut record = self.record();
            self.is_kept.store(false, Ordering::SeqCst);
            change(&mut record)
        };
        self.tell();
        outcome
    }

    /// Tells whoever looks to look again.
    fn tell(&self) {
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Whether the caller is the one who reads for it from now on.
    pub(crate) fn begin_reading(&self) -> bool {
        !self.is_read.swap(true, Ordering::SeqCst)
    }

    /// Nobody reads for it any more.
    pub(crate) fn end_reading(&self) {
        self.is_read.store(false, Ordering::SeqCst);
    }

    /// Tells when something has changed.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// All households, and where they are kept.
#[derive(Debug)]
pub struct Households {
    store: Store,
    all: RwLock<BTreeMap<String, Arc<Household>>>,
}

/// Why households cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum HouseholdsError {
    /// The data directory fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A household is damaged.
    #[error(transparent)]
    Record(#[from] RecordDamaged),
    /// There are too many.
    #[error("there are too many households")]
    TooMany,
}

impl Households {
    /// Those that are kept.
    ///
    /// # Errors
    /// See [`HouseholdsError`].
    pub fn open(store: Store) -> Result<Self, HouseholdsError> {
        let mut all = BTreeMap::new();
        for (name, bytes) in store.households()? {
            let household = Household::new(name.clone(), Record::from_bytes(&bytes)?);
            all.insert(name, household);
        }
        Ok(Self {
            store,
            all: RwLock::new(all),
        })
    }

    /// The household of a session.
    pub fn find(&self, secret: &SessionSecret) -> Option<Arc<Household>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.get(&secret.name()).cloned()
    }

    /// A new session, and the household that it is of.
    ///
    /// # Errors
    /// [`HouseholdsError::TooMany`].
    pub fn begin(&self) -> Result<(SessionSecret, Arc<Household>), HouseholdsError> {
        let secret = SessionSecret(base64url::encode(&random_bytes::<32>()));
        let household = Household::new(secret.name(), Record::default());
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= HOUSEHOLDS_MAX {
            all.retain(|name, household| {
                let is_kept = !household.is_stale();
                is_kept || self.store.remove(name).is_err()
            });
            self.store.sync()?;
        }
        if all.len() >= HOUSEHOLDS_MAX {
            return Err(HouseholdsError::TooMany);
        }
        all.insert(secret.name(), Arc::clone(&household));
        Ok((secret, household))
    }

    /// Gives up a session of which nothing came.
    ///
    /// # Errors
    /// The data directory fails; it stays then.
    pub fn give_up(&self, secret: &SessionSecret) -> Result<(), StoreError> {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        self.store.forget(&secret.name())?;
        all.remove(&secret.name());
        Ok(())
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<Household>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    /// Keeps a household as it is now.
    ///
    /// # Errors
    /// The data directory fails.
    pub fn keep(&self, household: &Household) -> Result<(), StoreError> {
        // Under its lock: of two that keep it, the later keeps what is newer.
        let record = household.record();
        let name = household.name();
        self.store.keep(&name, &record.to_bytes())?;
        household.is_kept.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// A new secret for a household, in the place of the one that it had: whoever knew that one, and may
    /// have given it to the person, has nothing from then on.
    ///
    /// # Errors
    /// The data directory fails; the old one stays then.
    pub fn renew(&self, household: &Arc<Household>) -> Result<SessionSecret, StoreError> {
        let secret = SessionSecret(base64url::encode(&random_bytes::<32>()));
        {
            let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
            let record = household.record();
            let mut name = household.name();
            self.move_kept(&name, &secret.name(), &record)
                .inspect_err(|_| household.is_kept.store(false, Ordering::SeqCst))?;
            all.remove(&*name);
            *name = secret.name();
            all.insert(secret.name(), Arc::clone(household));
        }
        // Pages that are open under the old one find that it is nobody's.
        household.tell();
        Ok(secret)
    }

    /// Moves what is kept of a household to another name. Where that fails, it stays as far as it can be
    /// kept.
    fn move_kept(&self, old: &str, new: &str, record: &Record) -> Result<(), StoreError> {
        let bytes = record.to_bytes();
        let moved = self.store.keep(new, &bytes);
        let moved = moved.and_then(|()| self.store.forget(old));
        if moved.is_err() {
            let back = self.store.keep(old, &bytes);
            let undone = self.store.forget(new);
            if back.and(undone).is_err() {
                tracing::error!(
                    "a household may be kept twice, or not at all, until it is kept anew"
                );
            }
        }
        moved
    }
}
