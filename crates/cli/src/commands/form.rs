//! `assent form`: what a person is asked, in words.

use std::fmt::Write as _;

use assent_api::v1::consents::{FormView, Notice, pick};
use assent_model::ids::RequestId;
use assent_model::names::Language;
use assent_model::time::Timestamp;
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, spelled};
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

fn text(form: &FormView) -> String {
    let notice = &form.notice;
    let mut text = String::new();
    write_notice(&mut text, notice).expect("a String takes everything");
    text
}

/// The notice, in the order in which one wants to know.
fn write_notice(text: &mut String, notice: &Notice) -> std::fmt::Result {
    let (language, purpose, provider) = (&notice.language, &notice.purpose, &notice.provider);
    let say = |texts| pick(texts, language);
    writeln!(text, "{} asks for your consent", notice.service_name)?;
    writeln!(text, "  for {}: {}", say(&purpose.name), say(&purpose.description))?;
    if let Some(source) = &notice.source {
        writeln!(text, "  with data from {}", source.name)?;
    }
    for dataset in &notice.datasets {
        writeln!(text, "\n{}", dataset.title)?;
        for (concept, name) in &dataset.required {
            writeln!(text, "  needed    {name} ({concept})")?;
        }
        for (concept, name) in &dataset.optional {
            writeln!(text, "  optional  {name} ({concept})")?;
        }
    }
    writeln!(text, "\nkept        {}, {}", say(&purpose.storage.period), spelled(&purpose.storage.location))?;
    for shared in &purpose.share_with {
        writeln!(text, "shared with {}, {}", shared.org_name, shared.business_type)?;
    }
    if let Some(until) = notice.valid_until_max {
        writeln!(text, "at most     until {}", iso(Timestamp::from_millis(until)))?;
    }
    writeln!(text, "afterwards  {}", say(&purpose.termination))?;
    for (word, texts) in [
        ("risks", &purpose.risks),
        ("if you say no", &purpose.consequences_of_refusal),
        ("automated decisions", &purpose.automated_decisions),
    ] {
        if !texts.is_empty() {
            writeln!(text, "{word}: {}", say(texts))?;
        }
    }
    writeln!(text, "policy      {} ({})", purpose.policy.policy_ref, purpose.policy.policy_version)?;
    writeln!(text, "controller  {}, {}", provider.name, provider.address)?;
    writeln!(text, "contact     {}", provider.contact)?;
    writeln!(text, "complaints  {}\n", provider.supervisory_authority)?;
    for right in &notice.rights {
        writeln!(text, "{right}")?;
    }
    Ok(())
}
