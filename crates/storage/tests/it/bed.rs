//! A fresh database for one test.

use std::path::PathBuf;

use assent_storage::{Store, StoreConfig};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use crate::server::server;

/// A fresh database, and how to reach it.
pub(crate) struct Bed {
    pub(crate) url: String,
    /// The directory of a SQLite database.
    directory: Option<TempDir>,
}

impl Bed {
    pub(crate) fn sqlite() -> Bed {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/assent.sqlite", directory.path().display());
        Bed {
            url,
            directory: Some(directory),
        }
    }

    pub(crate) fn postgres() -> Bed {
        Bed {
            url: server().create_database(),
            directory: None,
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.directory.is_some()
    }

    /// A path in the directory of the SQLite database.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory
            .as_ref()
            .expect("a test of SQLite")
            .path()
            .join(name)
    }

    pub(crate) fn config(&self) -> StoreConfig {
        StoreConfig {
            url: self.url.clone(),
        }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.config()).await.unwrap()
    }

    /// Runs SQL behind the back of the store.
    pub(crate) async fn meddle(&self, sql: &str) {
        let db = Database::connect(&self.url).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }
}
