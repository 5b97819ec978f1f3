//! What can happen to releases.

use assent_model::records::release::ReceiptBatch;
use assent_model::statement::Recorded;
use serde::{Deserialize, Serialize};

/// An event of the release component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ReleaseEvent {
    /// Uses were written down.
    Recorded {
        /// The signed batch.
        batch: Recorded<ReceiptBatch>,
    },
}
