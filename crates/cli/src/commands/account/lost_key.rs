//! `assent account lost-key`: what the operator does for a person who lost the signing key. It stops
//! consents and never lets them go on.

use assent_api::v1::accounts::{ConfirmLostKey, StartLostKey, Stop};
use assent_model::ids::ConsentId;
use assent_model::names::Language;
use assent_model::time::Timestamp;
use clap::{Args, ValueEnum};

use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Output, fields};
use crate::session::NodeArguments;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The confirmed address of the account
    #[arg(value_name = "EMAIL")]
    email: String,
    /// The code from the mail; without one it is sent
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// What to do with the consents
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Wanted::Pause)]
    stop: Wanted,
    /// Which consents; all that have not ended otherwise
    #[arg(long, value_name = "CONSENT")]
    consent: Vec<ConsentId>,
    /// The language of the mail
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: Language,
    #[command(flatten)]
    node: NodeArguments,
}

/// How consents are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// They can be resumed by who finds the key again.
    Pause,
    /// They end for good.
    Withdraw,
}

impl Arguments {
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        let client = self.node.connect().await?.client;
        let Some(code) = self.code else {
            let body = StartLostKey {
                email: self.email,
                language: self.language,
            };
            let sent = client.start_lost_key(&body).await;
            return output.answer(&sent.doing("no code can be sent")?, |sent| {
                let until = iso(Timestamp::from_millis(sent.expires_at));
                fields(&[("code, if the address is known, good until", &until)])
            });
        };
        let body = ConfirmLostKey {
            email: self.email,
            code,
            stop: match self.stop {
                Wanted::Pause => Stop::Disable,
                Wanted::Withdraw => Stop::Withdraw,
            },
            consents: Some(self.consent).filter(|consents| !consents.is_empty()),
        };
        let stopped = client.confirm_lost_key(&body).await;
        output.answer(
            &stopped.doing("the consents cannot be stopped")?,
            |stopped| {
                fields(&[
                    ("changed", &stopped.changed),
                    ("as they were", &stopped.unchanged),
                ])
            },
        )
    }
}
