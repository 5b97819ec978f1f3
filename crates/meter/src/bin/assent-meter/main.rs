//! `assent-meter`: reads a smart meter, keeps what it reads until somebody takes it, and hands it on.
//!
//! Telegrams come from a [`source`], become records of three datasets in the [`reader`], wait in a
//! [`buffer`] on disk, and leave through an [`outlet`]: standard output, or a relay. No reading stands in
//! the journal.

mod arguments;
mod backoff;
mod buffer;
mod journal;
mod outlet;
mod reader;
mod source;
mod storage;

use std::process::ExitCode;
use std::time::Duration;

use arguments::Errand;

fn main() -> ExitCode {
    let errand = Errand::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(run(errand));
            // What is stuck in a read or a write of somebody else's is not waited for.
            runtime.shutdown_timeout(Duration::from_secs(1));
            outcome
        }
        Err(error) => Err(reader::Failure::Runtime(error)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            journal::failure(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn run(errand: Errand) -> Result<(), reader::Failure> {
    match errand {
        Errand::Read(arguments) => reader::run(*arguments).await,
        Errand::Unpair(arguments) => reader::unpair(&arguments.buffer).await,
    }
}
