//! A household that is simulated: what its meter would print, second by second.
//!
//! The day is plausible, not typical: a quiet night, breakfast, an evening meal, the washing on some
//! days, solar panels that return power by season, hour and cloud, gas for heating and showers, and
//! the two tariffs of the Netherlands. The same seed and the same second always give the same
//! telegram, whenever the simulation was started, so that a restart is seen as one.
//!
//! All arithmetic is in integers; nobody lives here.

mod chance;
mod demand;
mod sun;

use crate::crc::crc16;
use crate::time::P1Time;
use crate::zone::{UnixSeconds, Zone};
use chance::Chance;

/// A simulated household behind a smart meter of DSMR 5, one telegram a second.
///
/// ```
/// use assent_meter::household::Household;
/// use assent_meter::zone::Zone;
///
/// let mut household = Household::new(Zone::default(), 1_774_746_000, 7);
/// let telegram = household.next().ok_or("a telegram for every second")?;
/// assert!(telegram.starts_with(b"/ASN5"));
/// assert!(household.next().is_some_and(|next| next != telegram));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Household {
    zone: Zone,
    chance: Chance,
    /// The second of the next telegram.
    second: UnixSeconds,
    calendar: Calendar,
    registers: Registers,
}

/// What the calendar says, looked up once in a quarter of an hour.
#[derive(Clone, Copy, Debug)]
struct Calendar {
    until: UnixSeconds,
    /// Local midnight of 1970-01-01, as it would have been at the present offset.
    offset: i64,
    time: P1Time,
}

/// One second at the household.
#[derive(Clone, Copy, Debug)]
struct Moment {
    /// Days of the local calendar since 1970-01-01.
    day: i64,
    /// 0 is Sunday.
    weekday: i64,
    /// 1 to 12.
    month: u8,
    /// 1 to 31.
    day_of_month: u8,
    /// Seconds since local midnight by the clock on the wall.
    wall: i64,
    /// Seconds since midnight in Greenwich.
    utc: i64,
}

/// What the meters have counted.
#[derive(Clone, Copy, Debug, Default)]
struct Registers {
    /// Watt-seconds, in tariff 1 and tariff 2.
    delivered: [i64; 2],
    /// Watt-seconds, in tariff 1 and tariff 2.
    returned: [i64; 2],
    /// Cubic centimetres of gas.
    gas: i64,
    /// The reading that the gas meter last sent: cubic centimetres, and when.
    gas_sent: (i64, UnixSeconds),
}

/// Seconds between two readings of the gas meter.
const GAS_INTERVAL: i64 = 300;

/// What the meters counted in a month before the simulation knows: kWh in each tariff, and as many
/// cubic metres of gas. More than the household can use, so that no register ever runs backwards.
const MONTHLY: i64 = 2_000;

impl Household {
    /// The household of this seed, whose first telegram is that of the second `start`.
    ///
    /// # Panics
    /// For a start outside 1970 to 2069, which no meter can print.
    pub fn new(zone: Zone, start: UnixSeconds, seed: u64) -> Self {
        let calendar = Calendar::at(&zone, start);
        let first_of_month = P1Time {
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            dst: None,
            ..calendar.time
        };
        let month_start = zone
            .instant(first_of_month)
            .expect("every month starts with a midnight");
        let mut household = Self {
            calendar: Calendar::at(&zone, month_start),
            zone,
            chance: Chance::of(seed),
            second: month_start,
            registers: Registers::at_start_of(calendar.time, month_start),
        };
        while household.second < start {
            household.advance();
        }
        household
    }

    /// Lives one second, and tells the net power at its end in watts: returned power is negative.
    fn advance(&mut self) -> i64 {
        if self.second >= self.calendar.until {
            self.calendar = Calendar::at(&self.zone, self.second);
        }
        let moment = self.moment();
        let watts = demand::power(self.chance, &moment) - sun::power(self.chance, &moment);
        let tariff = usize::from(!is_low_tariff(&moment));
        if watts >= 0 {
            self.registers.delivered[tariff] += watts;
        } else {
            self.registers.returned[tariff] -= watts;
        }
        self.registers.gas += demand::gas(self.chance, &moment);
        if self.second % GAS_INTERVAL == 0 {
            self.registers.gas_sent = (self.registers.gas, self.second);
        }
        self.second += 1;
        watts
    }

    fn moment(&self) -> Moment {
        let local = self.second + self.calendar.offset;
        let day = local.div_euclid(86_400);
        Moment {
            day,
            weekday: (day + 4).rem_euclid(7),
            month: self.calendar.time.month,
            day_of_month: self.calendar.time.day,
            wall: local.rem_euclid(86_400),
            utc: self.second.rem_euclid(86_400),
        }
    }

    fn telegram(&mut self) -> Option<Vec<u8>> {
        let time = self.zone.local(self.second)?;
        let moment = self.moment();
        let watts = self.advance();
        let gas_time = self.zone.local(self.registers.gas_sent.1)?;
        let voltage = 2300 + self.chance.spread(self.second / 7, 1, 50);
        let lines = Printed {
            time: printed(time),
            tariff: if is_low_tariff(&moment) { 1 } else { 2 },
            watts,
            voltage,
            registers: self.registers,
            gas_time: printed(gas_time),
        };
        Some(lines.telegram())
    }
}

impl Iterator for Household {
    type Item = Vec<u8>;

    /// The telegram of the next second, or `None` after 2069.
    fn next(&mut self) -> Option<Vec<u8>> {
        self.telegram()
    }
}

impl Calendar {
    fn at(zone: &Zone, second: UnixSeconds) -> Self {
        let time = zone
            .local(second)
            .expect("a simulation stays between 1970 and 2069");
        let as_if_utc = P1Time { dst: None, ..time };
        let local = days_since_1970(as_if_utc) * 86_400
            + i64::from(time.hour) * 3600
            + i64::from(time.minute) * 60
            + i64::from(time.second);
        Self {
            until: (second.div_euclid(900) + 1) * 900,
            offset: local - second,
            time,
        }
    }
}

/// Days of the Gregorian calendar since 1970-01-01, for years from 1970 to 2069: 2000 is a leap year.
fn days_since_1970(time: P1Time) -> i64 {
    const BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let years = i64::from(time.year) - 1970;
    let leap_days = (years + 1).div_euclid(4);
    let is_leap = time.year.is_multiple_of(4) && time.month > 2;
    years * 365
        + leap_days
        + BEFORE[usize::from(time.month) - 1]
        + i64::from(is_leap)
        + i64::from(time.day)
        - 1
}

impl Registers {
    fn at_start_of(month: P1Time, second: UnixSeconds) -> Self {
        let months = (i64::from(month.year) - 2020) * 12 + i64::from(month.month);
        let counted = months.max(0) * MONTHLY;
        let gas = counted * 1_000_000;
        Self {
            delivered: [counted * 3_600_000; 2],
            returned: [counted * 3_600_000 / 2; 2],
            gas,
            gas_sent: (gas, second),
        }
    }
}

/// Nights from 23 to 7 o'clock and the weekend.
fn is_low_tariff(moment: &Moment) -> bool {
    !(7 * 3600..23 * 3600).contains(&moment.wall) || matches!(moment.weekday, 0 | 6)
}

/// What one telegram says.
struct Printed {
    time: String,
    tariff: u8,
    watts: i64,
    /// Tenths of a volt.
    voltage: i64,
    registers: Registers,
    gas_time: String,
}

impl Printed {
    fn telegram(&self) -> Vec<u8> {
        let kwh = |watt_seconds: i64| {
            let watt_hours = watt_seconds / 3600;
            format!("{:06}.{:03}*kWh", watt_hours / 1000, watt_hours % 1000)
        };
        let kw = |watts: i64| format!("{:02}.{:03}*kW", watts / 1000, watts % 1000);
        let (delivered, returned) = (self.watts.max(0), (-self.watts).max(0));
        let centiamperes = self.watts.abs() * 1000 / self.voltage;
        let litres = self.registers.gas_sent.0 / 1000;
        let lines = [
            "/ASN5SIMULATED-HOUSEHOLD".to_owned(),
            String::new(),
            "1-3:0.2.8(50)".to_owned(),
            format!("0-0:1.0.0({})", self.time),
            "0-0:96.1.1(53494D554C415445443031)".to_owned(),
            format!("1-0:1.8.1({})", kwh(self.registers.delivered[0])),
            format!("1-0:1.8.2({})", kwh(self.registers.delivered[1])),
            format!("1-0:2.8.1({})", kwh(self.registers.returned[0])),
            format!("1-0:2.8.2({})", kwh(self.registers.returned[1])),
            format!("0-0:96.14.0({:04})", self.tariff),
            format!("1-0:1.7.0({})", kw(delivered)),
            format!("1-0:2.7.0({})", kw(returned)),
            "0-0:96.7.21(00004)".to_owned(),
            "0-0:96.7.9(00001)".to_owned(),
            "1-0:99.97.0(1)(0-0:96.7.19)(230817142255S)(0000001284*s)".to_owned(),
            "1-0:32.32.0(00002)".to_owned(),
            "1-0:32.36.0(00000)".to_owned(),
            "0-0:96.13.0()".to_owned(),
            format!(
                "1-0:32.7.0({:03}.{}*V)",
                self.voltage / 10,
                self.voltage % 10
            ),
            format!(
                "1-0:31.7.0({:03}.{:02}*A)",
                centiamperes / 100,
                centiamperes % 100
            ),
            format!("1-0:21.7.0({})", kw(delivered)),
            format!("1-0:22.7.0({})", kw(returned)),
            "0-1:24.1.0(003)".to_owned(),
            "0-1:96.1.0(53494D554C41544544474153)".to_owned(),
            format!(
                "0-1:24.2.1({})({:05}.{:03}*m3)",
                self.gas_time,
                litres / 1000,
                litres % 1000
            ),
            "!".to_owned(),
        ];
        let mut telegram = lines.join("\r\n").into_bytes();
        let crc = crc16(&telegram);
        telegram.extend_from_slice(format!("{crc:04X}\r\n").as_bytes());
        telegram
    }
}

/// As a telegram prints a time: `YYMMDDhhmmss` and the letter.
fn printed(time: P1Time) -> String {
    let letter = match time.dst {
        Some(crate::time::Dst::Summer) => "S",
        Some(crate::time::Dst::Winter) => "W",
        None => "",
    };
    format!(
        "{:02}{:02}{:02}{:02}{:02}{:02}{letter}",
        time.year % 100,
        time.month,
        time.day,
        time.hour,
        time.minute,
        time.second
    )
}
