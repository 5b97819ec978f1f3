//! Many rows in few statements, the same for both engines.
//!
//! A statement for any number of rows would be a new text for each number, and so be prepared each
//! time. Here rows go in chunks of powers of two: every text comes again and stays prepared.

use std::fmt::Write;
use std::iter;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

/// The most rows in a chunk, a power of two. With the widest table it has to stay below the bind
/// parameters that a statement can have (32,766 on SQLite).
const CHUNK_MAX: usize = 256;

/// The next chunk of so many rows, unless none are left.
fn chunk(rows: usize) -> Option<usize> {
    let exponent = rows.checked_ilog2()?;
    Some(CHUNK_MAX.min(1 << exponent))
}

/// A table as rows are written to it.
#[derive(Debug)]
pub(crate) struct Table<const COLUMNS: usize> {
    pub(crate) name: &'static str,
    pub(crate) columns: [&'static str; COLUMNS],
    /// What follows the rows: what to do where one of them is there already.
    pub(crate) conflict: &'static str,
}

/// Writes rows.
pub(crate) async fn insert<const COLUMNS: usize>(
    db: &impl ConnectionTrait,
    table: &Table<COLUMNS>,
    rows: Vec<[Value; COLUMNS]>,
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let mut rows = rows.into_iter();
    while let Some(chunk) = chunk(rows.len()) {
        let sql = insertion(backend, table, chunk);
        let values = rows.by_ref().take(chunk).flatten();
        db.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// Runs `statement`, which ends before an `IN`, for the rows with these keys.
pub(crate) async fn execute_in(
    db: &impl ConnectionTrait,
    statement: &'static str,
    keys: Vec<Value>,
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let mut keys = keys.into_iter();
    while let Some(chunk) = chunk(keys.len()) {
        let sql = format!("{statement} IN {}", Tuples::new(backend).next(chunk));
        let values = keys.by_ref().take(chunk);
        db.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// Runs `query`, which ends before an `IN`, for the rows with these keys, one query for up to as many
/// keys as a chunk can have. A key has `WIDTH` columns.
pub(crate) async fn select_in<const WIDTH: usize>(
    db: &impl ConnectionTrait,
    query: &'static str,
    keys: &[[Value; WIDTH]],
) -> Result<Vec<QueryResult>, DbErr> {
    let backend = db.get_database_backend();
    let mut found = Vec::with_capacity(keys.len());
    for keys in keys.chunks(CHUNK_MAX) {
        // The last key stands again for those that are missing to a round number.
        let places = keys.len().next_power_of_two();
        let padding = iter::repeat_n(keys.last(), places - keys.len()).flatten();
        let values = keys.iter().chain(padding).flatten().cloned();
        let mut tuples = Tuples::new(backend);
        let sql = if WIDTH == 1 {
            format!("{query} IN {}", tuples.next(places))
        } else {
            format!("{query} IN (VALUES {})", tuples.several(places, WIDTH))
        };
        found.extend(
            db.query_all_raw(Statement::from_sql_and_values(backend, sql, values))
                .await?,
        );
    }
    Ok(found)
}

fn insertion<const COLUMNS: usize>(
    backend: DbBackend,
    table: &Table<COLUMNS>,
    rows: usize,
) -> String {
    // SQLite can take back a statement half done, for which it copies every page before it changes
    // it. Here a statement that fails fails its transaction, so that nothing has to be copied.
    let verb = if backend == DbBackend::Sqlite {
        "INSERT OR FAIL"
    } else {
        "INSERT"
    };
    let (name, columns) = (table.name, table.columns.join(", "));
    let rows = Tuples::new(backend).several(rows, COLUMNS);
    format!(
        "{verb} INTO {name} ({columns}) VALUES {rows} {}",
        table.conflict
    )
}

/// Writes placeholders, counting them.
struct Tuples {
    backend: DbBackend,
    count: usize,
}

impl Tuples {
    fn new(backend: DbBackend) -> Tuples {
        Tuples { backend, count: 0 }
    }

    /// `(?, ?)`
    fn next(&mut self, width: usize) -> String {
        let mut tuple = String::with_capacity(6 * width);
        for place in 0..width {
            tuple.push(if place == 0 { '(' } else { ',' });
            self.count += 1;
            match self.backend {
                DbBackend::Postgres => {
                    write!(tuple, "${}", self.count).expect("a string takes all that is written");
                }
                // SQLite finds numbered parameters by comparing names, one after the other.
                _ => tuple.push('?'),
            }
        }
        tuple.push(')');
        tuple
    }

    /// `(?, ?), (?, ?)`
    fn several(&mut self, tuples: usize, width: usize) -> String {
        let tuples: Vec<String> = iter::repeat_with(|| self.next(width))
            .take(tuples)
            .collect();
        tuples.join(",")
    }
}
