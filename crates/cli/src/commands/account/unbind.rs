//! `assent account unbind`: lets a subject of an identity provider act for a party no more.

use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The binding, as `assent account bindings` names it
    #[arg(value_name = "BINDING", allow_hyphen_values = true)]
    binding: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let unbound = client.unbind_sign_in(caller.identified(), &self.binding);
        unbound.await.doing("the binding cannot be ended")?;
        output.answer(&self.binding, |binding| fields(&[("ended", binding)]))
    }
}
