//! `assent account bindings`: the subjects of identity providers that may act for a party.

use assent_api::v1::sign_in::{BindingList, BindingView};
use assent_model::time::Timestamp;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let list = client.sign_in_bindings(caller.identified()).await;
        output.answer(&list.doing("the bindings cannot be listed")?, text)
    }
}

fn text(list: &BindingList) -> String {
    let rows = list.bindings.iter().map(|view| {
        let since = iso(Timestamp::from_millis(view.bound_at));
        let BindingView {
            binding_id,
            issuer,
            subject,
            ..
        } = view.clone();
        [binding_id, issuer, subject, since]
    });
    table(["binding", "issuer", "subject", "since"], rows.collect())
}
