//! Stable names for what meters report. Consents name these, not OBIS codes, because the code of
//! one quantity differs between countries and between the sockets of one meter.

use crate::codes;
use crate::obis::Obis;

/// What an M-Bus device behind the meter measures (EN 13757-3, table of device types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// A cooling meter, in GJ.
    Cooling,
    /// A second electricity meter, in kWh.
    Electricity,
    /// A gas meter, in m³.
    Gas,
    /// A heat meter, in GJ.
    Heat,
    /// A meter of warm water, in m³.
    HotWater,
    /// A water meter, in m³.
    Water,
}

impl DeviceKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Cooling,
        Self::Electricity,
        Self::Gas,
        Self::Heat,
        Self::HotWater,
        Self::Water,
    ];

    /// The device that `0-n:24.1.0` announces with this number; `None` for other numbers.
    pub const fn from_type(number: i64) -> Option<Self> {
        match number {
            2 => Some(Self::Electricity),
            3 => Some(Self::Gas),
            4 | 12 => Some(Self::Heat),
            6 => Some(Self::HotWater),
            7 => Some(Self::Water),
            10 | 11 => Some(Self::Cooling),
            _ => None,
        }
    }

    pub(crate) const fn delivered(self) -> &'static str {
        match self {
            Self::Cooling => "cooling_delivered",
            Self::Electricity => "submeter_electricity_delivered",
            Self::Gas => "gas_delivered",
            Self::Heat => "heat_delivered",
            Self::HotWater => "hot_water_delivered",
            Self::Water => "water_delivered",
        }
    }

    pub(crate) const fn equipment_identifier(self) -> &'static str {
        match self {
            Self::Cooling => "cooling_equipment_identifier",
            Self::Electricity => "submeter_equipment_identifier",
            Self::Gas => "gas_equipment_identifier",
            Self::Heat => "heat_equipment_identifier",
            Self::HotWater => "hot_water_equipment_identifier",
            Self::Water => "water_equipment_identifier",
        }
    }
}

/// The concept that this code reports. `device` is what the telegram says of the M-Bus device on
/// the channel of the code; it decides between gas, water and heat, which share their codes.
///
/// `None` for a code that is not known, or a reading of a device of unknown kind. A published
/// name never changes its meaning.
///
/// ```
/// use assent_meter::concepts::{DeviceKind, concept};
///
/// let gas = "0-1:24.2.1".parse()?;
/// assert_eq!(concept("1-0:1.7.0".parse()?, None), Some("power_delivered"));
/// assert_eq!(concept(gas, Some(DeviceKind::Gas)), Some("gas_delivered"));
/// assert_eq!(concept(gas, None), None);
/// # Ok::<(), assent_meter::telegram::LineError>(())
/// ```
pub fn concept(obis: Obis, device: Option<DeviceKind>) -> Option<&'static str> {
    codes::concept(obis, device)
}
