//! `bench consent`: consents and decisions over HTTP, on SQLite.

pub(crate) mod bulk;
mod deciding;
mod giving;
mod latency;
pub(crate) mod stage;

use clap::ValueEnum;

use crate::figures::Figures;
use crate::{Options, Outcome};

/// How many clients ask at once.
const CLIENTS: [usize; 3] = [1, 16, 64];

/// What can be measured apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Consents given, and how durable they are
    Giving,
    /// Decisions on consents
    Deciding,
    /// Decisions beside many records of one person
    Latency,
}

/// Measures everything, or one part.
pub(crate) fn run(options: &Options) -> Outcome<Figures> {
    let mut figures = Figures::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let wants = |part| options.only.is_none_or(|only| only == part);
    runtime.block_on(async {
        if wants(Part::Giving) {
            giving::measure(&mut figures).await?;
        }
        if wants(Part::Deciding) {
            deciding::measure(&mut figures).await?;
        }
        if wants(Part::Latency) {
            latency::measure(options.long, &mut figures).await?;
        }
        Outcome::Ok(())
    })?;
    Ok(figures)
}
