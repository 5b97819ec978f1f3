//! `assent account device refuse`: a device that waits for keys gets none.

use clap::Args;

use crate::commands::who::CallerArguments;
use crate::failure::{Doing, Failure};
use crate::output::{Output, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The device, as `list` names it
    #[arg(value_name = "DEVICE")]
    device: String,
    #[command(flatten)]
    caller: CallerArguments,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let caller = self.caller.connect().await?;
        let client = &caller.session.client;
        let refused = client
            .refuse_device(caller.identified(), &self.device)
            .await;
        refused.doing("the device cannot be refused")?;
        output.answer(&self.device, |device| fields(&[("refused", device)]))
    }
}
