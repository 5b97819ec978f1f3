//! `assent wallet publish`: the operator puts the digest of a build into the log, for good.

use std::path::PathBuf;

use assent_api::v1::wallets::PublishWallet;
use assent_crypto::digest::Digest;
use assent_model::names::WebOrigin;
use assent_model::records::identity::WalletRelease;
use assent_node::operator_keys::OperatorKeys;
use clap::Args;
use serde::Serialize;

use crate::bundle;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the build
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Where it is served, such as `https://wallet.example`
    #[arg(long, value_name = "ORIGIN")]
    origin: WebOrigin,
    /// The data directory of the node, with the keys of the operator
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    #[command(flatten)]
    node: NodeArguments,
}

#[derive(Serialize)]
struct Published {
    digest: Digest,
    origin: WebOrigin,
    index: Option<u64>,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let digest = bundle::digest(&self.folder)?;
        let keys = OperatorKeys::load(&self.data_dir).map_err(|error| {
            Failure::problem("the operator's keys cannot be used").caused_by(&error)
        })?;
        let session = self.node.connect().await?;
        let content = WalletRelease {
            digest,
            origin: self.origin.clone(),
        };
        let release = session.signer().sign(&keys.signing, content);
        let body = PublishWallet {
            release: release.compact().to_owned(),
        };
        let outcome = session.client.publish_wallet(&body).await;
        let outcome = outcome.doing("the build cannot be published")?;
        let published = Published {
            digest,
            origin: self.origin,
            index: outcome.first_index,
        };
        output.answer(&published, |published| {
            fields(&[
                ("build", &published.digest),
                ("origin", &published.origin),
                ("log entry", &published.index.unwrap_or_default()),
            ])
        })
    }
}
