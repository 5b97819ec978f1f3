//! `bench stream`: what it costs to shut one reader out, how fast telegrams are read, and how
//! fast their readings go from a device through the relay to a reader.

mod parsing;
mod relaying;
mod revoking;

use crate::figures::Figures;
use crate::{Options, Outcome};

/// Measures everything. What others do is measured by their programs, in turns with ours:
/// `ASSENT_BENCH_MLS` names that of MLS, `ASSENT_TEST_PYTHON` a Python that has `dsmr_parser`.
pub(crate) fn run(options: &Options) -> Outcome<Figures> {
    let mut figures = Figures::default();
    revoking::run(&mut figures, options.long)?;
    parsing::run(&mut figures)?;
    relaying::run(&mut figures)?;
    Ok(figures)
}
