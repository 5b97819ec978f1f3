//! What a request leaves behind: the head of the chain and the rows of every table.

use std::collections::BTreeMap;

use assent_ledger::block::BlockHeader;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::world::World;

/// Reads the store of a node from outside.
pub(crate) struct Traces {
    database: DatabaseConnection,
    tables: Vec<String>,
}

/// What there is at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    head: BlockHeader,
    rows: BTreeMap<String, i64>,
}

impl Traces {
    pub(crate) async fn of(world: &World) -> Self {
        let path = world.config.data_dir.join("assent.sqlite");
        let url = format!("sqlite:{}?mode=ro", path.display());
        let database = Database::connect(url).await.unwrap();
        let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let rows = database.query_all_raw(sql(names)).await.unwrap();
        let tables: Vec<String> = rows
            .iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect();
        assert!(tables.iter().any(|table| table == "documents"));
        Self { database, tables }
    }

    pub(crate) async fn snapshot(&self, world: &World) -> Snapshot {
        let mut rows = BTreeMap::new();
        for table in &self.tables {
            let count = sql(&format!("SELECT COUNT(*) FROM \"{table}\""));
            let row = self.database.query_one_raw(count).await.unwrap().unwrap();
            rows.insert(table.clone(), row.try_get_by_index(0).unwrap());
        }
        let head = world.running.node().head.borrow().header.clone();
        Snapshot { head, rows }
    }
}

fn sql(text: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, text)
}
