//! `assent account lost-key`: what the operator does for a person who lost the signing key. It stops
//! consents and never lets them go on.

use assent_api::v1::accounts::{ConfirmLostKey, StartLostKey, Stop};
use assent_crypto::digest::Digest;
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
    /// The confirmed address of the account: a code is sent to it
    #[arg(value_name = "EMAIL", required_unless_present = "code")]
    email: Option<String>,
    /// What the first call answered beside the code; the code is good together with it alone
    #[arg(long, value_name = "DIGEST", requires = "code")]
    asked: Option<Digest>,
    /// The code from the mail
    #[arg(
        long,
        value_name = "CODE",
        requires = "asked",
        conflicts_with = "email"
    )]
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
        let (Some(asked), Some(code)) = (self.asked, self.code) else {
            let body = StartLostKey {
                email: self.email.unwrap_or_default(),
                language: self.language,
            };
            let started = client.start_lost_key(&body).await;
            return output.answer(&started.doing("no code can be sent")?, |started| {
                let until = iso(Timestamp::from_millis(started.expires_at));
                fields(&[
                    ("asked", &started.asked),
                    ("code, if the address is known, good until", &until),
                ])
            });
        };
        let body = ConfirmLostKey {
            asked,
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
