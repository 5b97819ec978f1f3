//! `bench consent`: consents and decisions over HTTP, on SQLite.

mod bulk;
mod deciding;
mod giving;
mod latency;
mod stage;

use crate::figures::Figures;
use crate::{Options, Outcome};

/// How many clients ask at once.
const CLIENTS: [usize; 3] = [1, 16, 64];

/// Measures everything.
pub(crate) fn run(options: &Options) -> Outcome<Figures> {
    let mut figures = Figures::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stage = stage::Stage::start().await?;
        let consents = giving::measure(&stage, &mut figures).await?;
        deciding::measure(&stage, &consents, &mut figures).await?;
        stage.stop()?;
        latency::measure(options.long, &mut figures).await
    })?;
    Ok(figures)
}
