//! The verbs of this repository: `cargo xtask VERB`.
//!
//! One file for each verb. What a contributor runs by hand, continuous integration runs too:
//! `.ci/run` is `cargo xtask test` and nothing else. This crate depends on no crate of the product;
//! it starts the product's binaries as a user would.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool"
)]

mod bench;
mod demo;
mod repository;
mod setup;
mod soak;
mod test;
mod tidy;
mod web;

#[cfg(test)]
mod tests;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask VERB

  demo [--once] [--out DIR] [--only NAME]   build and run the guided demonstration
  test                                      everything that continuous integration checks
  tidy                                      the house rules alone
  bench NAME [--json]                       one benchmark, in release mode
  web                                       install, bundle and test the wallet in web/
  soak                                      the long variants of the node's tests
  setup                                     install what the tests need and print where it is";

/// What a shell expects from a command that was called wrongly.
const MISUSE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (verb, rest) = arguments
        .split_first()
        .map_or(("", &[][..]), |(verb, rest)| (verb.as_str(), rest));
    let outcome = match verb {
        "demo" => demo::run(rest),
        "test" => Ok(test::run()),
        "tidy" => tidy::run(),
        "bench" => bench::run(rest),
        "soak" => soak::run(),
        "web" => web::run(),
        "setup" => Ok(setup::run()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(MISUSE);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("cargo xtask {verb}: {error}");
        ExitCode::FAILURE
    })
}

/// The exit code that says whether everything held.
fn verdict(held: bool) -> ExitCode {
    if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
