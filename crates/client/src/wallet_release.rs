//! Whether a build of the wallet is in the log of a chain: who runs one can see that it is the build
//! that everybody sees.

use assent_api::v1::ledger::EntryView;
use assent_crypto::digest::Digest;
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use assent_ledger::merkle;
use assent_ledger::sequencer::LeafContent;
use assent_model::names::WebOrigin;
use assent_model::records::identity::{Genesis, WalletRelease};
use assent_model::statement::{self, Verified};
use assent_model::time::Timestamp;

use crate::key_history::KeyHistory;

/// Why an entry of the log does not say that a build was published. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WalletReleaseError {
    /// The checkpoint is not signed with the key of the genesis.
    #[error("the checkpoint is not signed with the key of the chain")]
    CheckpointInvalid,
    /// The entry is not in the log that the checkpoint commits to.
    #[error("the entry is not in the log of the checkpoint")]
    NotIncluded,
    /// The entry is no release of a wallet.
    #[error("the entry is no release of a wallet")]
    OtherEntry,
    /// The signature of the release does not verify.
    #[error("the release is not signed")]
    StatementInvalid,
    /// The release was signed for another chain.
    #[error("the release is of another chain")]
    OtherChain,
    /// The release is not signed with a key of the operator.
    #[error("the release is not signed with a key of the operator")]
    WrongKey,
    /// The release is that of another build.
    #[error("the release is that of another build")]
    OtherBuild,
}

/// A build that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedWallet {
    /// Where it is served, as the operator says.
    pub origin: WebOrigin,
    /// When it entered the log.
    pub at: Timestamp,
    /// Where in the log.
    pub index: u64,
    /// How many entries the checkpoint covers.
    pub log_size: u64,
}

/// Verifies that an entry of a chain's log publishes the build with this digest. `operator` has the
/// keys of the operator, traced from its id.
///
/// # Errors
/// The first thing that does not hold.
pub fn verify(
    digest: Digest,
    entry: &EntryView,
    genesis: &Verified<Genesis>,
    operator: &KeyHistory,
) -> Result<PublishedWallet, WalletReleaseError> {
    let chain = &genesis.envelope().aud;
    let checkpoint = checkpoint(entry, genesis)?;
    let leaf_hash = merkle::leaf_hash(entry.leaf.as_bytes());
    let (size, root) = (checkpoint.size, checkpoint.log_root);
    merkle::verify_inclusion(leaf_hash, entry.index, size, &entry.proof, root)
        .map_err(|_| WalletReleaseError::NotIncluded)?;
    let leaf = LeafContent::<Event>::decode(entry.leaf.as_bytes());
    let leaf = leaf.map_err(|_| WalletReleaseError::OtherEntry)?;
    let Event::Identity(IdentityEvent::WalletPublished { release }) = &leaf.event else {
        return Err(WalletReleaseError::OtherEntry);
    };
    let release = statement::verify::<WalletRelease>(release.compact())
        .map_err(|_| WalletReleaseError::StatementInvalid)?;
    if release.envelope().aud != *chain {
        return Err(WalletReleaseError::OtherChain);
    }
    operator
        .check_reaches(&release.signer().thumbprint())
        .map_err(|_| WalletReleaseError::WrongKey)?;
    if release.content().digest != digest {
        return Err(WalletReleaseError::OtherBuild);
    }
    Ok(PublishedWallet {
        origin: release.content().origin.clone(),
        at: leaf.time,
        index: entry.index,
        log_size: size,
    })
}

fn checkpoint(
    entry: &EntryView,
    genesis: &Verified<Genesis>,
) -> Result<Checkpoint, WalletReleaseError> {
    let invalid = |_| WalletReleaseError::CheckpointInvalid;
    let key = &genesis.content().checkpoint_key;
    let checkpoint = SignedCheckpoint::parse(&entry.checkpoint, key).map_err(invalid)?;
    if checkpoint.origin.as_str() == genesis.envelope().aud.as_str() {
        Ok(checkpoint)
    } else {
        Err(WalletReleaseError::CheckpointInvalid)
    }
}
