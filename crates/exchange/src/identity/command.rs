//! What can be asked of the identity component.

use assent_model::records::identity::{
    Deactivation, Genesis, KeyRotation, Recovery, Registration, WalletRelease,
};
use assent_model::statement::Verified;

/// A command of the identity component.
#[derive(Debug, Clone)]
pub enum IdentityCommand {
    /// The operator opens the chain.
    Open(Verified<Genesis>),
    /// A party registers.
    Register(Verified<Registration>),
    /// A party replaces its keys.
    Rotate(Verified<KeyRotation>),
    /// A party that lost its signing key installs a new one.
    Recover(Verified<Recovery>),
    /// A party ends.
    Deactivate(Verified<Deactivation>),
    /// The operator publishes a build of the wallet.
    PublishWallet(Verified<WalletRelease>),
}
