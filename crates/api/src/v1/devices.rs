//! Devices that wait for the keys of their person: the node relays public keys, and what is sealed to
//! them comes with the keyring.

use std::fmt;

use assent_crypto::digest::Digest;
use assent_crypto::sealing::SealingKey;
use assent_model::ids::PartyId;
use assent_model::names::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /v1/accounts/devices`: a device asks for the keys of its person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitForKeys {
    /// The name that its wrapping will have: 1 to 64 letters, digits, `-` and `_`.
    pub device_id: String,
    /// To what the wallet key is to be sealed. Whoever seals compares it with what the device shows.
    #[schema(value_type = String)]
    pub sealing_key: SealingKey,
    /// What the person calls the device, at most 64 characters.
    pub label: String,
}

impl fmt::Debug for WaitForKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WaitForKeys(..)")
    }
}

/// A device that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingDevice {
    /// The name that its wrapping will have.
    pub device_id: String,
    /// To what the wallet key is to be sealed, as the node was told.
    #[schema(value_type = String)]
    pub sealing_key: SealingKey,
    /// What the person calls the device.
    pub label: String,
    /// Until when it waits, in milliseconds since the epoch.
    pub expires_at: u64,
}

impl fmt::Debug for WaitingDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WaitingDevice(..)")
    }
}

/// The device waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceWaits {
    /// Until when, in milliseconds since the epoch.
    pub expires_at: u64,
}

/// `GET /v1/accounts/devices`: the devices that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingDevices {
    /// At most three.
    pub devices: Vec<WaitingDevice>,
}

/// `POST /v1/accounts/passes`: a device without keys, whose page another site serves, asks for a code
/// that shows whose it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskPass {
    /// The address of its person.
    pub email: String,
    /// The language of the mail.
    #[schema(value_type = String)]
    pub language: Language,
}

impl fmt::Debug for AskPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AskPass(..)")
    }
}

/// A code is on its way, if the address is somebody's contact. The answer does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassAsked {
    /// Names the code that was asked for here.
    #[schema(value_type = String)]
    pub asked: Digest,
    /// Until when the code is good, in milliseconds since the epoch.
    pub expires_at: u64,
}

/// `POST /v1/accounts/passes/confirmations`: the code that came by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmPass {
    /// Names the code, as it was answered when it was asked for.
    #[schema(value_type = String)]
    pub asked: Digest,
    /// The code.
    pub code: String,
}

impl fmt::Debug for ConfirmPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmPass(..)")
    }
}

/// Lets a device without keys wait for those of its person, and read them, encrypted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DevicePass {
    /// Whose account it is.
    #[schema(value_type = String)]
    pub party_id: PartyId,
    /// Goes into `Authorization: Assent-Pass …`.
    pub pass: String,
    /// Until when it is good, in milliseconds since the epoch.
    pub expires_at: u64,
}

impl fmt::Debug for DevicePass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DevicePass(..)")
    }
}
