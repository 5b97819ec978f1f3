//! Telegrams of a household that is made up.

use assent_meter::household::Household;

use super::pace::Pace;
use super::{Sink, now};
use crate::arguments::SourceArguments;

/// Simulates until the reader has gone, or as many telegrams as were asked for.
pub(super) async fn run(source: &SourceArguments, mut sink: Sink) {
    let start = source.start.unwrap_or_else(now);
    let household = Household::new(sink.zone.clone(), start, source.seed);
    let most = source.telegrams.unwrap_or(u64::MAX);
    let mut pace = Pace::new(source.speed);
    for ((telegram, time), _) in household.zip(start..).zip(0..most) {
        pace.wait(time).await;
        if sink.recorded(&telegram).await.is_err() {
            return;
        }
    }
}
