//! `assent meter pair`: pairs a meter by the code that its reader shows.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};

use assent_client::pairing::PairingCode;
use clap::Args;

use super::list::text;
use crate::commands::who::PersonArguments;
use crate::failure::{Doing, Failure};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The code, such as BCDF-GHJK
    #[arg(value_name = "CODE")]
    code: PairingCode,
    /// Do not ask whether it is the right meter
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    person: PersonArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let mut person = self.person.connect().await?;
        let found = person.offered(&self.code).await?;
        if !self.yes && !is_this_one(&found.offer.label)? {
            return Err(Failure::problem("nothing was paired"));
        }
        let meter = person.pair(&self.code, found).await?;
        output.answer(&meter, |meter| text(std::slice::from_ref(meter)))
    }
}

/// Asks whoever is at the terminal. What a meter calls itself is shown without marks that could
/// move what stands around it.
fn is_this_one(label: &str) -> Result<bool, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::problem(format!(
            "the meter calls itself {label:?}: say --yes if it is this one"
        )));
    }
    let failed = "the terminal cannot be read";
    write!(stderr(), "Pair with {label:?}? [y/N] ").doing(failed)?;
    stderr().flush().doing(failed)?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer).doing(failed)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
