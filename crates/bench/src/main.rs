//! The benchmarks: `cargo xtask bench NAME [--json]`.
//!
//! Each prints a table for people, or with `--json` one object
//! `{figure: {value, unit, ratio, against, target, met}}`. What a figure is held against is
//! measured in the same run, in turns with it. A node under load is a process of its own (this
//! program once more, with a hidden command), so that its CPU time is known without that of who
//! asks. No benchmark touches anything but a folder of its own, which is gone afterwards.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool"
)]

mod cast;
mod child;
mod consent;
mod cpu;
mod crypto;
mod figures;
mod load;
mod node;
mod pages;
mod peer;
mod serve;
mod statistics;
mod stream;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::figures::Figures;

/// A benchmark either has its figures or says what went wrong; nobody decides on the reason.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", about = "The benchmarks of Assent")]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Consents and decisions: how many, how fast, how durable
    Consent(Options),
    /// Sealing and signatures, against what they are made of
    Crypto(Options),
    /// The node at rest: start, memory, size
    Node(Options),
    /// My Home of a person with ten thousand consents
    Pages(Options),
    /// Shutting out one reader of many; telegrams a second
    Stream(Options),
    /// Runs a node in a folder until standard input ends
    #[command(hide = true)]
    Serve {
        /// The data directory, made where there is none.
        data_dir: PathBuf,
    },
    /// Runs a bare server that checks one signature a request, until standard input ends
    #[command(hide = true)]
    Peer {
        /// The key that signs, as a JWK.
        key: String,
    },
}

/// How a benchmark is run.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One object for programs instead of a table
    #[arg(long)]
    json: bool,
    /// Take the minutes that the largest cases need
    #[arg(long)]
    pub(crate) long: bool,
    /// One part of the benchmark of consents alone
    #[arg(long)]
    pub(crate) only: Option<consent::Part>,
}

fn main() -> ExitCode {
    match run(Arguments::parse().bench) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the benchmark failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(bench: Bench) -> Outcome<()> {
    match bench {
        Bench::Consent(options) => print(&consent::run(&options)?, &options),
        Bench::Crypto(options) => print(&crypto::run(), &options),
        Bench::Node(options) => print(&node::run()?, &options),
        Bench::Pages(options) => print(&pages::run()?, &options),
        Bench::Stream(options) => print(&stream::run(&options)?, &options),
        Bench::Serve { data_dir } => serve::run(data_dir)?,
        Bench::Peer { key } => peer::run(&key)?,
    }
    Ok(())
}

fn print(figures: &Figures, options: &Options) {
    if options.json {
        println!("{}", figures.json());
    } else {
        println!("{}", figures.table());
    }
}
