//! Devices that wait for the keys of their person: the node relays public keys, and what is sealed to
//! them comes with the keyring.

use std::fmt;

use assent_crypto::sealing::SealingKey;
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
