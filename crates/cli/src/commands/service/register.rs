//! `assent service register`: signs a description and registers it.

use std::path::PathBuf;

use assent_model::ids::ServiceId;
use clap::Args;
use serde::Serialize;

use crate::commands::who::ProviderArguments;
use crate::descriptions::Draft;
use crate::failure::Failure;
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The description, JSON. It may leave out `service_id` (a new one), `version` (the next one)
    /// and the provider's `party_id` (that of the keys)
    #[arg(long, value_name = "FILE")]
    description: PathBuf,
    /// Which service, where the file does not say and it is not a new one
    #[arg(long, value_name = "SERVICE")]
    service: Option<ServiceId>,
    /// Where data is fetched, whatever the file says; `{dataset}` stands for the dataset
    #[arg(long, value_name = "URL")]
    data_endpoint: Option<String>,
    /// The picture beside the name, whatever the file says: a square PNG of 64 to 256 pixels and at most
    /// 8192 bytes, with nothing in it but the picture
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    #[command(flatten)]
    provider: ProviderArguments,
}

#[derive(Serialize)]
struct Registered {
    service_id: ServiceId,
    version: u32,
    height: u64,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let mut draft = Draft::read(&self.description)?;
        if let Some(endpoint) = &self.data_endpoint {
            draft.set_data_endpoint(endpoint);
        }
        if let Some(logo) = &self.logo {
            draft.set_logo(logo)?;
        }
        let provider = self.provider.connect().await?;
        let known = draft.service_id().or(self.service);
        let version = match known {
            None => 1,
            Some(service) => match provider.session.service(service).await {
                Ok(described) => described.description.version + 1,
                Err(failure) if failure.code() == Some("not-found") => 1,
                Err(failure) => return Err(failure),
            },
        };
        let service = known.unwrap_or_else(ServiceId::random);
        let description = draft.complete(provider.party(), service, version)?;
        let outcome = provider.register(&description).await?;
        let registered = Registered {
            service_id: description.service_id,
            version: description.version,
            height: outcome.height,
        };
        output.answer(&registered, |registered| {
            fields(&[
                ("service", &registered.service_id),
                ("version", &registered.version),
                ("block", &registered.height),
            ])
        })
    }
}
