//! What the solar panels give, in watts: 3.6 kW of panels at 52° north.

use super::Moment;
use super::chance::Chance;

/// The middle of one month.
struct Season {
    /// Minutes after midnight in Greenwich.
    sunrise: i64,
    /// Minutes after midnight in Greenwich.
    sunset: i64,
    /// Watts at noon under a clear sky.
    noon: i64,
}

const fn season(sunrise: i64, sunset: i64, noon: i64) -> Season {
    Season {
        sunrise,
        sunset,
        noon,
    }
}

/// At Utrecht, to a few minutes.
const SEASONS: [Season; 12] = [
    season(460, 955, 900),
    season(415, 1010, 1500),
    season(350, 1060, 2300),
    season(280, 1115, 2900),
    season(225, 1165, 3200),
    season(198, 1203, 3300),
    season(218, 1192, 3200),
    season(262, 1142, 2900),
    season(313, 1073, 2400),
    season(364, 1004, 1600),
    season(418, 950, 1000),
    season(462, 928, 700),
];

const BRIGHTNESS: u64 = 30;
const CLOUD: u64 = 31;

/// Watts that the panels give.
pub(super) fn power(chance: Chance, moment: &Moment) -> i64 {
    let sunrise = between_months(moment, |season| season.sunrise) * 60;
    let sunset = between_months(moment, |season| season.sunset) * 60;
    let risen = moment.utc - sunrise;
    let daylight = sunset - sunrise;
    if !(0..daylight).contains(&risen) {
        return 0;
    }
    let noon = between_months(moment, |season| season.noon);
    let height = 4 * risen * (daylight - risen) * 1000 / (daylight * daylight);
    noon * (height * height / 1000) / 1000 * sky(chance, moment) / 100
}

/// A value on this day, on the line from the middle of one month to the middle of the next.
fn between_months(moment: &Moment, value: fn(&Season) -> i64) -> i64 {
    let month = usize::from(moment.month) - 1;
    let day = i64::from(moment.day_of_month);
    let (from, to, days) = if day >= 15 {
        (month, (month + 1) % 12, day - 15)
    } else {
        ((month + 11) % 12, month, day + 15)
    };
    let (from, to) = (value(&SEASONS[from]), value(&SEASONS[to]));
    from + (to - from) * days.min(30) / 30
}

/// Parts of a hundred of the light that the clouds of this day and minute let through.
fn sky(chance: Chance, moment: &Moment) -> i64 {
    const SLOT: i64 = 600;
    let bright = 60 + chance.below(moment.day, BRIGHTNESS, 41);
    let slot = moment.day * (86_400 / SLOT) + moment.utc / SLOT;
    let cloud = |slot: i64| chance.below(slot, CLOUD, 120 - bright);
    let (now, next, part) = (cloud(slot), cloud(slot + 1), moment.utc % SLOT);
    (bright - now - (next - now) * part / SLOT).max(5)
}
