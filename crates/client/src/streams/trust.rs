//! What a device knows of its node beforehand.

use assent_crypto::signature::VerifyingKey;
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::records::identity::Genesis;
use assent_model::statement;
use serde::{Deserialize, Serialize};

use crate::http::{ClientError, NodeClient, TraceError};

/// What a device pins when it registers, and holds the word of its relay against ever after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamTrust {
    /// The chain.
    pub chain: ChainId,
    /// Who operates it.
    pub operator: PartyId,
    /// The key that speaks for the operator: it may pause or end consents of people who lost theirs.
    pub operator_key: VerifyingKey,
    /// The key that signs checkpoints.
    pub checkpoint_key: VerifyingKey,
}

/// Why a node is not relied on.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The node cannot be reached.
    #[error("the node cannot be reached")]
    Client(#[from] ClientError),
    /// Its genesis is not signed, or says something else than the node.
    #[error("the node does not show the statement that its chain began with")]
    Genesis,
    /// The keys of its operator cannot be followed.
    #[error("the node does not show the keys of its operator")]
    Operator(#[from] TraceError),
}

impl StreamTrust {
    /// What a node says of itself, on first use: from then on it cannot say anything else.
    ///
    /// # Errors
    /// See [`TrustError`].
    pub async fn of_node(node: &NodeClient) -> Result<Self, TrustError> {
        let view = node.chain().await?;
        let genesis =
            statement::verify::<Genesis>(&view.genesis).map_err(|_| TrustError::Genesis)?;
        let said = genesis.content();
        let chain = genesis.envelope().aud.clone();
        if chain.as_str() != view.chain_id || PartyId::of(genesis.signer()) != said.operator {
            return Err(TrustError::Genesis);
        }
        let operator = node.key_history(said.operator, &chain).await?;
        Ok(Self {
            operator: said.operator,
            operator_key: *operator.signing_key(),
            checkpoint_key: said.checkpoint_key,
            chain,
        })
    }
}
