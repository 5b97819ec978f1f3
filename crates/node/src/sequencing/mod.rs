//! Sequencing: the single writer. Everything that changes the ledger passes through one task,
//! whose block is the group commit: all that waits goes into one transaction, with one sync.

mod block_rows;
mod commit;
mod due;
mod intake;
mod lists;
mod own_work;
mod replay;
mod task;

pub(crate) use block_rows::{parties_like, subjects};
pub use intake::{Intake, SubmitError, VaultBody};
pub use task::{Head, ResumeError, Started};
pub(crate) use task::{Parts, start};
