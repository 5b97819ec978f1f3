//! All commands, and the claims that their statements make.

use assent_crypto::digest::Digest;
use assent_model::names::Jti;
use assent_model::statement::{Envelope, Recorded};

use crate::consent::command::{ConsentCommand, StatusChange};
use crate::identity::command::IdentityCommand;
use crate::link::command::LinkCommand;
use crate::release::command::ReleaseCommand;
use crate::service::command::ServiceCommand;
use crate::stream::command::StreamCommand;

/// A command whose signatures were checked.
#[derive(Debug, Clone)]
pub enum Command {
    /// For the identity component.
    Identity(IdentityCommand),
    /// For the service component.
    Service(ServiceCommand),
    /// For the link component.
    Link(LinkCommand),
    /// For the consent component.
    Consent(ConsentCommand),
    /// For the release component.
    Release(ReleaseCommand),
    /// For the stream component.
    Stream(StreamCommand),
}

/// What every statement claims, whatever it says.
#[derive(Debug, Clone)]
pub struct Claims {
    /// Audience, times, number used once and signer.
    pub envelope: Envelope<()>,
    /// Digest of the compact statement.
    pub digest: Digest,
    /// Length of the compact statement in bytes.
    pub length: usize,
}

impl Claims {
    fn of<T>(statement: &Recorded<T>) -> Self {
        let Envelope {
            aud,
            exp,
            iat,
            jti,
            signer,
            ..
        } = statement.envelope();
        let envelope = Envelope {
            aud: aud.clone(),
            exp: *exp,
            iat: *iat,
            jti: jti.clone(),
            signer: *signer,
            statement: (),
        };
        Self {
            envelope,
            digest: statement.digest(),
            length: statement.compact().len(),
        }
    }

    /// What may be used once: this number by this key.
    pub fn use_key(&self) -> String {
        let jti: &Jti = &self.envelope.jti;
        format!("{} {jti}", self.envelope.signer.thumbprint())
    }
}

impl Command {
    /// The claims of each statement in the command, in order. Commands of the sequencer have none.
    pub fn claims(&self) -> Vec<Claims> {
        match self {
            Self::Identity(command) => vec![identity(command)],
            Self::Service(ServiceCommand::Register(registration)) => vec![Claims::of(registration)],
            Self::Link(LinkCommand::Create {
                record,
                countersignature,
            }) => {
                vec![Claims::of(record), Claims::of(countersignature)]
            }
            Self::Link(LinkCommand::Change { record, consents }) => {
                let changes = consents.iter().flat_map(StatusChange::records);
                std::iter::once(Claims::of(record))
                    .chain(changes.map(|change| Claims::of(change)))
                    .collect()
            }
            Self::Consent(command) => consent(command),
            Self::Release(ReleaseCommand::Record(batch)) => vec![Claims::of(batch)],
            Self::Stream(StreamCommand::Open(opening)) => vec![Claims::of(opening)],
            Self::Stream(StreamCommand::Anchor(anchor)) => vec![Claims::of(anchor)],
            Self::Stream(StreamCommand::Close(closing)) => vec![Claims::of(closing)],
        }
    }
}

fn identity(command: &IdentityCommand) -> Claims {
    match command {
        IdentityCommand::Open(genesis) => Claims::of(genesis),
        IdentityCommand::Register(registration) => Claims::of(registration),
        IdentityCommand::Rotate(rotation) => Claims::of(rotation),
        IdentityCommand::Recover(recovery) => Claims::of(recovery),
        IdentityCommand::Deactivate(deactivation) => Claims::of(deactivation),
        IdentityCommand::PublishWallet(release) => Claims::of(release),
    }
}

fn consent(command: &ConsentCommand) -> Vec<Claims> {
    match command {
        ConsentCommand::Ask(request) => vec![Claims::of(request)],
        ConsentCommand::Refuse(refusal) => vec![Claims::of(refusal)],
        ConsentCommand::Give(give) => give.records().map(|record| Claims::of(record)).collect(),
        ConsentCommand::Change(change) => {
            change.records().map(|record| Claims::of(record)).collect()
        }
        ConsentCommand::Acknowledge(acknowledgement) => vec![Claims::of(acknowledgement)],
        ConsentCommand::ExpireRequest(_)
        | ConsentCommand::ExpireConsent(_)
        | ConsentCommand::MissAcknowledgement(_) => Vec::new(),
    }
}
