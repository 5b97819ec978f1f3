//! Sealed bodies, and their erasure.
//!
//! Erasing has to leave no byte of a body in any file of the store. SQLite overwrites what is
//! deleted, but when deletions leave pages half empty it moves their neighbours together and may
//! leave copies of *those* behind, which nothing overwrites later. So no row of the vault is ever
//! deleted: it is appended, and emptied where it stands, which never moves another.

use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::bulk;
use crate::error::StoreError;
use crate::open::Engine;
use crate::row::Row;
use crate::store::Store;

/// A sealed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultEntry {
    /// Its id, never used again.
    pub id: String,
    /// With whom it is erased.
    pub owner: String,
    /// What it is, for who opens it.
    pub kind: String,
    /// The body, sealed by the caller.
    pub ciphertext: Vec<u8>,
}

impl Store {
    /// Puts a sealed body that belongs to no block.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where there is one with this id; [`StoreError::Poisoned`], or what
    /// the database reports.
    pub async fn vault_put(&self, entry: VaultEntry) -> Result<(), StoreError> {
        const ONE: &str = "INSERT INTO vault (id, owner, kind, ciphertext) VALUES ($1, $2, $3, $4)";
        let VaultEntry {
            id,
            owner,
            kind,
            ciphertext,
        } = entry;
        self.execute(
            ONE,
            [id.into(), owner.into(), kind.into(), ciphertext.into()],
        )
        .await?;
        Ok(())
    }

    /// A sealed body, unless it never was or is erased.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn vault_get(&self, id: &str) -> Result<Option<VaultEntry>, StoreError> {
        const ONE: &str = "SELECT id, owner, kind, ciphertext FROM vault WHERE id = $1";
        self.select(ONE, [id.into()])
            .await?
            .first()
            .map(vault_entry)
            .transpose()
    }

    /// All sealed bodies of an owner, oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn vault_of(&self, owner: &str) -> Result<Vec<VaultEntry>, StoreError> {
        const ALL: &str =
            "SELECT id, owner, kind, ciphertext FROM vault WHERE owner = $1 ORDER BY number";
        self.select(ALL, [owner.into()])
            .await?
            .iter()
            .map(vault_entry)
            .collect()
    }

    /// The sealed bodies of an owner that are of a kind, oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn vault_of_kind(
        &self,
        owner: &str,
        kind: &str,
    ) -> Result<Vec<VaultEntry>, StoreError> {
        const SOME: &str = "SELECT id, owner, kind, ciphertext FROM vault \
            WHERE owner = $1 AND kind = $2 ORDER BY number";
        self.select(SOME, [owner.into(), kind.into()])
            .await?
            .iter()
            .map(vault_entry)
            .collect()
    }

    /// Erases all sealed bodies of an owner.
    ///
    /// On SQLite no file of the store holds their bytes when this returns (their ids, which are
    /// pseudonyms, may linger). On PostgreSQL no query finds them, and the room that they took is
    /// given back to be overwritten; the server's own write-ahead log, backups and `VACUUM FULL`
    /// are in the hands of its administrator.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`]; what the database reports; [`StoreError::Busy`] where the bodies
    /// are erased but readers kept their bytes in the write-ahead log: to be called again.
    pub async fn vault_erase(&self, owner: &str) -> Result<(), StoreError> {
        const EMPTY: &str =
            "UPDATE vault SET id = NULL, owner = NULL, kind = '', ciphertext = '' WHERE owner = $1";
        self.execute(EMPTY, [owner.into()]).await?;
        self.shred().await
    }

    /// Erases the sealed bodies with these ids. See [`Store::vault_erase`].
    ///
    /// # Errors
    /// As for [`Store::vault_erase`].
    pub async fn vault_erase_ids(&self, ids: &[String]) -> Result<(), StoreError> {
        const EMPTY: &str =
            "UPDATE vault SET id = NULL, owner = NULL, kind = '', ciphertext = '' WHERE id";
        let transaction = self.begin().await?;
        let ids = ids.iter().map(|id| Value::from(id.as_str())).collect();
        let emptied = bulk::execute_in(&transaction, EMPTY, ids).await;
        self.judged(emptied)?;
        self.judged(transaction.commit().await)?;
        self.shred().await
    }

    /// Rids the files of what no row holds any more.
    async fn shred(&self) -> Result<(), StoreError> {
        match self.engine {
            Engine::Sqlite { .. } => {
                let checkpoint = self.statement("PRAGMA wal_checkpoint(TRUNCATE)", []);
                let answer = self.writer()?.query_one_raw(checkpoint).await;
                let answer = self.judged(answer)?.ok_or(StoreError::Corrupt)?;
                let blocked: i64 = answer.column(0)?;
                if blocked == 0 {
                    Ok(())
                } else {
                    Err(StoreError::Busy)
                }
            }
            Engine::Postgres => {
                // On a reader, so that writes need not wait for it.
                self.readers.execute_unprepared("VACUUM vault").await?;
                Ok(())
            }
        }
    }
}

fn vault_entry(row: &QueryResult) -> Result<VaultEntry, StoreError> {
    Ok(VaultEntry {
        id: row.column(0)?,
        owner: row.column(1)?,
        kind: row.column(2)?,
        ciphertext: row.column(3)?,
    })
}
