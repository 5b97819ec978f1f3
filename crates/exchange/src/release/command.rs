//! What can be asked of the release component.

use assent_model::records::release::ReceiptBatch;
use assent_model::statement::Verified;

/// A command of the release component.
#[derive(Debug, Clone)]
pub enum ReleaseCommand {
    /// The operator writes down the uses since the last block.
    Record(Verified<ReceiptBatch>),
}
