//! What the household uses: electricity in watts, gas in cubic centimetres a second.

use super::Moment;
use super::chance::Chance;

/// The questions that are asked of chance, so that no two appliances move together.
mod question {
    pub(super) const BASE: u64 = 10;
    pub(super) const FRIDGE: u64 = 11;
    pub(super) const BREAKFAST: u64 = 12;
    pub(super) const DINNER: u64 = 13;
    pub(super) const OVEN: u64 = 14;
    pub(super) const WASHING: u64 = 15;
    pub(super) const WASHING_START: u64 = 16;
    pub(super) const EVENING_END: u64 = 17;
    pub(super) const FLICKER: u64 = 18;
    pub(super) const SHOWER: u64 = 19;
    pub(super) const COLD: u64 = 20;
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// Watts that all appliances draw together.
pub(super) fn power(chance: Chance, moment: &Moment) -> i64 {
    base(chance, moment)
        + fridge(chance, moment)
        + breakfast(chance, moment)
        + dinner(chance, moment)
        + evening(chance, moment)
        + washing(chance, moment)
}

/// What never goes off: router, ventilation, standby.
fn base(chance: Chance, moment: &Moment) -> i64 {
    let always = 85 + chance.below(0, question::BASE, 40);
    always + chance.spread(moment.day * 86_400 + moment.wall, question::FLICKER, 3)
}

/// Fifteen minutes on, half an hour off.
fn fridge(chance: Chance, moment: &Moment) -> i64 {
    let phase = chance.below(0, question::FRIDGE, 45 * MINUTE);
    let running = (moment.wall + phase) % (45 * MINUTE) < 15 * MINUTE;
    if running { 78 } else { 0 }
}

/// Kettle, coffee and toaster, later in the weekend.
fn breakfast(chance: Chance, moment: &Moment) -> i64 {
    let start = breakfast_start(chance, moment);
    let at = moment.wall - start;
    let mut watts = 0;
    if (0..3 * MINUTE).contains(&at) {
        watts += 2000;
    }
    if (2 * MINUTE..8 * MINUTE).contains(&at) {
        watts += 950;
    }
    if (10 * MINUTE..14 * MINUTE).contains(&at) {
        watts += 850;
    }
    if (-20 * MINUTE..60 * MINUTE).contains(&at) {
        watts += 60;
    }
    watts
}

fn breakfast_start(chance: Chance, moment: &Moment) -> i64 {
    let usual = match moment.weekday {
        0 | 6 => 8 * HOUR + 30 * MINUTE,
        _ => 6 * HOUR + 45 * MINUTE,
    };
    usual + chance.below(moment.day, question::BREAKFAST, 45 * MINUTE)
}

/// An induction hob that pulses, and on half of the days an oven with a thermostat.
fn dinner(chance: Chance, moment: &Moment) -> i64 {
    let start = 17 * HOUR + 30 * MINUTE + chance.below(moment.day, question::DINNER, HOUR);
    let at = moment.wall - start;
    let mut watts = 0;
    if (0..35 * MINUTE).contains(&at) {
        let share = if at < 6 * MINUTE { 18 } else { 9 };
        watts += if at % 20 < share { 1800 } else { 0 };
    }
    if chance.below(moment.day, question::OVEN, 2) == 0 && (-10 * MINUTE..40 * MINUTE).contains(&at)
    {
        let heating = at < 0 || at % (4 * MINUTE) < 90;
        watts += if heating { 2200 } else { 30 };
    }
    if (-15 * MINUTE..35 * MINUTE).contains(&at) {
        watts += 110;
    }
    watts
}

/// Lamps and screens until bedtime.
fn evening(chance: Chance, moment: &Moment) -> i64 {
    let end = 22 * HOUR + 20 * MINUTE + chance.below(moment.day, question::EVENING_END, HOUR);
    if (18 * HOUR + 30 * MINUTE..end).contains(&moment.wall) {
        190
    } else {
        0
    }
}

/// On three days of seven, in the evening or, in the weekend, in the morning.
fn washing(chance: Chance, moment: &Moment) -> i64 {
    if chance.below(moment.day, question::WASHING, 7) >= 3 {
        return 0;
    }
    let start = match moment.weekday {
        0 | 6 => 10 * HOUR,
        _ => 19 * HOUR + 30 * MINUTE,
    };
    let start = start + chance.below(moment.day, question::WASHING_START, HOUR);
    match moment.wall - start {
        at if !(0..85 * MINUTE).contains(&at) => 0,
        at if (5 * MINUTE..23 * MINUTE).contains(&at) => 2050,
        at if at >= 75 * MINUTE => 420,
        at if at % 30 < 18 => 210,
        _ => 40,
    }
}

/// Parts of a hundred that the heating runs in each month.
const HEATING: [i64; 12] = [60, 55, 42, 22, 6, 0, 0, 0, 4, 20, 44, 58];

/// Cubic centimetres of gas in this second.
pub(super) fn gas(chance: Chance, moment: &Moment) -> i64 {
    heating(chance, moment) + shower(chance, moment)
}

/// A boiler of 12 kW takes 340 cm³ a second; it runs for a part of every twenty minutes.
fn heating(chance: Chance, moment: &Moment) -> i64 {
    let morning = breakfast_start(chance, moment) - HOUR;
    let occupied = (morning..morning + 3 * HOUR).contains(&moment.wall)
        || (16 * HOUR..22 * HOUR).contains(&moment.wall);
    let monthly = HEATING[usize::from(moment.month) - 1];
    let cold = chance.spread(moment.day, question::COLD, monthly / 3);
    let share = if occupied {
        monthly + cold
    } else {
        (monthly + cold) / 4
    };
    if moment.wall % (20 * MINUTE) < share * 12 {
        340
    } else {
        0
    }
}

/// Seven minutes before breakfast.
fn shower(chance: Chance, moment: &Moment) -> i64 {
    let start = breakfast_start(chance, moment) - 20 * MINUTE
        + chance.below(moment.day, question::SHOWER, 5 * MINUTE);
    if (start..start + 7 * MINUTE).contains(&moment.wall) {
        560
    } else {
        0
    }
}
