//! Where records go.

mod print;
pub(crate) mod relay;

use std::error::Error;
use std::future::Future;

use crate::buffer::Batch;

pub(crate) use print::Print;

/// Takes records, and says up to which it has them for good.
pub(crate) trait Outlet {
    /// Why records were not taken; they are offered again.
    type Error: Error + 'static;

    /// Takes these records, or some of them from the first on, and gives the number after the last
    /// that was taken. A record that is offered again under its number is taken once.
    fn publish(&mut self, batch: &Batch) -> impl Future<Output = Result<u64, Self::Error>>;
}

impl Batch {
    /// The number after the last record.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.records.len() as u64
    }
}
