//! Where streams are read: at the node, or at whatever stands for it in a test.

use assent_client::chain_check::CheckedConsent;
use assent_client::http::ClientError;
use assent_client::streams::NamingFault;
use assent_model::ids::StreamId;
use assent_model::records::stream::StreamAnchor;
use async_trait::async_trait;

pub use assent_client::streams::NamedStream;

/// What comes out of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coming {
    /// A record, not verified.
    Record(Vec<u8>),
    /// The relay gives no more, for the reason with this code.
    Ended(String),
    /// The connection is gone.
    HungUp,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The node refuses, or cannot be reached.
    #[error("the relay gives nothing")]
    Client(#[from] ClientError),
    /// What is offered is not the household's: who gave the consent did not name it, or its keys are
    /// not its device's. A relay must not hand that on.
    #[error(transparent)]
    NotNamed(#[from] NamingFault),
}

impl RelayError {
    /// The code of the refusal, when it is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Client(error) => error.code(),
            Self::NotNamed(_) => None,
        }
    }
}

/// Records as they come. Waiting can be given up at any time without losing one.
#[async_trait]
pub trait Tail: Send {
    /// What comes next.
    async fn next(&mut self) -> Coming;
}

/// Where streams are read.
#[async_trait]
pub trait Relay: Send + Sync {
    /// The stream that may be read under a consent, if there is one yet.
    async fn stream(&self, consent: &CheckedConsent) -> Result<Option<NamedStream>, RelayError>;

    /// Asks the device for keys.
    async fn ask_keys(&self, consent: &CheckedConsent, stream: StreamId) -> Result<(), RelayError>;

    /// Records from a number on.
    async fn tail(
        &self,
        consent: &CheckedConsent,
        stream: StreamId,
        from: u64,
    ) -> Result<Box<dyn Tail>, RelayError>;

    /// How far the device says in the ledger that its stream has come.
    async fn anchored(&self, stream: StreamId) -> Result<Option<StreamAnchor>, RelayError>;
}
