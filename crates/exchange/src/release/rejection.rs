//! Why the release component refuses, in the order in which it checks.

use crate::rejection::rejections;

rejections! {
    /// A refusal of the release component.
    ReleaseRejection {
        /// Not signed with the chain's token key.
        WrongKey = "wrong-key", "the batch is not signed with the token key of this chain";
        /// A batch without receipts says nothing.
        BatchEmpty = "batch-empty", "the batch holds no receipt";
        /// A refusal without a code, a code without a refusal, or something else than a code.
        ReceiptInvalid = "receipt-invalid",
            "a receipt names a code exactly where something was refused";
    }
}
