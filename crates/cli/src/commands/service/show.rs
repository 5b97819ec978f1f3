//! `assent service show`: a service as it is described, for people or as JSON.

use std::fmt::Write as _;

use assent_api::v1::consents::pick;
use assent_model::description::ServiceDescription;
use assent_model::ids::ServiceId;
use assent_model::names::Language;
use clap::Args;

use crate::failure::Failure;
use crate::output::{Output, fields, spelled};
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
        output.answer(&described.description, |description| text(description, &self.language))
    }
}

fn text(description: &ServiceDescription, language: &Language) -> String {
    let provider = &description.provider;
    let mut text = fields(&[
        ("service", &description.service_id),
        ("version", &description.version),
        ("name", &description.name),
        ("what", &pick(&description.description, language)),
        ("provider", &format!("{} ({})", provider.name, provider.party_id)),
    ]);
    for dataset in &description.datasets {
        let title = pick(&dataset.title, language);
        writeln!(text, "\ndataset {}: {title}", dataset.dataset_id).expect("a String takes everything");
        for mapping in &dataset.data_mappings {
            let name = pick(&mapping.name, language);
            writeln!(text, "  {}: {name}", mapping.concept_id).expect("a String takes everything");
        }
    }
    for purpose in &description.purposes {
        let name = pick(&purpose.name, language);
        let basis = spelled(&purpose.legal_basis);
        writeln!(text, "\npurpose {}: {name} ({basis})", purpose.purpose_id).expect("a String takes everything");
        for (word, concepts) in [("needs", &purpose.required_concepts), ("may use", &purpose.optional_concepts)] {
            for concept in concepts {
                writeln!(text, "  {word} {concept}").expect("a String takes everything");
            }
        }
    }
    text
}
