//! How a command fails: one line, the causes below it, and an exit code.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::process::ExitCode;

use assent_api::problem::Problem;
use assent_client::chain_check::ChainError;
use assent_client::choice::ChoiceError;
use assent_client::document::DocumentError;
use assent_client::evidence::EvidenceError;
use assent_client::http::{ClientError, EnrolError, FetchError, LookUpError, TraceError};
use assent_client::key_file::KeyFileError;
use assent_client::key_history::KeyHistoryError;
use assent_client::pairing::EnterError;
use assent_client::source::RolledBack;
use assent_client::statements::change::ChangeError;
use assent_client::statements::give::GiveError;
use assent_client::statements::link::CountersignError;
use assent_client::statements::service::RegisterServiceError;
use assent_client::wallet_release::WalletReleaseError;
use assent_node::config::ConfigError;
use assent_node::{InitError, StartError};
use assent_storage::StoreError;

/// What a caller of the command can tell apart by its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something was refused, or does not hold.
    Problem = 1,
    /// The command was called wrongly.
    Usage = 2,
    /// The node, the source or the store cannot be reached.
    Unreachable = 3,
}

/// Why a command did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    code: Option<String>,
    causes: Vec<String>,
}

impl Failure {
    /// A failure with a message of one line, without its full stop.
    pub(crate) fn new(exit: Exit, message: impl Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            code: None,
            causes: Vec::new(),
        }
    }

    /// Something that does not hold.
    pub(crate) fn problem(message: impl Display) -> Self {
        Self::new(Exit::Problem, message)
    }

    /// Nothing there to talk to.
    pub(crate) fn unreachable(message: impl Display) -> Self {
        Self::new(Exit::Unreachable, message)
    }

    /// A wrong call.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The failure that an error and its sources tell of.
    fn of(exit: Exit, error: &dyn Error) -> Self {
        Self::new(exit, error).with_sources(error)
    }

    /// The same, because of an error.
    pub(crate) fn caused_by(mut self, error: &dyn Error) -> Self {
        self.causes.push(error.to_string());
        self.with_sources(error)
    }

    fn with_sources(mut self, error: &dyn Error) -> Self {
        let mut source = error.source();
        while let Some(error) = source {
            // Errors that pass the text of their source on would say it twice.
            let text = error.to_string();
            if self.causes.last().unwrap_or(&self.message) != &text {
                self.causes.push(text);
            }
            source = error.source();
        }
        self
    }

    fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The stable code of the problem, when it has one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The message, and the code in brackets.
    pub(crate) fn line(&self) -> String {
        match &self.code {
            Some(code) => format!("{} [{code}]", self.message),
            None => self.message.clone(),
        }
    }

    /// The message with its causes, on one line.
    pub(crate) fn whole(&self) -> String {
        let mut text = self.line();
        for cause in &self.causes {
            write!(text, ": {cause}").expect("a String takes everything");
        }
        text
    }

    /// Writes the failure to standard error, and gives the exit code of the command.
    pub(crate) fn report(&self) -> ExitCode {
        let mut text = format!("assent: {}\n", self.line());
        for cause in &self.causes {
            writeln!(text, "  because {cause}").expect("a String takes everything");
        }
        // Where standard error is closed there is nobody to tell.
        let _ = io::stderr().write_all(text.as_bytes());
        ExitCode::from(self.exit as u8)
    }
}

/// Says what was being done when something failed.
pub(crate) trait Doing<T> {
    /// Puts `what` before the causes, as in "the consent cannot be given".
    fn doing(self, what: impl Display) -> Result<T, Failure>;
}

impl<T, E: Into<Failure>> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T, Failure> {
        self.map_err(|error| {
            let mut failure = error.into();
            let message = std::mem::replace(&mut failure.message, what.to_string());
            failure.causes.insert(0, message);
            failure
        })
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let mut failure = Self::problem(problem.title).with_code(problem.code);
        failure.causes.extend(problem.detail);
        let errors = problem.errors.iter();
        let errors = errors.map(|error| match error.pointer.as_str() {
            "" => error.detail.clone(),
            pointer => format!("{pointer}: {}", error.detail),
        });
        failure.causes.extend(errors);
        failure
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Problem(problem) => (*problem).into(),
            ClientError::Transport(_) => Self::of(Exit::Unreachable, &error),
            ClientError::BadAddress | ClientError::InsecureAddress => Self::of(Exit::Usage, &error),
            _ => Self::of(Exit::Problem, &error),
        }
    }
}

impl From<EnrolError> for Failure {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Client(error) => error.into(),
            EnrolError::Challenge(_) => Self::of(Exit::Problem, &error),
        }
    }
}

impl From<TraceError> for Failure {
    fn from(error: TraceError) -> Self {
        match error {
            TraceError::Client(error) => error.into(),
            TraceError::History(_) => Self::of(Exit::Problem, &error),
        }
    }
}

impl From<LookUpError> for Failure {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::Client(error) => error.into(),
            LookUpError::Unreadable => Self::of(Exit::Problem, &error),
        }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Client(error) => error.into(),
            FetchError::Target(_) => Self::of(Exit::Problem, &error),
        }
    }
}

impl From<EnterError<ClientError>> for Failure {
    fn from(error: EnterError<ClientError>) -> Self {
        match error {
            EnterError::Mailbox(error) => error.into(),
            EnterError::Refused(refusal) => {
                Self::of(Exit::Problem, &refusal).with_code(refusal.code())
            }
            EnterError::Unanswered => Self::of(Exit::Problem, &error),
        }
    }
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        Self::of(Exit::Problem, &error).with_code(error.code())
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self::of(Exit::Problem, &error).with_code(error.code())
    }
}

impl From<EvidenceError> for Failure {
    fn from(error: EvidenceError) -> Self {
        Self::of(Exit::Problem, &error).with_code(error.code())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::of(Exit::Usage, &error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::of(Exit::Unreachable, &error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let exit = match error {
            StartError::NotInitialised(_)
            | StartError::ChainFile(_)
            | StartError::Store(_)
            | StartError::Resume(_)
            | StartError::Directory(_) => Exit::Unreachable,
            _ => Exit::Problem,
        };
        Self::of(exit, &error)
    }
}

/// Errors that say that something does not hold.
macro_rules! problems {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::of(Exit::Problem, &error)
            }
        }
    )+};
}

problems! {
    ChangeError,
    ChoiceError,
    CountersignError,
    GiveError,
    InitError,
    KeyFileError,
    KeyHistoryError,
    RegisterServiceError,
    RolledBack,
    WalletReleaseError,
    io::Error,
    serde_json::Error,
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_api::problem::{Code, FieldError};

    #[test]
    fn a_problem_keeps_its_code_and_says_which_field() {
        let mut problem =
            Problem::new(Code::DescriptionInvalid).with_detail("not that of the file");
        problem.errors.push(FieldError {
            pointer: "/version".into(),
            detail: "too small".into(),
        });
        let failure: Failure = Err::<(), _>(ClientError::Problem(Box::new(problem)))
            .doing("the service cannot be registered")
            .expect_err("it failed before");
        assert_eq!(
            failure.line(),
            "the service cannot be registered [description-invalid]"
        );
        assert_eq!(failure.exit, Exit::Problem);
        assert_eq!(
            failure.causes,
            [
                "The service description is not valid",
                "not that of the file",
                "/version: too small"
            ]
        );
    }

    #[test]
    fn a_wrong_address_is_a_wrong_call() {
        let failure = Failure::from(ClientError::InsecureAddress);
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.code(), None);
    }
}
