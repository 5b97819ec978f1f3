//! What is remembered about services.

use std::fmt;
use std::str::FromStr;

use assent_crypto::digest::Digest;
use assent_model::ids::{PartyId, ServiceId};
use assent_model::records::service::Outline;
use serde::{Deserialize, Serialize};

use crate::collection::Piece;

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Who offers it.
    pub provider: PartyId,
    /// The current version of its description.
    pub version: u32,
}

impl Piece for Service {
    const KIND: &'static str = "service";
    type Id = ServiceId;
}

/// A version of a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// SHA-256 of the canonical description.
    pub digest: Digest,
    /// What rules read of it.
    pub outline: Outline,
    /// Whether no later version has superseded it.
    pub is_current: bool,
}

/// Names a version of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DescriptionId {
    /// Of which service.
    pub service: ServiceId,
    /// Which version.
    pub version: u32,
}

impl fmt::Display for DescriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.service, self.version)
    }
}

impl FromStr for DescriptionId {
    type Err = InvalidDescriptionId;

    fn from_str(text: &str) -> Result<Self, InvalidDescriptionId> {
        let (service, version) = text.split_once('@').ok_or(InvalidDescriptionId)?;
        let service = service.parse().map_err(|_| InvalidDescriptionId)?;
        let version = version.parse().map_err(|_| InvalidDescriptionId)?;
        Ok(Self { service, version })
    }
}

/// A text that does not name a version of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a version of a description")]
pub struct InvalidDescriptionId;

impl Piece for Description {
    const KIND: &'static str = "description";
    type Id = DescriptionId;
}
