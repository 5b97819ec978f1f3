//! `assent service show`: a service as it is described, for people or as JSON.

use assent_api::v1::consents::pick;
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use assent_model::names::Language;
use clap::Args;

use crate::failure::Failure;
use crate::output::{Lines, Output, fields, spelled};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which service
    #[arg(value_name = "SERVICE")]
    service: ServiceId,
    /// The language of texts
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: Language,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let described = session.service(self.service).await?;
        output.answer(&described.description, |description| {
            text(description, &self.language)
        })
    }
}

fn text(description: &ServiceDescription, language: &Language) -> String {
    let provider = &description.provider;
    let mut lines = Lines::from(fields(&[
        ("service", &description.service_id),
        ("version", &description.version),
        ("name", &description.name),
        ("what", &pick(&description.description, language)),
        ("provider", &provider.name),
        ("party", &provider.party_id),
    ]));
    if let Some(age) = description.minimum_age {
        lines.push(format_args!("consents  from the age of {age}"));
    }
    for dataset in &description.datasets {
        let title = pick(&dataset.title, language);
        let often = dataset.resolution.as_ref().map(spelled);
        let often = often.map_or_else(String::new, |often| format!(" (stream, {often})"));
        lines.push(format_args!(
            "\ndataset {}: {title}{often}",
            dataset.dataset_id
        ));
        for mapping in &dataset.data_mappings {
            let name = pick(&mapping.name, language);
            lines.push(format_args!("  {}: {name}", mapping.concept_id));
        }
    }
    for purpose in &description.purposes {
        let name = pick(&purpose.name, language);
        let basis = spelled(&purpose.legal_basis);
        lines.push(format_args!(
            "\npurpose {}: {name} ({basis})",
            purpose.purpose_id
        ));
        if let Some(resolution) = &purpose.resolution {
            lines.push(format_args!("  streams  {}", spelled(resolution)));
        }
        for concept in &purpose.required_concepts {
            lines.push(format_args!("  needs    {concept}"));
        }
        for concept in &purpose.optional_concepts {
            lines.push(format_args!("  may use  {concept}"));
        }
    }
    lines.into()
}
