//! `/v1/chain`, `/v1/challenges`, `/v1/parties`.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::Outcome;
use assent_api::v1::identity::{
    ChainView, Challenge, ChallengeAnswer, ChallengeRequest, DeactivateParty, KeyHistoryView,
    PartyView, RecoverParty, RegisterParty, RotateKeys,
};
use assent_crypto::sealing::OpeningKey;
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;

use super::{ClientError, NodeClient};
use crate::key_history::{KeyHistory, KeyHistoryError};
use crate::keys::PartyKeys;
use crate::statements::Signer;
use crate::statements::identity::{ChallengeError, answer_challenge};

/// Why a party could not be registered.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The request failed.
    #[error("the node did not register the party")]
    Client(#[from] ClientError),
    /// The node's challenge is for another key.
    #[error("the node's challenge cannot be answered")]
    Challenge(#[from] ChallengeError),
}

/// Why the keys of a party are not known.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The request failed.
    #[error("the node did not show the keys of the party")]
    Client(#[from] ClientError),
    /// What it shows does not hold.
    #[error("the keys that the node shows are not those of the party")]
    History(#[from] KeyHistoryError),
}

impl NodeClient {
    /// What must be known of the node before the first statement.
    pub async fn chain(&self) -> Result<ChainView, ClientError> {
        self.get("v1/chain").await
    }

    /// Asks for a challenge.
    pub async fn challenge(&self, request: &ChallengeRequest) -> Result<Challenge, ClientError> {
        self.post("v1/challenges", request).await
    }

    /// Asks for a challenge to an opening key, and answers it.
    pub async fn show_possession(
        &self,
        opening: &OpeningKey,
    ) -> Result<ChallengeAnswer, EnrolError> {
        let sealing_key = opening.sealing_key().clone();
        let challenge = self.challenge(&ChallengeRequest { sealing_key }).await?;
        Ok(answer_challenge(opening, &challenge)?)
    }

    /// Registers a party.
    pub async fn register_party(&self, body: &RegisterParty) -> Result<Outcome, ClientError> {
        self.post("v1/parties", body).await
    }

    /// Signs a registration, shows possession of the opening key, and registers.
    pub async fn enrol(
        &self,
        signer: &Signer,
        keys: &PartyKeys,
        kind: PartyKind,
        custody: Custody,
    ) -> Result<Outcome, EnrolError> {
        let possession = self.show_possession(&keys.opening).await?;
        let registration = signer.register(keys, kind, custody);
        let body = RegisterParty {
            registration: registration.compact().to_owned(),
            possession,
        };
        Ok(self.register_party(&body).await?)
    }

    /// A party as the ledger knows it.
    pub async fn party(&self, party: PartyId) -> Result<PartyView, ClientError> {
        self.get(&format!("v1/parties/{party}")).await
    }

    /// The keys of a party as they are now, followed from its id: the node is not believed.
    pub async fn key_history(
        &self,
        party: PartyId,
        chain: &ChainId,
    ) -> Result<KeyHistory, TraceError> {
        let view: KeyHistoryView = self.get(&format!("v1/parties/{party}/keys")).await?;
        Ok(KeyHistory::trace(party, chain, &view.statements)?)
    }

    /// Replaces a party's keys.
    pub async fn rotate_keys(
        &self,
        party: PartyId,
        body: &RotateKeys,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/parties/{party}/keys"), body).await
    }

    /// Installs new keys with the recovery key.
    pub async fn recover_party(
        &self,
        party: PartyId,
        body: &RecoverParty,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/parties/{party}/recovery"), body)
            .await
    }

    /// Ends a party.
    pub async fn deactivate_party(
        &self,
        party: PartyId,
        body: &DeactivateParty,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/parties/{party}/deactivation"), body)
            .await
    }
}
