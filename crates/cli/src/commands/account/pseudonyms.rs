//! `assent account pseudonyms`: the pseudonyms of an account.

use assent_api::v1::accounts::PseudonymList;
use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, table};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let list = caller.session.client.pseudonyms(caller.identified()).await;
        output.answer(&list.doing("the pseudonyms cannot be listed")?, text)
    }
}

pub(super) fn text(list: &PseudonymList) -> String {
    let rows = list.pseudonyms.iter();
    let rows = rows.map(|view| [view.surrogate_id.to_string()]);
    table(["pseudonym"], rows.collect())
}
