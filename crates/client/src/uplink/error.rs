//! Why an uplink does not get on.

use std::io;

use crate::channel::SnapshotError;
use crate::http::ClientError;
use crate::streams::StandingFault;

/// Why an uplink does not get on.
#[derive(Debug, thiserror::Error)]
pub enum UplinkError {
    /// The relay cannot be reached, or refuses.
    #[error("the relay takes nothing")]
    Client(#[from] ClientError),
    /// What the relay says of the consents is not shown to be so.
    #[error("the relay does not show which consents are in force")]
    Standing(#[from] StandingFault),
    /// The relay's word on the consents is too old.
    #[error("the relay's word on the consents is too old")]
    StandingOld,
    /// The memory of the device cannot be kept.
    #[error("the state of the channel cannot be kept")]
    Keep(#[source] io::Error),
    /// The memory of the device does not fit the records of the relay.
    #[error(transparent)]
    Memory(#[from] SnapshotError),
    /// The relay gives out a record that the device has not signed.
    #[error("the relay gives out a record that this device has not signed")]
    ForeignRecord,
    /// The relay has lost records that it had confirmed.
    #[error("the relay has lost records from number {next} on")]
    RelayLost {
        /// The number that it waits for.
        next: u64,
    },
    /// The relay says that it took what it was not sent.
    #[error("the relay says that it took what it was not sent")]
    RelayConfused,
    /// Consents ended time and again while the measurements were on their way.
    #[error("the measurements came too late time and again")]
    Unsettled,
}
