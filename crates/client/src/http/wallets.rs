//! `/v1/wallets`.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::wallets::{PublishWallet, WalletView};
use assent_api::v1::{Outcome, Page};
use assent_crypto::digest::Digest;

use super::{ClientError, NodeClient, PageQuery, paged};

impl NodeClient {
    /// The builds of the wallet that were published.
    pub async fn wallets(&self, page: &PageQuery) -> Result<Page<WalletView>, ClientError> {
        self.get(&paged("v1/wallets", page)).await
    }

    /// A build of the wallet that was published.
    pub async fn wallet(&self, digest: Digest) -> Result<WalletView, ClientError> {
        self.get(&format!("v1/wallets/{digest}")).await
    }

    /// Publishes a build of the wallet.
    pub async fn publish_wallet(&self, body: &PublishWallet) -> Result<Outcome, ClientError> {
        self.post("v1/wallets", body).await
    }
}
