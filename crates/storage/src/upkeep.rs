//! What an operator does with a store: back it up, check it, weigh it.

use std::fs;
use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::error::StoreError;
use crate::open::{self, Engine};
use crate::row::Row;
use crate::store::{Store, StoreConfig};

/// What [`Store::check`] found to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The database says that its own structure is damaged.
    #[error("the database reports {count} structural faults")]
    Structure {
        /// How many faults it reports.
        count: usize,
    },
    /// Blocks are missing below the head.
    #[error("{found} of {expected} blocks are there")]
    Blocks {
        /// The height of the head less that of the first block, and one.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// The log has other entries than those below the size that the head says.
    #[error("{found} of {expected} log entries are there")]
    Entries {
        /// The size that the head says.
        expected: u64,
        /// How many there are at these positions.
        found: u64,
    },
    /// The tiles of a level do not hold as many hashes as the size of the log asks for.
    #[error("{found} of {expected} hashes of level {level} are there")]
    Tiles {
        /// The level.
        level: u8,
        /// How many hashes there should be.
        expected: u64,
        /// How many there are.
        found: u64,
    },
}

/// Copies a SQLite database: one statement, and so one snapshot.
async fn copy(from: &DatabaseConnection, path: &Path) -> Result<(), StoreError> {
    let name = path
        .to_str()
        .ok_or(StoreError::Unsupported("the path has to be UTF-8"))?;
    // SQLite writes into an empty file, which thereby keeps the mode that it is created with.
    let file = open::private().create_new(true).open(path)?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO $1", [name.into()]);
    if let Err(error) = from.execute_raw(vacuum).await {
        fs::remove_file(path)?;
        return Err(error.into());
    }
    file.sync_all()?;
    Ok(())
}

impl Store {
    /// Writes a consistent copy of the store, as it is now, to a file that does not exist yet. It
    /// can be opened as a store. Writes go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] on PostgreSQL; what the database or the system reports.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let Engine::Sqlite { .. } = self.engine else {
            return Err(StoreError::Unsupported("use pg_dump"));
        };
        copy(&self.readers, path).await
    }

    /// The same of a store that another process has open and goes on writing to. The copy is the
    /// store as of one block: every block that was committed before this was called is in it.
    ///
    /// # Errors
    /// As for [`Store::backup`]; also what the database reports where the other process has closed
    /// the store meanwhile.
    pub async fn backup_running(config: &StoreConfig, path: &Path) -> Result<(), StoreError> {
        let from = open::sqlite_path(&config.url).ok_or(StoreError::Unsupported("use pg_dump"))?;
        let connection = open::beside(from).await?;
        let copied = copy(&connection, path).await;
        connection.close().await?;
        copied
    }

    /// Checks the structure of the database, and that blocks, log and tiles are complete. Reads
    /// everything: it takes long on a large store.
    ///
    /// # Errors
    /// What the database reports where it cannot even be asked.
    pub async fn check(&self) -> Result<Vec<Damage>, StoreError> {
        let mut damages = Vec::new();
        if let Engine::Sqlite { .. } = self.engine {
            let answers = self.select("PRAGMA integrity_check", []).await?;
            let texts: Vec<String> = answers
                .iter()
                .map(|row| row.column(0))
                .collect::<Result<_, _>>()?;
            if texts != ["ok"] {
                damages.push(Damage::Structure { count: texts.len() });
            }
        }
        if let Some(head) = self.newest_block().await? {
            self.check_blocks(head.height, &mut damages).await?;
            self.check_log(head.log_size, &mut damages).await?;
        }
        Ok(damages)
    }

    async fn check_blocks(&self, head: u64, damages: &mut Vec<Damage>) -> Result<(), StoreError> {
        let rows = self
            .select("SELECT COUNT(*), MIN(height) FROM blocks", [])
            .await?;
        let row = rows.first().ok_or(StoreError::Corrupt)?;
        let (found, expected) = (row.number(0)?, head - row.number(1)? + 1);
        if found != expected {
            damages.push(Damage::Blocks { expected, found });
        }
        Ok(())
    }

    async fn check_log(&self, size: u64, damages: &mut Vec<Damage>) -> Result<(), StoreError> {
        const ENTRIES: &str = "SELECT COUNT(*) FROM entries WHERE position >= 0 AND position < $1";
        // A sum of lengths has another type than a length on PostgreSQL.
        const TILES: &str =
            "SELECT CAST(COALESCE(SUM(LENGTH(hashes)), 0) AS BIGINT) FROM tiles WHERE level = $1";
        let rows = self.select(ENTRIES, [crate::row::number(size)]).await?;
        let found = rows.first().ok_or(StoreError::Corrupt)?.number(0)?;
        if found != size {
            damages.push(Damage::Entries {
                expected: size,
                found,
            });
        }
        // A full tile of 256 hashes is one hash of the level above.
        let mut expected = size;
        for level in 0..u8::try_from(u64::BITS / 8).expect("eight levels") {
            let rows = self.select(TILES, [i64::from(level).into()]).await?;
            let found = rows.first().ok_or(StoreError::Corrupt)?.number(0)? / 32;
            if found != expected {
                damages.push(Damage::Tiles {
                    level,
                    expected,
                    found,
                });
            }
            expected /= 256;
        }
        Ok(())
    }

    /// How many bytes the store takes on the disk.
    ///
    /// # Errors
    /// What the database or the system reports.
    pub async fn size(&self) -> Result<u64, StoreError> {
        match &self.engine {
            Engine::Sqlite { path, .. } => {
                let log = fs::metadata(open::with_suffix(path, "-wal"));
                let log = log.map_or(0, |file| file.len());
                Ok(fs::metadata(path)?.len() + log)
            }
            Engine::Postgres => {
                let rows = self
                    .select("SELECT pg_database_size(current_database())", [])
                    .await?;
                rows.first().ok_or(StoreError::Corrupt)?.number(0)
            }
        }
    }
}
