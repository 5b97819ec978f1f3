//! Exact amounts with a unit. There is no float anywhere: `00.244*kW` is 244 × 10⁻³ kW.

use std::fmt;

use crate::telegram::LineError;

/// An exact amount, `mantissa × 10^-scale`, in a unit.
///
/// Two quantities are equal when they are printed alike: 0.50 A is not 0.5 A, because the scale
/// says how finely the meter measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quantity {
    mantissa: i64,
    scale: u8,
    unit: Unit,
}

/// The unit that a telegram prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A, ampere.
    Ampere,
    /// dm³, cubic decimetre (litre).
    CubicDecimetre,
    /// m³, cubic metre.
    CubicMetre,
    /// GJ, gigajoule.
    Gigajoule,
    /// Hz, hertz.
    Hertz,
    /// kVA, kilovolt-ampere.
    KilovoltAmpere,
    /// kvar, kilovolt-ampere reactive.
    Kilovar,
    /// kvarh, kilovolt-ampere reactive hour.
    KilovarHour,
    /// kW, kilowatt.
    Kilowatt,
    /// kWh, kilowatt-hour.
    KilowattHour,
    /// MJ, megajoule.
    Megajoule,
    /// MWh, megawatt-hour.
    MegawattHour,
    /// A bare number: a count, or a ratio such as a power factor.
    One,
    /// s, second.
    Second,
    /// var, volt-ampere reactive.
    Var,
    /// varh, volt-ampere reactive hour.
    VarHour,
    /// V, volt.
    Volt,
    /// VA, volt-ampere.
    VoltAmpere,
    /// W, watt.
    Watt,
    /// Wh, watt-hour.
    WattHour,
}

impl Quantity {
    /// The finest scale: an `i64` has room for eighteen decimals.
    pub const MAX_SCALE: u8 = 18;

    /// `mantissa × 10^-scale` in `unit`; `None` for a scale above [`Quantity::MAX_SCALE`].
    pub const fn new(mantissa: i64, scale: u8, unit: Unit) -> Option<Self> {
        if scale > Self::MAX_SCALE {
            None
        } else {
            Some(Self {
                mantissa,
                scale,
                unit,
            })
        }
    }

    /// The digits without the decimal point.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// How many of the digits are decimals.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The unit.
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// The same amount without a prefix: W, Wh, var, varh, VA, dm³ and GJ take the place of their
    /// multiples, so 2.027 kW is 2027 W and 981.443 m³ is 981443 dm³, at scale 0.
    ///
    /// Exact: a reading finer than the base unit keeps the decimals it needs (234.7 V stays
    /// scale 1). `None` where that needs more digits than an `i64` has.
    pub fn normalised(self) -> Option<Self> {
        let (unit, exponent) = self.unit.base();
        let scale = i16::from(self.scale) - i16::from(exponent);
        let surplus = u32::try_from(-scale).unwrap_or(0);
        let mantissa = self.mantissa.checked_mul(10_i64.pow(surplus))?;
        Self::new(mantissa, u8::try_from(scale.max(0)).ok()?, unit)
    }

    /// Reads `number` or `number*unit`.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, LineError> {
        let star = text.iter().position(|&byte| byte == b'*');
        let (number, unit) = match star {
            Some(at) => (&text[..at], Unit::parse(&text[at + 1..])),
            None => (text, Some(Unit::One)),
        };
        let (mantissa, scale) = parse_decimal(number)?;
        Ok(Self {
            mantissa,
            scale,
            unit: unit.ok_or(LineError::UnknownUnit)?,
        })
    }

    /// The same number in the unit that the telegram prints elsewhere.
    pub(crate) fn with_unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }
}

/// Reads an optional sign, digits, and optionally a point and more digits.
fn parse_decimal(text: &[u8]) -> Result<(i64, u8), LineError> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        _ => (1, text.strip_prefix(b"+").unwrap_or(text)),
    };
    let mut mantissa = 0_i64;
    let mut decimals = None;
    for &byte in digits {
        if byte == b'.' && decimals.is_none() {
            decimals = Some(0_u8);
            continue;
        }
        if !byte.is_ascii_digit() {
            return Err(LineError::NotNumber);
        }
        mantissa = mantissa
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(i64::from(byte - b'0')))
            .ok_or(LineError::NumberTooLong)?;
        decimals = decimals.map(|count| count.saturating_add(1));
    }
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    if !is_digit(digits.first()) || !is_digit(digits.last()) {
        return Err(LineError::NotNumber);
    }
    match decimals.unwrap_or(0) {
        scale @ 0..=Quantity::MAX_SCALE => Ok((sign * mantissa, scale)),
        _ => Err(LineError::NumberTooLong),
    }
}

/// The amount alone, exact: `0.244`. The unit is not printed.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let one = 10_u64.pow(u32::from(self.scale));
        let width = usize::from(self.scale);
        write!(f, "{sign}{}.{:0width$}", digits / one, digits % one)
    }
}

impl Unit {
    /// As a telegram prints it; empty for [`Unit::One`].
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Ampere => "A",
            Self::CubicDecimetre => "dm3",
            Self::CubicMetre => "m3",
            Self::Gigajoule => "GJ",
            Self::Hertz => "Hz",
            Self::KilovoltAmpere => "kVA",
            Self::Kilovar => "kvar",
            Self::KilovarHour => "kvarh",
            Self::Kilowatt => "kW",
            Self::KilowattHour => "kWh",
            Self::Megajoule => "MJ",
            Self::MegawattHour => "MWh",
            Self::One => "",
            Self::Second => "s",
            Self::Var => "var",
            Self::VarHour => "varh",
            Self::Volt => "V",
            Self::VoltAmpere => "VA",
            Self::Watt => "W",
            Self::WattHour => "Wh",
        }
    }

    /// Whether a meter counts in it: energy and volume only grow, and have a difference between two
    /// times.
    pub const fn is_counted(self) -> bool {
        matches!(
            self,
            Self::CubicDecimetre
                | Self::CubicMetre
                | Self::Gigajoule
                | Self::KilovarHour
                | Self::KilowattHour
                | Self::Megajoule
                | Self::MegawattHour
                | Self::VarHour
                | Self::WattHour
        )
    }

    /// The unit without prefix, and the power of ten between the two.
    const fn base(self) -> (Self, i8) {
        match self {
            Self::CubicMetre => (Self::CubicDecimetre, 3),
            Self::KilovoltAmpere => (Self::VoltAmpere, 3),
            Self::Kilovar => (Self::Var, 3),
            Self::KilovarHour => (Self::VarHour, 3),
            Self::Kilowatt => (Self::Watt, 3),
            Self::KilowattHour => (Self::WattHour, 3),
            Self::MegawattHour => (Self::WattHour, 6),
            Self::Megajoule => (Self::Gigajoule, -3),
            other => (other, 0),
        }
    }

    pub(crate) fn parse(symbol: &[u8]) -> Option<Self> {
        Some(match symbol {
            b"kWh" => Self::KilowattHour,
            b"kW" => Self::Kilowatt,
            b"V" => Self::Volt,
            b"A" => Self::Ampere,
            b"m3" => Self::CubicMetre,
            b"GJ" => Self::Gigajoule,
            b"s" => Self::Second,
            b"W" => Self::Watt,
            b"Wh" => Self::WattHour,
            b"MWh" => Self::MegawattHour,
            b"MJ" => Self::Megajoule,
            b"dm3" => Self::CubicDecimetre,
            b"Hz" => Self::Hertz,
            b"VA" => Self::VoltAmpere,
            b"kVA" => Self::KilovoltAmpere,
            // Meters do not agree on the capitals of this unit.
            b"var" | b"VAr" => Self::Var,
            b"varh" | b"VArh" => Self::VarHour,
            b"kvar" | b"kVAr" => Self::Kilovar,
            b"kvarh" | b"kVArh" => Self::KilovarHour,
            _ => return None,
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl serde::Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.symbol())
    }
}
