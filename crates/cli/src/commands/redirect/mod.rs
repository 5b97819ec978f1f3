//! `assent redirect`: sends a person's browser to the node, as a service, and takes the answer.

mod consent;
mod link;
mod redeem;

use assent_api::v1::redirects::PushedRedirect;
use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an address at which a person answers a consent request
    Consent(consent::Arguments),
    /// Make an address at which a person links an account
    Link(link::Arguments),
    /// Take the address that the person came back to
    Redeem(redeem::Arguments),
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Consent(arguments) => arguments.run(output).await,
            Self::Link(arguments) => arguments.run(output).await,
            Self::Redeem(arguments) => arguments.run(output).await,
        }
    }
}

fn answer(pushed: &PushedRedirect, output: Output) -> Result<(), Failure> {
    output.answer(pushed, |pushed| pushed.url.clone())
}
