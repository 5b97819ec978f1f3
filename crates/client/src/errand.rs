//! A person whom a service sends to a node and who comes back: what the service keeps meanwhile,
//! and what it checks then.
//!
//! An errand belongs to one session of one person at the service: keep it there, and take from no
//! other session what the person comes back with.

use assent_api::v1::redirects::Redeem;
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use serde::{Deserialize, Serialize};

/// What a service remembers of a person who is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Errand {
    /// Comes back unchanged.
    pub state: String,
    /// Goes to the node when the code is redeemed, and nowhere else.
    code_verifier: String,
}

/// What a person came back with: the query of the redirect address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Returned {
    /// The code, where the answer was yes.
    #[serde(default)]
    pub code: Option<String>,
    /// Why there is none: `access_denied`, `already_answered` or `request_expired`.
    #[serde(default)]
    pub error: Option<String>,
    /// The state.
    #[serde(default)]
    pub state: String,
    /// The address of the node.
    #[serde(default)]
    pub iss: String,
}

/// Why there is nothing to redeem. In checking order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnError {
    /// Somebody else's errand, or nobody's.
    #[error("the state is not the one of this session")]
    WrongState,
    /// The answer is of another node.
    #[error("the answer is of another node")]
    WrongNode,
    /// The person said no, or it was too late.
    #[error("the person came back without an answer: {0}")]
    Refused(String),
    /// Neither a code nor a reason.
    #[error("the person came back with neither a code nor a reason")]
    Incomplete,
}

impl Errand {
    /// A new errand, with a state and a verifier that nobody can guess.
    pub fn new() -> Self {
        Self {
            state: base64url::encode(&random_bytes::<32>()),
            code_verifier: base64url::encode(&random_bytes::<32>()),
        }
    }

    /// What is pushed (PKCE, `S256`).
    pub fn code_challenge(&self) -> Digest {
        Digest::of(self.code_verifier.as_bytes())
    }

    /// What to redeem, from what the person came back with from the node at `node`.
    ///
    /// # Errors
    /// The first thing in it that is not as it must be.
    pub fn redeem(&self, returned: &Returned, node: &str) -> Result<Redeem, ReturnError> {
        if returned.state != self.state {
            return Err(ReturnError::WrongState);
        }
        if returned.iss != node.trim_end_matches('/') {
            return Err(ReturnError::WrongNode);
        }
        match (&returned.error, &returned.code) {
            (Some(reason), _) => Err(ReturnError::Refused(reason.clone())),
            (None, Some(code)) => Ok(Redeem {
                code: code.clone(),
                code_verifier: self.code_verifier.clone(),
            }),
            (None, None) => Err(ReturnError::Incomplete),
        }
    }
}

impl Default for Errand {
    fn default() -> Self {
        Self::new()
    }
}
