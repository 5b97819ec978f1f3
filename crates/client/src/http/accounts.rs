//! `/v1/contacts`, `/v1/directory`, `/v1/accounts`: what the home operator alone knows of a party.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::accounts::{
    AccountExport, AddPseudonym, ConfirmLostKey, EraseAccount, Erased, LostKeyStarted,
    PseudonymAdded, PseudonymList, StartLostKey, Stopped,
};
use assent_api::v1::contacts::{
    AskContact, CodeSent, ConfirmContact, ContactConfirmed, ContactView, DirectoryEntry, LookUp,
    LookUpAnswer,
};
use assent_api::v1::devices::WaitingDevices;
use assent_api::v1::keyring::{KeptKeyring, Keyring, KeyringRevision};
use assent_crypto::base64url;
use assent_crypto::domains;
use assent_crypto::sealing;

use super::{ClientError, Identified, NodeClient};
use crate::keys::PartyKeys;
use crate::statements::Signer;

/// Why a look-up in the directory has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// The request failed.
    #[error("the node did not look the address up")]
    Client(#[from] ClientError),
    /// The answer is not sealed to the asker, or not an entry.
    #[error("the answer of the directory cannot be read")]
    Unreadable,
}

impl NodeClient {
    /// The confirmed contact of the caller.
    pub async fn contact(&self, party: Identified<'_>) -> Result<ContactView, ClientError> {
        self.get_as(party, "v1/contacts").await
    }

    /// Has a code sent to an address.
    pub async fn ask_contact(
        &self,
        party: Identified<'_>,
        body: &AskContact,
    ) -> Result<CodeSent, ClientError> {
        self.post_as(party, "v1/contacts", body).await
    }

    /// Makes the address that the code was sent to the contact of the caller.
    pub async fn confirm_contact(
        &self,
        party: Identified<'_>,
        body: &ConfirmContact,
    ) -> Result<ContactConfirmed, ClientError> {
        self.post_as(party, "v1/contacts/confirmations", body).await
    }

    /// Looks up which party an address leads to, and opens the answer.
    pub async fn look_up(
        &self,
        signer: &Signer,
        asker: &PartyKeys,
        email: &str,
    ) -> Result<DirectoryEntry, LookUpError> {
        let who = Identified {
            signer,
            caller: asker.into(),
        };
        let body = LookUp {
            email: email.to_owned(),
        };
        let answer: LookUpAnswer = self.post_as(who, "v1/directory/lookups", &body).await?;
        let sealed = base64url::decode(&answer.sealed).map_err(|_| LookUpError::Unreadable)?;
        let info = domains::SEAL_DIRECTORY.as_bytes();
        let aad = asker.party_id().to_string();
        let opened = sealing::open(&asker.opening, info, aad.as_bytes(), &sealed)
            .map_err(|_| LookUpError::Unreadable)?;
        DirectoryEntry::from_padded(&opened).map_err(|_| LookUpError::Unreadable)
    }

    /// The pseudonyms that the caller has named as its own.
    pub async fn pseudonyms(&self, party: Identified<'_>) -> Result<PseudonymList, ClientError> {
        self.get_as(party, "v1/accounts/pseudonyms").await
    }

    /// Names a pseudonym as the caller's own.
    pub async fn add_pseudonym(
        &self,
        party: Identified<'_>,
        body: &AddPseudonym,
    ) -> Result<PseudonymAdded, ClientError> {
        self.post_as(party, "v1/accounts/pseudonyms", body).await
    }

    /// The encrypted keys of the caller, as they were kept last.
    pub async fn keyring(&self, party: Identified<'_>) -> Result<KeptKeyring, ClientError> {
        self.get_as(party, "v1/accounts/keyring").await
    }

    /// Has the encrypted keys of the caller kept, in the place of the revision that was `seen`.
    pub async fn keep_keyring(
        &self,
        party: Identified<'_>,
        keyring: &Keyring,
        seen: Option<u64>,
    ) -> Result<KeyringRevision, ClientError> {
        self.put_as(party, "v1/accounts/keyring", keyring, seen)
            .await
    }

    /// The devices of the caller that wait for keys.
    pub async fn waiting_devices(
        &self,
        party: Identified<'_>,
    ) -> Result<WaitingDevices, ClientError> {
        self.get_as(party, "v1/accounts/devices").await
    }

    /// Lets a device of the caller wait no longer.
    pub async fn refuse_device(
        &self,
        party: Identified<'_>,
        device_id: &str,
    ) -> Result<(), ClientError> {
        let path = format!("v1/accounts/devices/{device_id}");
        self.delete_as(party, &path).await
    }

    /// Everything that the node holds about the caller.
    pub async fn export_account(
        &self,
        party: Identified<'_>,
    ) -> Result<AccountExport, ClientError> {
        self.get_as(party, "v1/accounts/export").await
    }

    /// Erases everything about the caller that is not on the ledger.
    pub async fn erase_account(
        &self,
        party: Identified<'_>,
        body: &EraseAccount,
    ) -> Result<Erased, ClientError> {
        self.post_as(party, "v1/accounts/erasure", body).await
    }

    /// Has a code sent to a person who lost the signing key.
    pub async fn start_lost_key(&self, body: &StartLostKey) -> Result<LostKeyStarted, ClientError> {
        self.post("v1/accounts/lost-key/start", body).await
    }

    /// Has the operator pause or end consents of a person who lost the signing key.
    pub async fn confirm_lost_key(&self, body: &ConfirmLostKey) -> Result<Stopped, ClientError> {
        self.post("v1/accounts/lost-key/confirm", body).await
    }
}
