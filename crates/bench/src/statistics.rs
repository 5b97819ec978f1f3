//! Rates, medians and percentiles.

use std::time::Duration;

/// How many runs take turns with what they are held against.
pub(crate) const ROUNDS: usize = 5;

/// A count as a float.
#[expect(
    clippy::cast_precision_loss,
    reason = "what is counted here stays far below 2^52"
)]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// So many a second of this span.
pub(crate) fn per_second(count: usize, span: Duration) -> f64 {
    float(count) / span.as_secs_f64()
}

/// The value in the middle.
///
/// # Panics
/// There is none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The value that so many hundredths of all do not exceed.
///
/// # Panics
/// There is none.
pub(crate) fn percentile(spans: &mut [Duration], hundredths: usize) -> Duration {
    spans.sort_unstable();
    spans[(spans.len() * hundredths).div_ceil(100).max(1) - 1]
}
