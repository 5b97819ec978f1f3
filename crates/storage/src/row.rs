//! Values on their way to a statement and out of a row.

use assent_crypto::digest::Digest;
use assent_model::time::Timestamp;
use sea_orm::{QueryResult, TryGetable, Value};

use crate::error::StoreError;

/// A count, height or position as it is stored. What is counted one by one stays below 2^63; what is
/// asked for beyond that is after everything.
pub(crate) fn number(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

/// A time as it is stored. Times after the year 292 million all become the last that there is.
pub(crate) fn instant(time: Timestamp) -> Value {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).into()
}

/// A digest as it is stored.
pub(crate) fn digest(digest: Digest) -> Value {
    digest.as_bytes().to_vec().into()
}

/// A row that answers a query.
pub(crate) trait Row {
    /// The value of a column.
    fn column<T: TryGetable>(&self, column: usize) -> Result<T, StoreError>;

    /// A count, height or position.
    fn number(&self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.column::<i64>(column)?).map_err(|_| StoreError::Corrupt)
    }

    /// A time.
    fn instant(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.number(column).map(Timestamp::from_millis)
    }

    /// A digest.
    fn digest(&self, column: usize) -> Result<Digest, StoreError> {
        let bytes: Vec<u8> = self.column(column)?;
        bytes
            .try_into()
            .map(Digest::from_bytes)
            .map_err(|_| StoreError::Corrupt)
    }
}

impl Row for QueryResult {
    fn column<T: TryGetable>(&self, column: usize) -> Result<T, StoreError> {
        self.try_get_by_index(column)
            .map_err(|_| StoreError::Corrupt)
    }
}
