//! The store as its users meet it, each test on both engines.

#![expect(clippy::unwrap_used, reason = "tests")]

/// Makes each scenario, an `async fn(Bed)` of the module, a test on SQLite and one on PostgreSQL.
macro_rules! on_both_engines {
    ($($scenario:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(crate::bed::Bed::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(crate::bed::Bed::postgres()).await;
            })*
        }
    };
}

mod bed;
mod blocks;
mod chain;
mod crash;
mod documents;
mod erasure;
mod faults;
mod lists;
mod model;
mod opening;
mod outbox;
mod server;
mod streams;
mod upkeep;
