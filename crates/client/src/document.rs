//! A document on its way from a source to a sink: sealed to the sink's provider, bound to the
//! consent, the dataset and the receipt of its release.

use assent_crypto::base64url;
use assent_crypto::domains;
use assent_crypto::sealing::{self, OpeningKey, SealingKey};
use assent_model::canonical;
use assent_model::ids::{ConsentId, ReceiptId};
use assent_model::names::DatasetId;
use serde::{Deserialize, Serialize};

/// A sealed document, as a source answers with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedDocument {
    /// The sink's consent record.
    pub cr_id: ConsentId,
    /// Which dataset.
    pub dataset_id: DatasetId,
    /// The receipt of the release.
    pub receipt_id: ReceiptId,
    /// Base64url of the HPKE box (info `assent/v1/seal/document`; aad = the canonical JSON of the
    /// three members above).
    pub sealed: String,
}

/// Why a document does not open. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It was made for another consent.
    #[error("the document was sealed for another consent")]
    OtherConsent,
    /// It is another dataset.
    #[error("the document is of another dataset")]
    OtherDataset,
    /// It was sealed to another key, or altered.
    #[error("the document does not open")]
    Unopenable,
}

impl DocumentError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherConsent => "consent-mismatch",
            Self::OtherDataset => "dataset-mismatch",
            Self::Unopenable => "document-unopenable",
        }
    }
}

/// What a document is bound to.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "these are the names on the wire")]
struct Binding<'a> {
    cr_id: ConsentId,
    dataset_id: &'a DatasetId,
    receipt_id: ReceiptId,
}

impl SealedDocument {
    /// Seals `content` to the sink's provider.
    pub(crate) fn seal(
        key: &SealingKey,
        cr_id: ConsentId,
        dataset_id: &DatasetId,
        receipt_id: ReceiptId,
        content: &[u8],
    ) -> Self {
        let binding = Binding {
            cr_id,
            dataset_id,
            receipt_id,
        };
        let aad = canonical::encode(&binding);
        let sealed = sealing::seal(key, domains::SEAL_DOCUMENT.as_bytes(), &aad, content);
        Self {
            cr_id,
            dataset_id: dataset_id.clone(),
            receipt_id,
            sealed: base64url::encode(&sealed),
        }
    }

    /// Opens a document that was asked for under a consent.
    ///
    /// # Errors
    /// It is another document, or was sealed to another key.
    pub fn open(
        &self,
        key: &OpeningKey,
        cr_id: ConsentId,
        dataset_id: &DatasetId,
    ) -> Result<Vec<u8>, DocumentError> {
        if self.cr_id != cr_id {
            return Err(DocumentError::OtherConsent);
        }
        if self.dataset_id != *dataset_id {
            return Err(DocumentError::OtherDataset);
        }
        let binding = Binding {
            cr_id,
            dataset_id,
            receipt_id: self.receipt_id,
        };
        let aad = canonical::encode(&binding);
        let sealed = base64url::decode(&self.sealed).map_err(|_| DocumentError::Unopenable)?;
        sealing::open(key, domains::SEAL_DOCUMENT.as_bytes(), &aad, &sealed)
            .map_err(|_| DocumentError::Unopenable)
    }
}
