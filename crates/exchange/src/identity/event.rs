//! What can happen to the chain's parameters and to parties.

use assent_crypto::signature::VerifyingKey;
use assent_model::records::identity::{
    Deactivation, Genesis, KeyRotation, Recovery, Registration, WalletRelease,
};
use assent_model::statement::Recorded;
use serde::{Deserialize, Serialize};

/// An event of the identity component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum IdentityEvent {
    /// The chain was opened.
    Opened {
        /// The signed genesis.
        genesis: Recorded<Genesis>,
    },
    /// A party registered.
    Registered {
        /// The signed registration.
        registration: Recorded<Registration>,
        /// The recovery key, whose possession was shown.
        recovery_key: VerifyingKey,
    },
    /// A party replaced its keys.
    KeysRotated {
        /// The signed rotation.
        rotation: Recorded<KeyRotation>,
        /// The new signing key, whose possession was shown.
        signing_key: VerifyingKey,
    },
    /// A party installed a new signing key with its recovery key.
    Recovered {
        /// The signed recovery.
        recovery: Recorded<Recovery>,
        /// The new signing key, whose possession was shown.
        signing_key: VerifyingKey,
    },
    /// A party ended.
    Deactivated {
        /// The signed deactivation.
        deactivation: Recorded<Deactivation>,
    },
    /// The operator published a build of the wallet.
    WalletPublished {
        /// The signed release.
        release: Recorded<WalletRelease>,
    },
}
