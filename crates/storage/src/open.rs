//! Opening a store: connections, the lock against a second node, the schema.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqlxPostgresConnector, SqlxSqliteConnector,
    Statement,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor};

use crate::error::StoreError;
use crate::row::Row;

/// Connections that read, beside the one that writes.
const READERS: u32 = 4;
/// How long a write waits for its turn.
const TURN: Duration = Duration::from_mins(1);
/// How long a statement waits for a lock that somebody outside this process holds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Prepared statements that a connection keeps; there are fewer.
const STATEMENTS: u16 = 256;

/// Bytes of a page of SQLite. Measured: twice the usual size makes a block a tenth cheaper. The file
/// is not mapped into memory: that is no faster here, and a disk that fails would kill the process
/// where it can report an error.
const PAGE_SIZE: u32 = 8192;
/// Pages that wait in the write-ahead log until they are moved: 32 MiB. Measured: half of that makes
/// a block a seventh dearer, twice that no cheaper, and the block that moves them waits twice as long.
const PAGES_PER_CHECKPOINT: u32 = 4096;
/// Kibibytes of pages that the writer keeps in memory; a reader keeps an eighth.
const WRITER_CACHE_KIB: u32 = 65_536;

/// "assent" in ASCII: the name of the advisory lock in a PostgreSQL database.
const ADVISORY_LOCK: i64 = 0x6173_7365_6e74;

/// What is open: who writes, who reads, and what keeps others out.
pub(crate) struct Opened {
    pub(crate) writer: DatabaseConnection,
    pub(crate) readers: DatabaseConnection,
    pub(crate) engine: Engine,
}

/// What differs between the engines beside their SQL.
pub(crate) enum Engine {
    /// The file, and the lock beside it.
    Sqlite {
        path: PathBuf,
        _lock: File,
    },
    Postgres,
}

/// Opens what `url` names. `poisoned` is raised when the lock is lost.
pub(crate) async fn open(url: &str, poisoned: &Arc<AtomicBool>) -> Result<Opened, StoreError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.contains(":memory:") {
            return Err(StoreError::Address);
        }
        open_sqlite(Path::new(path)).await
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        open_postgres(url, poisoned).await
    } else {
        Err(StoreError::Address)
    }
}

async fn open_sqlite(path: &Path) -> Result<Opened, StoreError> {
    let lock = lock_beside(path)?;
    create_private(path)?;
    let options = sqlite_options(path).pragma("cache_size", format!("-{WRITER_CACHE_KIB}"));
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    let writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    crate::migration::migrate(&writer).await?;

    let options = sqlite_options(path)
        .read_only(true)
        .pragma("cache_size", format!("-{}", WRITER_CACHE_KIB / 8));
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    Ok(Opened {
        writer,
        readers: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool),
        engine: Engine::Sqlite {
            path: path.to_owned(),
            _lock: lock,
        },
    })
}

/// One connection that only reads a file which another process has open. Takes no lock and touches
/// no schema.
pub(crate) async fn beside(path: &Path) -> Result<DatabaseConnection, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN)
        .connect_with(sqlite_options(path).read_only(true))
        .await?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// The file in the address of a SQLite store.
pub(crate) fn sqlite_path(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .page_size(PAGE_SIZE)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", PAGES_PER_CHECKPOINT.to_string())
        .statement_cache_capacity(STATEMENTS.into())
        // So many rows pass from the thread of the connection before it has to wait.
        .row_buffer_size(256)
        .disable_statement_logging()
}

/// Takes the lock file beside the database. It goes with the process, however that ends.
fn lock_beside(path: &Path) -> Result<File, StoreError> {
    let lock = private()
        .create(true)
        .truncate(false)
        .open(with_suffix(path, ".lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Creates the database for its owner alone; SQLite gives its side files the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    match private().create_new(true).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

/// How files are opened that nobody but their owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// `path` with something after its last character.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(path);
    path.push(suffix);
    path.into()
}

async fn open_postgres(url: &str, poisoned: &Arc<AtomicBool>) -> Result<Opened, StoreError> {
    let options: PgConnectOptions = url.parse()?;
    let options = options
        .application_name("assent")
        .statement_cache_capacity(STATEMENTS.into())
        .options([("lock_timeout", PATIENCE.as_millis().to_string())])
        .disable_statement_logging();
    let writer = postgres_writer(options.clone(), poisoned).await?;
    take_advisory_lock(&writer).await?;
    crate::migration::migrate(&writer).await?;

    let pool = PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN)
        .connect_with(options.options([("default_transaction_read_only", "on")]))
        .await?;
    Ok(Opened {
        writer,
        readers: SqlxPostgresConnector::from_sqlx_postgres_pool(pool),
        engine: Engine::Postgres,
    })
}

/// The one connection that writes. The advisory lock lives and dies with it: were it replaced in
/// silence, another node could have written meanwhile. So what replaces it may only read.
async fn postgres_writer(
    options: PgConnectOptions,
    poisoned: &Arc<AtomicBool>,
) -> Result<DatabaseConnection, StoreError> {
    let connected = Arc::new(AtomicBool::new(false));
    let poisoned = Arc::clone(poisoned);
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(TURN)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let replaces = connected.swap(true, Ordering::SeqCst);
            poisoned.fetch_or(replaces, Ordering::SeqCst);
            Box::pin(async move {
                if replaces {
                    connection
                        .execute("SET default_transaction_read_only = on")
                        .await?;
                }
                Ok(())
            })
        })
        .connect_with(options.options([("synchronous_commit", "on")]))
        .await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

async fn take_advisory_lock(writer: &DatabaseConnection) -> Result<(), StoreError> {
    let taken = advisory_lock(writer, "SELECT pg_try_advisory_lock($1)").await?;
    if taken {
        Ok(())
    } else {
        Err(StoreError::Locked)
    }
}

/// Lets another node open the store.
pub(crate) async fn give_up_advisory_lock(writer: &DatabaseConnection) -> Result<(), StoreError> {
    advisory_lock(writer, "SELECT pg_advisory_unlock($1)").await?;
    Ok(())
}

async fn advisory_lock(
    writer: &DatabaseConnection,
    function: &'static str,
) -> Result<bool, StoreError> {
    let values = [ADVISORY_LOCK.into()];
    let call = Statement::from_sql_and_values(DbBackend::Postgres, function, values);
    writer
        .query_one_raw(call)
        .await?
        .ok_or(StoreError::Corrupt)?
        .column(0)
}
