//! `assent give`: answers a request with yes, to all of it or to a part.

use assent_model::ids::{ConsentId, RequestId};
use assent_model::names::{ConceptId, Language};
use clap::Args;

use super::who::PersonArguments;
use crate::agents::person::{Choice, GivenConsent};
use crate::failure::Failure;
use crate::moment::{Until, iso};
use crate::output::{Output, fields, resources};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which request
    #[arg(value_name = "REQUEST")]
    request: RequestId,
    /// Leave this optional concept out
    #[arg(long, value_name = "CONCEPT")]
    without: Vec<ConceptId>,
    /// The end: a day or an instant; the latest that is offered otherwise
    #[arg(long, value_name = "ISO-DATE")]
    until: Option<Until>,
    /// Confirm the statement about age that `assent form` shows, where it shows one
    #[arg(long)]
    confirm_age: bool,
    /// The consent in force that this one replaces, when more is to be given than it has
    #[arg(long, value_name = "CONSENT")]
    supersedes: Option<ConsentId>,
    /// The language of the notice that was read
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: Language,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let mut person = self.person.connect().await?;
        let choice = Choice {
            request: self.request,
            language: self.language,
            without: self.without.into_iter().collect(),
            until: self.until.map(|until| until.0),
            age_confirmed: self.confirm_age,
            supersedes: self.supersedes,
        };
        output.answer(&person.give(&choice).await?, text)
    }
}

fn text(given: &GivenConsent) -> String {
    let source = given
        .source_cr_id
        .map_or("-".to_owned(), |id| id.to_string());
    let until = given.valid_until.map_or("withdrawn".to_owned(), iso);
    fields(&[
        ("consent", &given.cr_id),
        ("source's", &source),
        ("gives", &resources(&given.resource_set)),
        ("until", &until),
    ])
}
