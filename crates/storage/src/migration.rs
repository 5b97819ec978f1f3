//! The schema and its history.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

use crate::error::StoreError;

/// Brings the schema of a store up to date.
///
/// # Errors
/// [`StoreError::NewerSchema`] where the store knows a migration that this program does not.
pub(crate) async fn migrate(db: &DatabaseConnection) -> Result<(), StoreError> {
    History::install(db).await?;
    let applied = History::get_migration_models(db).await?;
    let known = History::migrations();
    if applied
        .iter()
        .any(|model| known.iter().all(|step| step.name() != model.version))
    {
        return Err(StoreError::NewerSchema);
    }
    History::up(db, None).await?;
    Ok(())
}

struct History;

impl MigratorTrait for History {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Initial), Box::new(Streams)]
    }
}

/// Creates every table of the beginning.
struct Initial;

/// Creates what relays keep.
struct Streams;

impl MigrationName for Initial {
    fn name(&self) -> &'static str {
        "m0001_initial"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Initial {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = spelled_for(manager.get_database_backend(), include_str!("schema.sql"));
        manager.get_connection().execute_unprepared(&schema).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

impl MigrationName for Streams {
    fn name(&self) -> &'static str {
        "m0002_streams"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Streams {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schema = spelled_for(manager.get_database_backend(), include_str!("streams.sql"));
        manager.get_connection().execute_unprepared(&schema).await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// The schema as an engine wants to read it.
fn spelled_for(backend: DbBackend, schema: &str) -> String {
    // Comments may use the same words as the columns.
    let tables: String = schema.lines().filter(|line| !line.starts_with("--")).fold(
        String::new(),
        |mut tables, line| {
            tables.push_str(line);
            tables.push('\n');
            tables
        },
    );
    match backend {
        DbBackend::Postgres => tables
            .replace(
                "INTEGER PRIMARY KEY AUTOINCREMENT",
                "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            )
            .replace("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY")
            .replace("BLOB", "BYTEA")
            // Byte by byte, as SQLite compares, whatever the locale of the server.
            .replace("TEXT", "TEXT COLLATE \"C\""),
        _ => tables,
    }
}
