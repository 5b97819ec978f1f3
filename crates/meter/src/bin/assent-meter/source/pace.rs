//! How fast recorded and simulated telegrams go.

use std::str::FromStr;
use std::time::Duration;

use assent_meter::zone::UnixSeconds;
use tokio::time::Instant;

/// Times faster than life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speed {
    Times(u32),
    /// As fast as they are taken.
    Max,
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.parse()) {
            ("max", _) => Ok(Self::Max),
            (_, Ok(times @ 1..)) => Ok(Self::Times(times)),
            _ => Err("it is a whole number above zero, or max".to_owned()),
        }
    }
}

/// Lets time pass as it passed between telegrams.
#[derive(Debug)]
pub(super) struct Pace {
    speed: Speed,
    /// A telegram, and when it was due here.
    last: Option<(UnixSeconds, Instant)>,
}

/// Longer than this a recording is never silent.
const LONGEST: i64 = 3600;

impl Pace {
    pub(super) const fn new(speed: Speed) -> Self {
        Self { speed, last: None }
    }

    /// Returns when a telegram of this time is due.
    pub(super) async fn wait(&mut self, time: UnixSeconds) {
        let Speed::Times(times) = self.speed else {
            return;
        };
        let due = match self.last {
            None => Instant::now(),
            Some((last, due)) => {
                let passed = (time - last).clamp(0, LONGEST).unsigned_abs();
                due + Duration::from_secs(passed) / times
            }
        };
        tokio::time::sleep_until(due).await;
        self.last = Some((time, due));
    }
}
