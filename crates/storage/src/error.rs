//! Why the store did not do what it was asked.

use std::io;

use sea_orm::{DbErr, RuntimeErr};

/// Why the store did not do what it was asked.
///
/// Neither the texts nor the codes hold anything that was stored or asked for (invariant 11).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The address is neither `sqlite:PATH` nor a `postgres://` URL.
    #[error("the address of a store is `sqlite:PATH` or a `postgres://` URL")]
    Address,
    /// Another node has this store open.
    #[error("the store is open in another process")]
    Locked,
    /// A newer version of this program has changed the tables.
    #[error("the store was written by a newer version of this program")]
    NewerSchema,
    /// A write failed before, so that nobody knows what is on the disk, or the lock against a second
    /// node was lost. The store has to be opened again, which reads what is there.
    #[error("the store refuses writes since one of them failed")]
    Poisoned,
    /// A block that is not the successor of the head, or whose entries leave a gap in the log.
    #[error("the block does not follow the head of the chain")]
    OutOfOrder,
    /// Something that has to be new is there already, such as a used command.
    #[error("something that has to be new exists already")]
    Conflict,
    /// There is no room left on the disk.
    #[error("the disk is full")]
    Full,
    /// Others held the database for too long. Nothing was changed.
    #[error("the database is busy")]
    Busy,
    /// What is stored is not what was written.
    #[error("the store is damaged")]
    Corrupt,
    /// The disk or the connection failed; with the code of the engine or the system.
    #[error("the database cannot be reached or its disk fails (code {0})")]
    Io(String),
    /// The engine does not run this statement, for want of a permission perhaps; with its code.
    #[error("the database refuses (code {0})")]
    Refused(String),
    /// This engine has no such operation; with what to do instead.
    #[error("not possible with this database: {0}")]
    Unsupported(&'static str),
}

impl StoreError {
    /// Whether it leaves in doubt what the disk holds or will take.
    pub(crate) fn is_failing_disk(&self) -> bool {
        matches!(self, Self::Full | Self::Io(_) | Self::Corrupt)
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) => match cause {
                RuntimeErr::SqlxError(driver) => of_driver(driver),
                RuntimeErr::Internal(_) => Self::Io("internal".to_owned()),
            },
            DbErr::ConnectionAcquire(_) => Self::Busy,
            DbErr::TryIntoErr { .. } | DbErr::Type(_) => Self::Corrupt,
            _ => Self::Refused("orm".to_owned()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        of_driver(&error)
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            kind => Self::Io(kind.to_string()),
        }
    }
}

fn of_driver(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            // SQLite has numbers, PostgreSQL five characters (which may all be digits).
            match code.parse::<u32>() {
                Ok(number) if code.len() < 5 => of_sqlite(number),
                _ => of_sqlstate(&code),
            }
        }
        sqlx::Error::Io(cause) => StoreError::Io(cause.kind().to_string()),
        sqlx::Error::PoolTimedOut => StoreError::Busy,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt,
        sqlx::Error::Configuration(_) => StoreError::Address,
        sqlx::Error::Tls(_) => StoreError::Io("tls".to_owned()),
        _ => StoreError::Io("driver".to_owned()),
    }
}

/// The meaning of an extended result code (<https://sqlite.org/rescode.html>).
fn of_sqlite(code: u32) -> StoreError {
    match code & 0xff {
        5 | 6 => StoreError::Busy,
        11 | 26 => StoreError::Corrupt,
        13 => StoreError::Full,
        19 => StoreError::Conflict,
        10 | 14 | 22 => StoreError::Io(code.to_string()),
        _ => StoreError::Refused(code.to_string()),
    }
}

/// The meaning of an SQLSTATE (PostgreSQL documentation, appendix A).
fn of_sqlstate(code: &str) -> StoreError {
    match code {
        "53100" => StoreError::Full,
        "23505" => StoreError::Conflict,
        // What replaced the connection with the lock may only read.
        "25006" => StoreError::Poisoned,
        "40001" | "40P01" | "53300" | "55P03" | "57014" => StoreError::Busy,
        _ => match code.get(..2) {
            Some("XX") => StoreError::Corrupt,
            Some("08" | "53" | "57" | "58") => StoreError::Io(code.to_owned()),
            _ => StoreError::Refused(code.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions;
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    #[test]
    fn codes_have_meanings() {
        let io = |code: &str| StoreError::Io(code.to_owned());
        for (code, meaning) in [
            (5, StoreError::Busy),
            (11, StoreError::Corrupt),
            (13, StoreError::Full),
            (778, io("778")),
            (1555, StoreError::Conflict),
            (2067, StoreError::Conflict),
            (1, StoreError::Refused("1".to_owned())),
        ] {
            assert_eq!(of_sqlite(code), meaning, "{code}");
        }
        for (code, meaning) in [
            ("23505", StoreError::Conflict),
            ("25006", StoreError::Poisoned),
            ("40P01", StoreError::Busy),
            ("42501", StoreError::Refused("42501".to_owned())),
            ("53100", StoreError::Full),
            ("57P01", io("57P01")),
            ("58030", io("58030")),
            ("XX001", StoreError::Corrupt),
        ] {
            assert_eq!(of_sqlstate(code), meaning, "{code}");
        }
    }

    #[tokio::test]
    async fn a_full_database_is_a_full_disk() {
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .pragma("max_page_count", "10");
        let mut db = options.connect().await.expect("memory is there");
        let fill = "CREATE TABLE filled AS SELECT zeroblob(1000000)";
        let refused = sqlx::raw_sql(fill)
            .execute(&mut db)
            .await
            .expect_err("ten pages are not enough");
        assert_eq!(StoreError::from(refused), StoreError::Full);
    }
}
