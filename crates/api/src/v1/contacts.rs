//! Contacts and the directory: how a party is found by its e-mail address.

use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::PartyId;
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/contacts`, with a request proof of the party: sends a one-time code to the address.
/// Nothing changes before the code comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskContact {
    /// The address, such as `person@example.org`. Upper and lower case are the same.
    pub email: String,
    /// The language of the mail; English where the wanted one is not there.
    #[schema(value_type = String)]
    pub language: Language,
}

/// A code was sent, or will be in a moment. The same for every address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeSent {
    /// Until when the code can be used, in milliseconds since the epoch.
    pub expires_at: u64,
}

/// `POST /v1/contacts/confirmations`, with a request proof of the party that asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmContact {
    /// The code from the mail; spaces, hyphens and case do not matter.
    pub code: String,
}

impl std::fmt::Debug for ConfirmContact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConfirmContact(..)")
    }
}

/// The address now leads to the party, and to no other. It is not repeated here, because answers
/// can be kept for a while (`Idempotency-Key`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactConfirmed {
    /// When, in milliseconds since the epoch.
    pub confirmed_at: u64,
}

/// `GET /v1/contacts`, with a request proof of the party: its confirmed contact. An address leads
/// to one party at a time.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    /// The address.
    pub email: String,
    /// The language of mail to it.
    #[schema(value_type = String)]
    pub language: Language,
    /// When it was confirmed, in milliseconds since the epoch.
    pub confirmed_at: u64,
}

impl std::fmt::Debug for ContactView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactView(..)")
    }
}

/// `POST /v1/directory/lookups`, with a request proof of the asker.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    /// The whole address: nothing else is searched for.
    pub email: String,
}

impl std::fmt::Debug for LookUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LookUp(..)")
    }
}

/// The answer to a look-up, of the same shape and length whether the address is known or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookUpAnswer {
    /// Base64url of a [`DirectoryEntry`], padded to [`ENTRY_BYTES`] and sealed to the asker
    /// (HPKE, info `assent/v1/seal/directory`, aad = the asker's party id).
    pub sealed: String,
}

/// The bytes of every sealed entry, found or not.
pub const ENTRY_BYTES: usize = 2560;

/// What a look-up found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryEntry {
    /// Whether the address leads to a party.
    pub found: bool,
    /// The party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<DirectoryParty>,
}

/// The party that an address leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryParty {
    /// Its id.
    #[schema(value_type = String)]
    pub party_id: PartyId,
    /// What it is.
    #[schema(value_type = String)]
    pub kind: PartyKind,
    /// Who holds its keys.
    #[schema(value_type = String)]
    pub custody: Custody,
    /// Its current signing key, as a JWK.
    #[schema(value_type = Object)]
    pub signing_key: VerifyingKey,
    /// Its current sealing key.
    #[schema(value_type = String)]
    pub sealing_key: SealingKey,
}

impl DirectoryEntry {
    /// Nothing.
    pub const NOT_FOUND: Self = Self {
        found: false,
        party: None,
    };

    /// The entry as JSON with spaces behind it, [`ENTRY_BYTES`] in all.
    pub fn padded(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("an entry has a JSON form");
        assert!(
            bytes.len() <= ENTRY_BYTES,
            "keys and ids have fixed lengths"
        );
        bytes.resize(ENTRY_BYTES, b' ');
        bytes
    }

    /// Reads what [`DirectoryEntry::padded`] wrote.
    ///
    /// # Errors
    /// The bytes are not JSON of this shape.
    pub fn from_padded(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

#[cfg(test)]
mod tests {
    use assent_crypto::sealing::OpeningKey;
    use assent_crypto::signature::SigningKey;

    use super::*;

    #[test]
    fn every_entry_has_the_same_length() {
        let signing_key = *SigningKey::generate().verifying_key();
        let party = DirectoryParty {
            party_id: PartyId::of(&signing_key),
            kind: PartyKind::Organisation,
            custody: Custody::Independent,
            signing_key,
            sealing_key: OpeningKey::generate().sealing_key().clone(),
        };
        let found = DirectoryEntry {
            found: true,
            party: Some(party),
        };
        for entry in [found, DirectoryEntry::NOT_FOUND] {
            let padded = entry.padded();
            assert_eq!(padded.len(), ENTRY_BYTES);
            assert_eq!(
                DirectoryEntry::from_padded(&padded).expect("an entry"),
                entry
            );
        }
    }
}
