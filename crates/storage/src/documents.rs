//! What concerns this node alone: accounts, contacts, endpoints, drafts, idempotency keys.
//!
//! A document is opaque to the store and should be sealed by the caller where it is personal. What
//! is deleted is overwritten, but only the vault promises that no copy lingers in a file.

use assent_model::time::Timestamp;
use sea_orm::{ConnectionTrait, QueryResult, Value};

use crate::bulk::{self, Table};
use crate::error::StoreError;
use crate::row::{Row, instant, number};
use crate::store::Store;

/// A document as it is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is, such as `account`.
    pub kind: String,
    /// Its name among those of its kind.
    pub id: String,
    /// Whose it is; empty where nobody's.
    pub owner: String,
    /// When it may be purged.
    pub expires_at: Option<Timestamp>,
    /// The content.
    pub body: Vec<u8>,
}

/// A document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// How often it was put: 1 when it is new. To be used as `ETag`.
    pub revision: u64,
    /// The document.
    pub document: Document,
}

const DOCUMENTS: Table<6> = Table {
    name: "documents",
    columns: ["kind", "id", "owner", "revision", "expires_at", "body"],
    conflict: "ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, \
        revision = documents.revision + 1, expires_at = excluded.expires_at, body = excluded.body",
};

impl Store {
    /// The document of a kind with an id.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn document(
        &self,
        kind: &str,
        id: &str,
    ) -> Result<Option<StoredDocument>, StoreError> {
        const ONE: &str = "SELECT revision, kind, id, owner, expires_at, body FROM documents \
            WHERE kind = $1 AND id = $2";
        self.select(ONE, [kind.into(), id.into()])
            .await?
            .first()
            .map(stored)
            .transpose()
    }

    /// The documents of a kind in the order of their ids, at most `limit`, from the first after
    /// the id `after` (empty for the first page).
    ///
    /// # Errors
    /// What the database reports.
    pub async fn documents(
        &self,
        kind: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        const SOME: &str = "SELECT revision, kind, id, owner, expires_at, body FROM documents \
            WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3";
        let rows = self
            .select(SOME, [kind.into(), after.into(), limit.into()])
            .await?;
        rows.iter().map(stored).collect()
    }

    /// As [`Store::documents`], of one owner.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn documents_of(
        &self,
        kind: &str,
        owner: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        const SOME: &str = "SELECT revision, kind, id, owner, expires_at, body FROM documents \
            WHERE kind = $1 AND owner = $2 AND id > $3 ORDER BY id LIMIT $4";
        let place = [kind.into(), owner.into(), after.into(), limit.into()];
        self.select(SOME, place).await?.iter().map(stored).collect()
    }

    /// As [`Store::documents_of`], from the greatest id downwards: the first before the id
    /// `before`, where there is one.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn last_documents_of(
        &self,
        kind: &str,
        owner: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredDocument>, StoreError> {
        const LAST: &str = "SELECT revision, kind, id, owner, expires_at, body FROM documents \
            WHERE kind = $1 AND owner = $2 ORDER BY id DESC LIMIT $3";
        const EARLIER: &str = "SELECT revision, kind, id, owner, expires_at, body FROM documents \
            WHERE kind = $1 AND owner = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
        let rows = match before {
            None => {
                let place = [kind.into(), owner.into(), limit.into()];
                self.select(LAST, place).await?
            }
            Some(before) => {
                let place = [kind.into(), owner.into(), before.into(), limit.into()];
                self.select(EARLIER, place).await?
            }
        };
        rows.iter().map(stored).collect()
    }

    /// Puts documents, whatever was there before: all of them or none. Each may come once.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn put_documents(&self, documents: Vec<Document>) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        let rows = documents.into_iter().map(first_row).collect();
        let put = bulk::insert(&transaction, &DOCUMENTS, rows).await;
        self.judged(put)?;
        self.judged(transaction.commit().await)
    }

    /// Puts a document if the stored one has this revision; where `revision` is `None`, if there is
    /// none. The new revision, or `None` where the condition does not hold.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn put_if_revision(
        &self,
        document: Document,
        revision: Option<u64>,
    ) -> Result<Option<u64>, StoreError> {
        const NEW: &str = "INSERT INTO documents (kind, id, owner, revision, expires_at, body) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING revision";
        const NEXT: &str = "UPDATE documents \
            SET owner = $3, revision = revision + 1, expires_at = $5, body = $6 \
            WHERE kind = $1 AND id = $2 AND revision = $4 RETURNING revision";
        let mut row = first_row(document);
        let sql = match revision {
            Some(revision) => {
                row[3] = number(revision);
                NEXT
            }
            None => NEW,
        };
        let put = self.writer()?.query_one_raw(self.statement(sql, row)).await;
        self.judged(put)?.map(|row| row.number(0)).transpose()
    }

    /// Deletes a document; whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn delete_document(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        const ONE: &str = "DELETE FROM documents WHERE kind = $1 AND id = $2";
        Ok(self.execute(ONE, [kind.into(), id.into()]).await? > 0)
    }

    /// Deletes the documents that expired by `now`; how many they were. Until then they are found.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn purge_documents(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.execute(
            "DELETE FROM documents WHERE expires_at <= $1",
            [instant(now)],
        )
        .await
    }
}

/// The row of a document that was not there before.
fn first_row(document: Document) -> [Value; 6] {
    [
        document.kind.into(),
        document.id.into(),
        document.owner.into(),
        number(1),
        document.expires_at.map_or(Value::BigInt(None), instant),
        document.body.into(),
    ]
}

fn stored(row: &QueryResult) -> Result<StoredDocument, StoreError> {
    let expires_at: Option<i64> = row.column(4)?;
    let expires_at = expires_at.map(|_| row.instant(4)).transpose()?;
    let document = Document {
        kind: row.column(1)?,
        id: row.column(2)?,
        owner: row.column(3)?,
        expires_at,
        body: row.column(5)?,
    };
    Ok(StoredDocument {
        revision: row.number(0)?,
        document,
    })
}
