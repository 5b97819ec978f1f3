//! `assent wallet verify`: whether the build in a folder is one that the operator put into the log, where
//! everybody can see it.

use std::path::PathBuf;

use assent_client::wallet_release;
use assent_crypto::digest::Digest;
use assent_model::ids::PartyId;
use assent_model::names::WebOrigin;
use assent_model::records::identity::Genesis;
use assent_model::statement;
use clap::Args;
use serde::Serialize;

use crate::bundle;
use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, fields};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder of the build, as it was downloaded
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The operator that is trusted; the one that the node names otherwise
    #[arg(long, value_name = "PARTY")]
    operator: Option<PartyId>,
    #[command(flatten)]
    node: NodeArguments,
}

#[derive(Serialize)]
struct Proven {
    digest: Digest,
    origin: WebOrigin,
    operator: PartyId,
    published: String,
    index: u64,
    log_size: u64,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let digest = bundle::digest(&self.folder)?;
        let session = self.node.connect().await?;
        let operator = session.chain.operator;
        if self.operator.is_some_and(|wanted| wanted != operator) {
            return Err(Failure::problem("the chain is that of another operator"));
        }
        let genesis = statement::verify::<Genesis>(&session.chain.genesis).map_err(|error| {
            Failure::problem("the genesis of the chain is not signed").caused_by(&error)
        })?;
        let keys = session
            .client
            .key_history(operator, session.chain_id())
            .await;
        let keys = keys.doing("the keys of the operator cannot be traced")?;
        let view = session.client.wallet(digest).await;
        let view = view.doing(format!("the build {digest} is not in the log"))?;
        let entry = session.client.entry(view.index).await;
        let entry = entry.doing("the entry cannot be read")?;
        let published = wallet_release::verify(digest, &entry, &genesis, &keys);
        let published = published.doing("the log does not prove the build")?;
        let proven = Proven {
            digest,
            origin: published.origin,
            operator,
            published: iso(published.at),
            index: published.index,
            log_size: published.log_size,
        };
        output.answer(&proven, |proven| {
            fields(&[
                ("build", &proven.digest),
                ("origin", &proven.origin),
                ("operator", &proven.operator),
                ("published", &proven.published),
                ("log entry", &proven.index),
                ("log entries", &proven.log_size),
            ])
        })
    }
}
