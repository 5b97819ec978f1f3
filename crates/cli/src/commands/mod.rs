//! One file for each command: its arguments, and what it does with them.

mod account;
mod acknowledge;
mod backup;
mod completions;
mod configuration;
mod consent;
mod contact;
mod demo;
mod doctor;
mod evidence;
mod fetch;
mod form;
mod give;
mod init;
mod link;
mod log;
mod meter;
mod narrow;
mod party;
mod pause;
mod redirect;
mod refuse;
mod request;
mod restore;
mod resume;
mod serve;
mod service;
mod sign_in;
mod source;
pub(crate) mod stop;
mod token;
mod verify;
mod wallet;
mod webhook;
mod who;
mod withdraw;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Output;

/// What `assent` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show it all: a node, three parties, real data under a real consent
    Demo(demo::Arguments),

    /// Make a node: its keys, its chain, its store
    Init(init::Arguments),
    /// Run the node of a data directory
    Serve(serve::Arguments),
    /// Check a node from the outside in: configuration, keys, store, log, disk, clock, ports
    Doctor(doctor::Arguments),
    /// Copy keys and store of a node to an archive directory
    Backup(backup::Arguments),
    /// Make a data directory from a backup
    Restore(restore::Arguments),

    /// Keys and registration of persons and organisations
    #[command(subcommand)]
    Party(party::Command),
    /// Make a link that signs in at a browser, once: the pages of a person or an organisation
    SignIn(sign_in::Arguments),
    /// The e-mail address that leads to a party
    #[command(subcommand)]
    Contact(contact::Command),
    /// What the home operator knows of a party beside the ledger
    #[command(subcommand)]
    Account(account::Command),
    /// Descriptions of services
    #[command(subcommand)]
    Service(service::Command),
    /// A person's account at a service, tied to Assent under a pseudonym
    #[command(subcommand)]
    Link(link::Command),

    /// Ask a person for consent, as a service
    Request(request::Arguments),
    /// Send a person to the node and take the answer, as a service
    #[command(subcommand)]
    Redirect(redirect::Command),
    /// Show what a person is asked
    Form(form::Arguments),
    /// Answer a request with yes
    Give(give::Arguments),
    /// Answer a request with no
    Refuse(refuse::Arguments),
    /// Pause a consent
    Pause(pause::Arguments),
    /// Resume a paused consent
    Resume(resume::Arguments),
    /// Take concepts out of a consent
    Narrow(narrow::Arguments),
    /// End a consent for good
    Withdraw(withdraw::Arguments),
    /// Look at consents
    #[command(subcommand)]
    Consent(consent::Command),

    /// Get an authorisation token for a consent, as a sink
    Token(token::Arguments),
    /// Fetch and open the data of a consent, as a sink
    Fetch(fetch::Arguments),
    /// Hand out data, as a source
    #[command(subcommand)]
    Source(source::Command),
    /// Acknowledge the end of a consent, as a service
    Acknowledge(acknowledge::Arguments),

    /// Endpoints that are told what happens to a service's consents
    #[command(subcommand)]
    Webhook(webhook::Command),

    /// The Merkle log of a node
    #[command(subcommand)]
    Log(log::Command),
    /// Get the evidence of a consent
    Evidence(evidence::Arguments),
    /// Verify evidence, with no node
    Verify(verify::Arguments),

    /// Builds of the wallet that other sites serve, in the log for everybody to compare
    #[command(subcommand)]
    Wallet(wallet::Command),

    /// Read a smart meter or a file of its telegrams, and pair meters
    Meter(meter::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
}

impl Command {
    /// Does what was asked.
    pub(crate) async fn run(self, output: Output) -> Result<(), Failure> {
        match self {
            Self::Demo(arguments) => arguments.run(output).await,
            Self::Init(arguments) => arguments.run(output).await,
            Self::Serve(arguments) => arguments.run(output).await,
            Self::Doctor(arguments) => arguments.run(output).await,
            Self::Backup(arguments) => arguments.run(output).await,
            Self::Restore(arguments) => arguments.run(output),
            Self::Party(command) => command.run(output).await,
            Self::SignIn(arguments) => arguments.run(output).await,
            Self::Contact(command) => command.run(output).await,
            Self::Account(command) => command.run(output).await,
            Self::Webhook(command) => command.run(output).await,
            Self::Log(command) => command.run(output).await,
            Self::Service(command) => command.run(output).await,
            Self::Link(command) => command.run(output).await,
            Self::Request(arguments) => arguments.run(output).await,
            Self::Redirect(command) => command.run(output).await,
            Self::Form(arguments) => arguments.run(output).await,
            Self::Give(arguments) => arguments.run(output).await,
            Self::Refuse(arguments) => arguments.run(output).await,
            Self::Pause(arguments) => arguments.run(output).await,
            Self::Resume(arguments) => arguments.run(output).await,
            Self::Narrow(arguments) => arguments.run(output).await,
            Self::Withdraw(arguments) => arguments.run(output).await,
            Self::Consent(command) => command.run(output).await,
            Self::Token(arguments) => arguments.run(output).await,
            Self::Fetch(arguments) => arguments.run(output).await,
            Self::Source(command) => command.run(output).await,
            Self::Acknowledge(arguments) => arguments.run(output).await,
            Self::Evidence(arguments) => arguments.run(output).await,
            Self::Verify(arguments) => arguments.run(output),
            Self::Wallet(command) => command.run(output).await,
            Self::Meter(arguments) => arguments.run(output).await,
            Self::Completions(arguments) => arguments.run(),
        }
    }
}
