//! Where messages go.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::post::About;
use super::refusal;
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// The folder in the data directory that messages are written to in development.
pub const FOLDER: &str = "mail";
/// How long a mail server may take for each step.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Takes messages.
pub enum Mailer {
    /// A mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder, for development.
    Folder(PathBuf),
}

/// A message was not taken. What a mail server says can hold the address, so it is not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The mail server refuses this message for now, or for a reason that is not its own.
    #[error("the mail server cannot take the message now")]
    ForNow,
    /// The mail server refuses the message or its recipient for good.
    #[error("the mail server refuses the message")]
    ForGood,
    /// The mail server refuses the node whatever it sends, or cannot be reached.
    #[error("the mail server takes nothing")]
    Nothing,
    /// The folder cannot be written.
    #[error("the mail folder cannot be written")]
    Folder(#[from] io::Error),
}

impl Mailer {
    /// The mailer at a URL such as `smtps://user:password@mail.example`, or the folder where the
    /// URL is empty.
    ///
    /// # Errors
    /// The URL is not one of a mail server.
    pub fn new(url: &str, data_dir: &Path) -> Result<Self, smtp::Error> {
        if url.is_empty() {
            return Ok(Self::Folder(data_dir.join(FOLDER)));
        }
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?;
        Ok(Self::Smtp(server.timeout(Some(TIMEOUT)).build()))
    }

    /// Whether messages are handed over without waiting for anybody.
    pub(super) const fn is_at_hand(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    /// Hands a message over. It is forgotten with what it is about.
    pub(super) async fn send(&self, about: About, message: Message) -> Result<(), NotTaken> {
        match self {
            Self::Smtp(server) => {
                let sent = server.send(message).await;
                sent.map(drop).map_err(|error| refusal::of(&error))
            }
            Self::Folder(folder) => Ok(write(folder, about, &message.formatted())?),
        }
    }

    /// Deletes the messages about something, to whichever address, where the node keeps any.
    pub(super) fn forget(&self, about: About) -> io::Result<()> {
        let Self::Folder(folder) = self else {
            return Ok(());
        };
        let files = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            files => files?,
        };
        let mark = format!("{about}.");
        for file in files {
            let file = file?;
            if file
                .file_name()
                .to_str()
                .is_some_and(|name| name.starts_with(&mark))
            {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

/// Names the file by what it is about, so that it is found again without being read.
fn write(folder: &Path, about: About, message: &[u8]) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let unique = base64url::encode(&random_bytes::<9>());
    let path = folder.join(format!("{about}.{unique}.eml"));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(message)
}
