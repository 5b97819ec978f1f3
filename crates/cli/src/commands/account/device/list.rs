//! `assent account device list`: which devices wait for the keys of a person.

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
        let waiting = client.waiting_devices(caller.identified()).await;
        output.answer(&waiting.doing("the devices cannot be listed")?, |waiting| {
            let rows = waiting.devices.iter().map(|device| {
                let until = iso(Timestamp::from_millis(device.expires_at));
                [device.device_id.clone(), device.label.clone(), until]
            });
            table(["device", "label", "waits until"], rows.collect())
        })
    }
}
