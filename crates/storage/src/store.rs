//! The store itself: who may write, and when nobody may any more.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assent_ledger::block::BlockHeader;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};

use crate::error::StoreError;
use crate::open::{self, Engine, Opened};

/// Where a store is.
///
/// The address may hold a password and is not shown.
#[derive(Clone)]
pub struct StoreConfig {
    /// `sqlite:PATH`, created where it does not exist, or a `postgres://` URL of an existing
    /// database.
    pub url: String,
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreConfig(..)")
    }
}

/// How the next durable write fails, for tests and for the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: the write never becomes part of the store.
    Full,
    /// The sync fails: the write is reported lost, and may be there after a restart.
    Sync,
}

/// The one SQL store of a node.
///
/// Reads run beside each other and beside a write; writes queue for one connection. A `Store` is
/// shared by reference.
pub struct Store {
    pub(crate) writer: DatabaseConnection,
    pub(crate) readers: DatabaseConnection,
    /// The newest block, so that asking for it costs no query.
    head: Mutex<Option<BlockHeader>>,
    poisoned: Arc<AtomicBool>,
    fault: Mutex<Option<Fault>>,
    /// Last, so that the lock is given up when all else is.
    pub(crate) engine: Engine,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store(..)")
    }
}

impl Store {
    /// Opens a store and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::Locked`] where another node has it open,
    /// [`StoreError::NewerSchema`], or what the database reports.
    pub async fn open(config: &StoreConfig) -> Result<Store, StoreError> {
        let poisoned = Arc::new(AtomicBool::new(false));
        let Opened {
            writer,
            readers,
            engine,
        } = open::open(&config.url, &poisoned).await?;
        let store = Store {
            writer,
            readers,
            head: Mutex::new(None),
            poisoned,
            fault: Mutex::new(None),
            engine,
        };
        let newest = store.newest_block().await?;
        *store.locked_head() = newest;
        Ok(store)
    }

    /// Closes the store: waits for what runs, moves the write-ahead log into the file, gives up the
    /// lock. A store that is only dropped loses nothing either.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close_by_ref().await?;
        if let Engine::Postgres = self.engine {
            // The server would take a moment to notice that the connection is gone.
            open::give_up_advisory_lock(&self.writer).await?;
        }
        self.writer.close_by_ref().await?;
        Ok(())
    }

    /// Makes the next durable write ([`Store::commit_block`], [`Store::append_receipts`]) fail.
    pub fn inject(&self, fault: Fault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// Whether the store refuses writes because one of them failed. It has to be opened again.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::SeqCst)
    }

    pub(crate) fn locked_head(&self) -> MutexGuard<'_, Option<BlockHeader>> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses all writes from now on.
    fn poison(&self) {
        if !self.poisoned.swap(true, Ordering::SeqCst) {
            tracing::error!(
                "a write failed: the store refuses all others until it is opened again"
            );
        }
    }

    /// The connection that writes, unless the store is poisoned.
    pub(crate) fn writer(&self) -> Result<&DatabaseConnection, StoreError> {
        if self.is_poisoned() {
            Err(StoreError::Poisoned)
        } else {
            Ok(&self.writer)
        }
    }

    /// Starts a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            // Takes the lock at once: a transaction that only comes to it later can be refused.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.writer()?.begin_with_options(options).await;
        self.judged(transaction)
    }

    /// Starts a transaction that must succeed for any other write to be allowed.
    pub(crate) async fn begin_durable(&self) -> Result<DurableWrite<'_>, StoreError> {
        self.writer()?;
        let guard = PoisonUnlessDisarmed(Some(self));
        let transaction = self.begin().await?;
        Ok(DurableWrite { transaction, guard })
    }

    /// What an ordinary write led to. A full or failing disk makes all that follows doubtful,
    /// whoever met it first.
    pub(crate) fn judged<T>(&self, result: Result<T, DbErr>) -> Result<T, StoreError> {
        result.map_err(|error| {
            let error = StoreError::from(error);
            if error.is_failing_disk() {
                self.poison();
            }
            error
        })
    }

    /// Runs one statement as a write of its own; the number of rows it changed.
    pub(crate) async fn execute<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<u64, StoreError> {
        let done = self
            .writer()?
            .execute_raw(self.statement(sql, values))
            .await;
        self.judged(done)
            .map(|result: ExecResult| result.rows_affected())
    }

    /// Reads rows.
    pub(crate) async fn select<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self
            .readers
            .query_all_raw(self.statement(sql, values))
            .await?)
    }

    /// A statement of constant text. Both engines understand `$1`.
    pub(crate) fn statement<const N: usize>(
        &self,
        sql: &'static str,
        values: [Value; N],
    ) -> Statement {
        Statement::from_sql_and_values(self.writer.get_database_backend(), sql, values)
    }
}

/// A transaction whose failure nobody may take lightly.
///
/// After a failed sync the system may forget that pages never reached the disk, so that a second
/// try reports success for data that is lost. Therefore anything but a reported commit, a
/// cancelled future included, ends all writing.
pub(crate) struct DurableWrite<'store> {
    pub(crate) transaction: DatabaseTransaction,
    guard: PoisonUnlessDisarmed<'store>,
}

impl DurableWrite<'_> {
    /// Commits; returns once the disk has everything.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let store = self.guard.0.expect("only a commit disarms the guard");
        let fault = store
            .fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if fault == Some(Fault::Full) {
            return Err(StoreError::Full);
        }
        self.transaction.commit().await?;
        if fault == Some(Fault::Sync) {
            return Err(StoreError::Io("injected".to_owned()));
        }
        self.guard.0 = None;
        Ok(())
    }
}

struct PoisonUnlessDisarmed<'store>(Option<&'store Store>);

impl Drop for PoisonUnlessDisarmed<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.0 {
            store.poison();
        }
    }
}
