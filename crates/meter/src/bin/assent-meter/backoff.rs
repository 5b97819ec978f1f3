//! Waiting longer after each failure.

use std::time::Duration;

/// Doubles from a second to a minute, and stays there.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

impl Backoff {
    pub(crate) const fn new() -> Self {
        Self { next: FIRST }
    }

    /// It worked: the next failure is the first again.
    pub(crate) const fn reset(&mut self) {
        self.next = FIRST;
    }

    /// How long to wait now: between half and the whole of the step, so that many readers that lost
    /// the same node do not return together.
    pub(crate) fn step(&mut self) -> Duration {
        let step = self.next;
        self.next = (step * 2).min(LONGEST);
        let [luck] = assent_crypto::random::random_bytes();
        step / 2 + step / 2 * u32::from(luck) / u32::from(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, FIRST, LONGEST};

    #[test]
    fn steps_double_up_to_a_minute() {
        let mut backoff = Backoff::new();
        let mut whole = FIRST;
        for _ in 0..10 {
            let step = backoff.step();
            assert!(whole / 2 <= step && step <= whole, "{step:?} of {whole:?}");
            whole = (whole * 2).min(LONGEST);
        }
        backoff.reset();
        assert!(backoff.step() <= FIRST);
    }
}
