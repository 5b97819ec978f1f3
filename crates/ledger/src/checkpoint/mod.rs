//! Checkpoints: what a log signs about itself, as C2SP tlog-checkpoint has it.
//!
//! A checkpoint commits to the whole log and, by an extension line, to the map of current
//! statuses, so that "active as of this checkpoint" can be proved. The format is in
//! `docs/reference/log.md`.

mod note;

use std::fmt;
use std::str::FromStr;

use assent_crypto::digest::Digest;
use assent_crypto::domains;
use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_model::time::Timestamp;

use crate::block::BlockHeader;
use note::Note;
pub use note::verifier_key;

/// The application hash: what the whole replicated state comes down to,
/// `tagged("assent/v1/app-hash", log root, status root)`.
pub fn app_hash(log_root: &Digest, status_root: &Digest) -> Digest {
    Digest::tagged(
        domains::APP_HASH,
        &[log_root.as_bytes(), status_root.as_bytes()],
    )
}

/// The name of a log, which is also the name of its key: not empty, without white space, control
/// characters and `+`. C2SP recommends a URL without its scheme, such as `example.org/consent`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

/// The text is no name of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a log must not be empty nor hold white space, control characters or `+`")]
pub struct InvalidOrigin;

impl Origin {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Origin, InvalidOrigin> {
        if note::is_key_name(text) {
            Ok(Origin(text.to_owned()))
        } else {
            Err(InvalidOrigin)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a log says about itself after a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log that says it.
    pub origin: Origin,
    /// The number of entries.
    pub size: u64,
    /// RFC 6962 root over them.
    pub log_root: Digest,
    /// Root of the map of current statuses.
    pub status_root: Digest,
    /// The number of the block.
    pub height: u64,
    /// The time of the block.
    pub time: Timestamp,
}

/// The text of a signed checkpoint, ready to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint(String);

/// Why a text is not a checkpoint signed by the expected key, in the order in which it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note: a text, an empty line and signature lines, in their exact form.
    #[error("the checkpoint is not a C2SP signed note")]
    NotANote,
    /// There is no signature by this key under the name of the log.
    #[error("the checkpoint has no signature by the expected key")]
    NotSigned,
    /// A signature that names the key does not verify.
    #[error("a signature of the checkpoint does not verify")]
    BadSignature,
    /// What is signed is not the six lines of a checkpoint, or not in their one spelling.
    #[error("the signed text is not a checkpoint of this product")]
    NotACheckpoint,
}

impl Checkpoint {
    /// The checkpoint of the log `origin` after the block with this header.
    pub fn new(origin: Origin, header: &BlockHeader) -> Checkpoint {
        Checkpoint {
            origin,
            size: header.log_size,
            log_root: header.log_root,
            status_root: header.status_root,
            height: header.height,
            time: header.time,
        }
    }

    /// The application hash that this checkpoint implies.
    pub fn app_hash(&self) -> Digest {
        app_hash(&self.log_root, &self.status_root)
    }

    /// Signs it with the key of the log.
    pub fn sign(&self, key: &SigningKey) -> SignedCheckpoint {
        SignedCheckpoint(note::sign(&self.text(), self.origin.as_str(), key))
    }

    /// The text that is signed.
    fn text(&self) -> String {
        let Checkpoint {
            origin,
            size,
            log_root,
            status_root,
            height,
            time,
        } = self;
        let log_root = note::base64(log_root.as_bytes());
        let status_root = note::base64(status_root.as_bytes());
        let millis = time.as_millis();
        format!(
            "{origin}\n{size}\n{log_root}\nstatus {status_root}\nheight {height}\ntime {millis}\n"
        )
    }

    /// Reads the text back; `None` where it is not exactly what [`Checkpoint::text`] writes.
    fn from_text(text: &str) -> Option<Checkpoint> {
        let mut lines = text.lines();
        let checkpoint = Checkpoint {
            origin: lines.next()?.parse().ok()?,
            size: lines.next()?.parse().ok()?,
            log_root: digest(lines.next()?)?,
            status_root: digest(lines.next()?.strip_prefix("status ")?)?,
            height: lines.next()?.strip_prefix("height ")?.parse().ok()?,
            time: Timestamp::from_millis(lines.next()?.strip_prefix("time ")?.parse().ok()?),
        };
        (checkpoint.text() == text).then_some(checkpoint)
    }
}

fn digest(base64: &str) -> Option<Digest> {
    note::unbase64(base64)?
        .try_into()
        .ok()
        .map(Digest::from_bytes)
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint and checks its signature. Signatures by other keys, such as the
    /// cosignatures of witnesses, are let through unchecked.
    ///
    /// A key may sign for more than one log: compare [`Checkpoint::origin`] with the log that you
    /// meant.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
        let note = Note::split(text).ok_or(CheckpointError::NotANote)?;
        let origin = note.text.lines().next().unwrap_or_default();
        note.verify(origin, key)?;
        Checkpoint::from_text(note.text).ok_or(CheckpointError::NotACheckpoint)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
