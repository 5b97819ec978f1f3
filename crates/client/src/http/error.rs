//! What can go wrong between client and node.

use assent_api::problem::Problem;

/// Why a request got no answer of the expected kind.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not one of a node.
    #[error("the address is not one that can be called")]
    BadAddress,
    /// Plain `http` to another machine.
    #[error("plain http is for loopback addresses only")]
    InsecureAddress,
    /// No answer: the connection failed, or took too long.
    #[error("the server cannot be reached")]
    Transport(#[source] reqwest::Error),
    /// The node refuses, and says why.
    #[error("the node refuses: {}", .0.code)]
    Problem(Box<Problem>),
    /// An answer that is neither a success of the expected shape nor a problem.
    #[error("the server answers something unexpected with status {status}")]
    UnexpectedAnswer {
        /// The HTTP status.
        status: u16,
    },
    /// An answer longer than any that is expected.
    #[error("the answer of the server is too large")]
    AnswerTooLarge,
}

impl ClientError {
    /// The address is taken out: its query can hold what does not belong in a log.
    pub(super) fn transport(error: reqwest::Error) -> Self {
        Self::Transport(error.without_url())
    }

    /// The code of the problem, when it is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// Whether nothing of the request has left this machine.
    pub(super) fn is_unsent(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connect())
    }

    /// Whether the same request may succeed a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Transport(_) => true,
            Self::Problem(problem) => problem.status == 503,
            Self::UnexpectedAnswer { status } => matches!(status, 502..=504),
            Self::BadAddress | Self::InsecureAddress | Self::AnswerTooLarge => false,
        }
    }
}
