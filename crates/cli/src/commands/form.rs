//! `assent form`: what a person is asked, in words.

use assent_api::v1::consents::{FormView, Notice, pick};
use assent_model::ids::RequestId;
use assent_model::names::Language;
use assent_model::time::Timestamp;
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Lines, Output, spelled};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which request
    #[arg(value_name = "REQUEST")]
    request: RequestId,
    /// The language of the notice
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: Language,
    #[command(flatten)]
    node: NodeArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let session = self.node.connect().await?;
        let form = session.client.form(self.request, &self.language).await;
        output.answer(&form.doing("the form cannot be shown")?, text)
    }
}

/// The notice, in the order in which one wants to know.
fn text(form: &FormView) -> String {
    let notice = &form.notice;
    let (language, purpose) = (&notice.language, &notice.purpose);
    let say = |texts| pick(texts, language);
    let mut lines = Lines::default();
    lines.push(format_args!(
        "{} asks for your consent",
        notice.service_name
    ));
    let (name, description) = (say(&purpose.name), say(&purpose.description));
    lines.push(format_args!("  for {name}: {description}"));
    if let Some(source) = &notice.source {
        lines.push(format_args!("  with data from {}", source.name));
    }
    for dataset in &notice.datasets {
        match &dataset.how_often {
            Some(how_often) => lines.push(format_args!("\n{} ({how_often})", dataset.title)),
            None => lines.push(format_args!("\n{}", dataset.title)),
        }
        for (concept, name) in &dataset.required {
            lines.push(format_args!("  needed    {name} ({concept})"));
        }
        for (concept, name) in &dataset.optional {
            lines.push(format_args!("  optional  {name} ({concept})"));
        }
    }
    if let Some(age) = &notice.minimum_age {
        lines.push(format_args!("\n{}", age.rule));
        lines.push(format_args!(
            "  confirm with --confirm-age: {}",
            age.statement
        ));
    }
    lines.push("");
    push_conditions(&mut lines, notice);
    lines.push("");
    for right in &notice.rights {
        lines.push(right);
    }
    lines.into()
}

/// What is done with the data, by whom, and for how long.
fn push_conditions(lines: &mut Lines, notice: &Notice) {
    let (purpose, provider) = (&notice.purpose, &notice.provider);
    let say = |texts| pick(texts, &notice.language);
    let storage = &purpose.storage;
    let location = spelled(&storage.location);
    lines.push(format_args!(
        "kept           {}, {location}",
        say(&storage.period)
    ));
    for shared in &purpose.share_with {
        lines.push(format_args!(
            "shared with    {}, {}",
            shared.org_name, shared.business_type
        ));
    }
    if let Some(until) = notice.valid_until_max {
        lines.push(format_args!(
            "at most until  {}",
            iso(Timestamp::from_millis(until))
        ));
    }
    lines.push(format_args!("afterwards     {}", say(&purpose.termination)));
    for (word, texts) in [
        ("risks", &purpose.risks),
        ("if you refuse", &purpose.consequences_of_refusal),
        ("automated", &purpose.automated_decisions),
    ] {
        if !texts.is_empty() {
            lines.push(format_args!("{word:<13}  {}", say(texts)));
        }
    }
    let policy = &purpose.policy;
    lines.push(format_args!(
        "policy         {} ({})",
        policy.policy_ref, policy.policy_version
    ));
    lines.push(format_args!(
        "controller     {}, {}",
        provider.name, provider.address
    ));
    lines.push(format_args!("contact        {}", provider.contact));
    lines.push(format_args!(
        "complaints to  {}",
        provider.supervisory_authority
    ));
}
