//! Reading what blocks wrote: head, log, state, lists, used commands, what is due.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use assent_ledger::block::{BlockHeader, LogEntry, Tile};
use assent_model::machine::StateKey;
use assent_model::time::Timestamp;
use sea_orm::{QueryResult, Value};

use crate::block::CommandUse;
use crate::bulk;
use crate::error::StoreError;
use crate::row::{Row, instant, number};
use crate::store::Store;

impl Store {
    /// The newest block, or `None` before the first. Costs no query.
    pub fn head(&self) -> Option<BlockHeader> {
        self.locked_head().clone()
    }

    pub(crate) async fn newest_block(&self) -> Result<Option<BlockHeader>, StoreError> {
        const NEWEST: &str = "SELECT height, time, log_size, log_root, status_root, app_hash \
            FROM blocks ORDER BY height DESC LIMIT 1";
        self.select(NEWEST, [])
            .await?
            .first()
            .map(header)
            .transpose()
    }

    /// The header of a block, if there is such a block.
    ///
    /// # Errors
    /// What the database reports; [`StoreError::Corrupt`] where a row cannot be read. The same
    /// holds for all that reads.
    pub async fn header(&self, height: u64) -> Result<Option<BlockHeader>, StoreError> {
        const ONE: &str = "SELECT height, time, log_size, log_root, status_root, app_hash \
            FROM blocks WHERE height = $1";
        self.select(ONE, [number(height)])
            .await?
            .first()
            .map(header)
            .transpose()
    }

    /// The pieces of state with these keys, each of them, in the order asked for.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn state(
        &self,
        keys: &[StateKey],
    ) -> Result<Vec<(StateKey, Option<Vec<u8>>)>, StoreError> {
        const SOME: &str = "SELECT key, value FROM state WHERE key";
        let mut found = self
            .find_by_name(SOME, keys.iter().map(StateKey::as_str))
            .await?;
        Ok(keys
            .iter()
            .map(|key| (key.clone(), found.remove(key.as_str())))
            .collect())
    }

    /// The nodes of the status map at these paths, each of them, in the order asked for.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn nodes(
        &self,
        paths: &[String],
    ) -> Result<Vec<(String, Option<Vec<u8>>)>, StoreError> {
        const SOME: &str = "SELECT path, node FROM nodes WHERE path";
        let mut found = self
            .find_by_name(SOME, paths.iter().map(String::as_str))
            .await?;
        Ok(paths
            .iter()
            .map(|path| (path.clone(), found.remove(path)))
            .collect())
    }

    async fn find_by_name(
        &self,
        query: &'static str,
        names: impl Iterator<Item = &str>,
    ) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let names: Vec<[Value; 1]> = names.map(|name| [name.into()]).collect();
        let rows = bulk::select_in(&self.readers, query, &names).await?;
        rows.iter()
            .map(|row| Ok((row.column(0)?, row.column(1)?)))
            .collect()
    }

    /// The tiles at these levels and positions that exist, in no order.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn tiles(&self, places: &[(u8, u64)]) -> Result<Vec<Tile>, StoreError> {
        const SOME: &str = "SELECT level, position, hashes FROM tiles WHERE (level, position)";
        let places: Vec<[Value; 2]> = places
            .iter()
            .map(|&(level, position)| [i64::from(level).into(), number(position)])
            .collect();
        let rows = bulk::select_in(&self.readers, SOME, &places).await?;
        rows.iter().map(tile).collect()
    }

    /// The log entry at a position, if the log is that long.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn entry(&self, index: u64) -> Result<Option<LogEntry>, StoreError> {
        Ok(self.entries(index..index + 1).await?.pop())
    }

    /// The log entries at these positions, as far as the log is that long, in order.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn entries(&self, indices: Range<u64>) -> Result<Vec<LogEntry>, StoreError> {
        const SOME: &str = "SELECT position, bytes, leaf_hash FROM entries \
            WHERE position >= $1 AND position < $2 ORDER BY position";
        let rows = self
            .select(SOME, [number(indices.start), number(indices.end)])
            .await?;
        rows.iter().map(entry).collect()
    }

    /// The log entries about a subject, oldest first, at most `limit`, from the first after the
    /// index `after`.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn entries_of(
        &self,
        subject: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<LogEntry>, StoreError> {
        const SOME: &str = "SELECT entries.position, bytes, leaf_hash \
            FROM listings JOIN entries ON entries.position = listings.position \
            WHERE list = $1 AND member = '' AND listings.position >= $2 \
            ORDER BY listings.position LIMIT $3";
        let first = number(after.map_or(0, |index| index + 1));
        let rows = self
            .select(SOME, [subject.into(), first, limit.into()])
            .await?;
        rows.iter().map(entry).collect()
    }

    /// The log entries from the index `first` on about any of these subjects, oldest first and each
    /// once. For many subjects at a time: one query reads for as many as a chunk has.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn entries_about(
        &self,
        subjects: &[String],
        first: u64,
    ) -> Result<Vec<LogEntry>, StoreError> {
        const PLACES: &str = "SELECT position FROM listings WHERE member = '' AND list";
        const ENTRIES: &str = "SELECT position, bytes, leaf_hash FROM entries WHERE position";
        let subjects: Vec<[Value; 1]> = subjects
            .iter()
            .map(|subject| [subject.as_str().into()])
            .collect();
        let mut positions = BTreeSet::new();
        for row in bulk::select_in(&self.readers, PLACES, &subjects).await? {
            positions.insert(row.number(0)?);
        }
        let wanted: Vec<[Value; 1]> = positions.range(first..).map(|at| [number(*at)]).collect();
        let rows = bulk::select_in(&self.readers, ENTRIES, &wanted).await?;
        let mut found = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        found.sort_by_key(|entry| entry.index);
        found.dedup_by_key(|entry| entry.index);
        Ok(found)
    }

    /// The used commands among those with these keys, in no order.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn uses(&self, keys: &[String]) -> Result<Vec<CommandUse>, StoreError> {
        const SOME: &str = "SELECT key, digest, expires_at, outcome FROM uses WHERE key";
        let keys: Vec<[Value; 1]> = keys.iter().map(|key| [key.as_str().into()]).collect();
        let rows = bulk::select_in(&self.readers, SOME, &keys).await?;
        rows.iter().map(command_use).collect()
    }

    /// Forgets the used commands that expired before a time; how many they were.
    ///
    /// # Errors
    /// [`StoreError::Poisoned`], or what the database reports.
    pub async fn purge_uses(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM uses WHERE expires_at < $1", [instant(before)])
            .await
    }

    /// The members of a list with their positions, in the order of positions and then of members,
    /// at most `limit`, from the first after `after`: the last that was returned before. What is
    /// added meanwhile at a later position is not missed and nothing comes twice.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn listing(
        &self,
        list: &str,
        after: Option<(u64, &str)>,
        limit: u32,
    ) -> Result<Vec<(u64, String)>, StoreError> {
        const SOME: &str = "SELECT position, member FROM listings \
            WHERE list = $1 AND (position, member) > ($2, $3) AND member <> '' \
            ORDER BY position, member LIMIT $4";
        let (position, member) = after.unwrap_or((0, ""));
        let place = [list.into(), number(position), member.into(), limit.into()];
        let rows = self.select(SOME, place).await?;
        rows.iter()
            .map(|row| Ok((row.number(0)?, row.column(1)?)))
            .collect()
    }

    /// The members of a list with their positions, the newest first, at most `limit`, from the
    /// first before `before`: the last that was returned before.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn newest(
        &self,
        list: &str,
        before: Option<(u64, &str)>,
        limit: u32,
    ) -> Result<Vec<(u64, String)>, StoreError> {
        const FIRST: &str = "SELECT position, member FROM listings \
            WHERE list = $1 AND member <> '' ORDER BY position DESC, member DESC LIMIT $2";
        const NEXT: &str = "SELECT position, member FROM listings \
            WHERE list = $1 AND (position, member) < ($2, $3) AND member <> '' \
            ORDER BY position DESC, member DESC LIMIT $4";
        let rows = match before {
            None => self.select(FIRST, [list.into(), limit.into()]).await?,
            Some((position, member)) => {
                let place = [list.into(), number(position), member.into(), limit.into()];
                self.select(NEXT, place).await?
            }
        };
        rows.iter()
            .map(|row| Ok((row.number(0)?, row.column(1)?)))
            .collect()
    }

    /// How many members a list has.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn count(&self, list: &str) -> Result<u64, StoreError> {
        const ALL: &str = "SELECT COUNT(*) FROM listings WHERE list = $1 AND member <> ''";
        let rows = self.select(ALL, [list.into()]).await?;
        rows.first().map_or(Ok(0), |row| row.number(0))
    }

    /// What is due at `now`, the longest due first, at most `limit`: since when, and the key. With
    /// the end of time for `now` and 1 for `limit`, when something will be due next.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn due(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        const SOME: &str = "SELECT at, key FROM due WHERE at <= $1 ORDER BY at, key LIMIT $2";
        let rows = self.select(SOME, [instant(now), limit.into()]).await?;
        rows.iter()
            .map(|row| Ok((row.instant(0)?, row.column(1)?)))
            .collect()
    }

    /// What falls due after one time and by another, the first first, at most `limit`: when, and
    /// the key. `after` is the last that was returned before; with an empty key, everything from
    /// that time on.
    ///
    /// # Errors
    /// As for [`Store::header`].
    pub async fn due_between(
        &self,
        after: (Timestamp, &str),
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        const SOME: &str = "SELECT at, key FROM due \
            WHERE (at, key) > ($1, $2) AND at <= $3 ORDER BY at, key LIMIT $4";
        let (at, key) = after;
        let place = [instant(at), key.into(), instant(until), limit.into()];
        let rows = self.select(SOME, place).await?;
        rows.iter()
            .map(|row| Ok((row.instant(0)?, row.column(1)?)))
            .collect()
    }
}

fn header(row: &QueryResult) -> Result<BlockHeader, StoreError> {
    Ok(BlockHeader {
        height: row.number(0)?,
        time: row.instant(1)?,
        log_size: row.number(2)?,
        log_root: row.digest(3)?,
        status_root: row.digest(4)?,
        app_hash: row.digest(5)?,
    })
}

fn entry(row: &QueryResult) -> Result<LogEntry, StoreError> {
    Ok(LogEntry {
        index: row.number(0)?,
        bytes: row.column(1)?,
        leaf_hash: row.digest(2)?,
    })
}

fn tile(row: &QueryResult) -> Result<Tile, StoreError> {
    let level = u8::try_from(row.number(0)?).map_err(|_| StoreError::Corrupt)?;
    Ok(Tile {
        level,
        index: row.number(1)?,
        hashes: row.column(2)?,
    })
}

fn command_use(row: &QueryResult) -> Result<CommandUse, StoreError> {
    Ok(CommandUse {
        key: row.column(0)?,
        digest: row.digest(1)?,
        expires_at: row.instant(2)?,
        outcome: row.column(3)?,
    })
}
