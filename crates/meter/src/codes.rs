//! The OBIS codes this crate knows: how each prints its value, and the concept it reports.
//!
//! Sources: DSMR P1 companion standard 2.2 to 5.0.2; e-MUCS P1 1.7.1 (Flanders); and the additions
//! of the P1 ports of Luxembourg, Hungary, Sweden, Austria, Ireland and Germany.

#[cfg(feature = "zones")]
use std::collections::BTreeSet;

use crate::concepts::DeviceKind;
use crate::obis::Obis;

/// How the groups of a line form its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `(count)(code)...` then entries of one or two times and an amount.
    Log,
    /// `(amount)`, with or without a unit.
    Measure,
    /// `(time)(status)(period)(count)(code)(unit)` then `(amount)` on a line of its own.
    OldDevice,
    /// `(text)`, as it is.
    Printed,
    /// `(text)`, as the hexadecimal of its bytes.
    Text,
    /// `(time)`.
    Time,
    /// `(time)(amount)`, or the amount alone.
    Timed,
}

use Shape::{Log, Measure, OldDevice, Printed, Text, Time, Timed};

/// How a line of this code prints its value; `None` for a code that is not known.
pub(crate) fn shape(obis: Obis) -> Option<Shape> {
    match scope(obis)? {
        Scope::Meter => find_meter_code(obis).map(|code| code.shape),
        Scope::Device => match (obis.quantity, obis.processing, obis.tariff) {
            (24, 1 | 4, 0) | (96, 3, 10) => Some(Measure),
            (24, 2, 1 | 3) => Some(Timed),
            (24, 3, 0) => Some(OldDevice),
            (96, 1, 0 | 1) => Some(Text),
            _ => None,
        },
    }
}

/// The concept that a line of this code reports, given what its M-Bus device is.
pub(crate) fn concept(obis: Obis, device: Option<DeviceKind>) -> Option<&'static str> {
    match scope(obis)? {
        Scope::Meter => find_meter_code(obis).map(|code| code.concept),
        Scope::Device => match (obis.quantity, obis.processing, obis.tariff) {
            (24, 1, 0) => Some("device_type"),
            (24, 2, 1) | (24, 3, 0) => device.map(DeviceKind::delivered),
            // Not corrected for temperature, which only gas is.
            (24, 2, 3) => Some(DeviceKind::Gas.delivered()),
            (24, 4, 0) => Some("device_valve_position"),
            (96, 1, 0 | 1) => device.map(DeviceKind::equipment_identifier),
            (96, 3, 10) => Some("device_switch_position"),
            _ => None,
        },
    }
}

/// The concepts whose values are amounts, each once.
#[cfg(feature = "zones")]
pub(crate) fn amounts() -> impl Iterator<Item = &'static str> {
    let measured = METER_CODES
        .iter()
        .filter(|code| matches!(code.shape, Measure | Timed))
        .map(|code| code.concept);
    let devices = DeviceKind::ALL.into_iter().map(DeviceKind::delivered);
    let switches = ["device_switch_position", "device_valve_position"];
    // Two codes have the version of the protocol.
    let mut seen = BTreeSet::new();
    let all = measured.chain(devices).chain(switches);
    all.filter(move |concept| seen.insert(*concept))
}

/// Whether the concept counts up: its difference between two times is what was used between them.
#[cfg(feature = "zones")]
pub(crate) fn is_register(concept: &str) -> bool {
    let is_counted = concept.starts_with("electricity_") || concept.starts_with("reactive_energy_");
    let mut devices = DeviceKind::ALL.into_iter().map(DeviceKind::delivered);
    is_counted || devices.any(|delivered| delivered == concept)
}

enum Scope {
    Meter,
    Device,
}

/// Other media (water as 8, gas as 7) reuse the numbers of electricity, and earlier billing
/// periods those of the current one: neither may pass for it.
fn scope(obis: Obis) -> Option<Scope> {
    match (obis.medium, obis.channel, obis.period) {
        (0, 1.., Obis::CURRENT) => Some(Scope::Device),
        (0 | 1, _, Obis::CURRENT) => Some(Scope::Meter),
        _ => None,
    }
}

struct MeterCode {
    number: [u8; 3],
    shape: Shape,
    concept: &'static str,
}

const fn code(number: [u8; 3], shape: Shape, concept: &'static str) -> MeterCode {
    MeterCode {
        number,
        shape,
        concept,
    }
}

fn find_meter_code(obis: Obis) -> Option<&'static MeterCode> {
    let number = [obis.quantity, obis.processing, obis.tariff];
    let quantity = usize::from(obis.quantity);
    METER_CODES[STARTS[quantity]..STARTS[quantity + 1]]
        .iter()
        .find(|code| code.number == number)
}

/// Where the codes of each quantity C start in `METER_CODES`: a handful each, so a line is known
/// after a comparison or two.
const STARTS: [usize; 257] = {
    let mut starts = [0; 257];
    let mut at = 0;
    while at < METER_CODES.len() {
        let quantity = METER_CODES[at].number[0] as usize;
        at += 1;
        let mut later = quantity + 1;
        while later < starts.len() {
            starts[later] = at;
            later += 1;
        }
    }
    starts
};

/// Codes C.D.E of the electricity meter itself, in order.
const METER_CODES: &[MeterCode] = &[
    code([0, 0, 0], Printed, "meter_number"),
    code([0, 2, 8], Measure, "protocol_version"),
    code([1, 0, 0], Time, "telegram_time"),
    code([1, 4, 0], Measure, "power_delivered_average"),
    code([1, 6, 0], Timed, "power_delivered_month_peak"),
    code([1, 7, 0], Measure, "power_delivered"),
    code([1, 8, 0], Measure, "electricity_delivered"),
    code([1, 8, 1], Measure, "electricity_delivered_tariff_1"),
    code([1, 8, 2], Measure, "electricity_delivered_tariff_2"),
    code([1, 8, 3], Measure, "electricity_delivered_tariff_3"),
    code([1, 8, 4], Measure, "electricity_delivered_tariff_4"),
    code([2, 7, 0], Measure, "power_returned"),
    code([2, 8, 0], Measure, "electricity_returned"),
    code([2, 8, 1], Measure, "electricity_returned_tariff_1"),
    code([2, 8, 2], Measure, "electricity_returned_tariff_2"),
    code([2, 8, 3], Measure, "electricity_returned_tariff_3"),
    code([2, 8, 4], Measure, "electricity_returned_tariff_4"),
    code([3, 7, 0], Measure, "reactive_power_delivered"),
    code([3, 8, 0], Measure, "reactive_energy_delivered"),
    code([3, 8, 1], Measure, "reactive_energy_delivered_tariff_1"),
    code([3, 8, 2], Measure, "reactive_energy_delivered_tariff_2"),
    code([4, 7, 0], Measure, "reactive_power_returned"),
    code([4, 8, 0], Measure, "reactive_energy_returned"),
    code([4, 8, 1], Measure, "reactive_energy_returned_tariff_1"),
    code([4, 8, 2], Measure, "reactive_energy_returned_tariff_2"),
    code([5, 7, 0], Measure, "reactive_power_quadrant_1"),
    code([5, 8, 0], Measure, "reactive_energy_quadrant_1"),
    code([6, 7, 0], Measure, "reactive_power_quadrant_2"),
    code([6, 8, 0], Measure, "reactive_energy_quadrant_2"),
    code([7, 7, 0], Measure, "reactive_power_quadrant_3"),
    code([7, 8, 0], Measure, "reactive_energy_quadrant_3"),
    code([8, 7, 0], Measure, "reactive_power_quadrant_4"),
    code([8, 8, 0], Measure, "reactive_energy_quadrant_4"),
    code([9, 7, 0], Measure, "apparent_power_delivered"),
    code([10, 7, 0], Measure, "apparent_power_returned"),
    code([13, 7, 0], Measure, "power_factor"),
    code([14, 7, 0], Measure, "frequency"),
    code([15, 8, 0], Measure, "electricity_combined"),
    code([16, 7, 0], Measure, "power_net"),
    code([17, 0, 0], Measure, "power_limit"),
    code([21, 7, 0], Measure, "power_delivered_l1"),
    code([22, 7, 0], Measure, "power_returned_l1"),
    code([23, 7, 0], Measure, "reactive_power_delivered_l1"),
    code([24, 7, 0], Measure, "reactive_power_returned_l1"),
    code([31, 4, 0], Measure, "current_limit_l1"),
    code([31, 7, 0], Measure, "current_l1"),
    code([32, 7, 0], Measure, "voltage_l1"),
    code([32, 32, 0], Measure, "voltage_sags_l1"),
    code([32, 36, 0], Measure, "voltage_swells_l1"),
    code([33, 7, 0], Measure, "power_factor_l1"),
    code([41, 7, 0], Measure, "power_delivered_l2"),
    code([42, 0, 0], Text, "device_name"),
    code([42, 7, 0], Measure, "power_returned_l2"),
    code([43, 7, 0], Measure, "reactive_power_delivered_l2"),
    code([44, 7, 0], Measure, "reactive_power_returned_l2"),
    code([51, 4, 0], Measure, "current_limit_l2"),
    code([51, 7, 0], Measure, "current_l2"),
    code([52, 7, 0], Measure, "voltage_l2"),
    code([52, 32, 0], Measure, "voltage_sags_l2"),
    code([52, 36, 0], Measure, "voltage_swells_l2"),
    code([53, 7, 0], Measure, "power_factor_l2"),
    code([61, 7, 0], Measure, "power_delivered_l3"),
    code([62, 7, 0], Measure, "power_returned_l3"),
    code([63, 7, 0], Measure, "reactive_power_delivered_l3"),
    code([64, 7, 0], Measure, "reactive_power_returned_l3"),
    code([71, 4, 0], Measure, "current_limit_l3"),
    code([71, 7, 0], Measure, "current_l3"),
    code([72, 7, 0], Measure, "voltage_l3"),
    code([72, 32, 0], Measure, "voltage_sags_l3"),
    code([72, 36, 0], Measure, "voltage_swells_l3"),
    code([73, 7, 0], Measure, "power_factor_l3"),
    code([96, 1, 0], Text, "equipment_identifier"),
    code([96, 1, 1], Text, "equipment_identifier"),
    code([96, 1, 2], Text, "connection_identifier"),
    code([96, 1, 4], Measure, "protocol_version"),
    code([96, 1, 255], Printed, "equipment_identifier"),
    code([96, 3, 10], Measure, "switch_position"),
    code([96, 5, 5], Printed, "equipment_state"),
    code([96, 7, 9], Measure, "long_power_failures"),
    code([96, 7, 21], Measure, "power_failures"),
    code([96, 13, 0], Text, "text_message"),
    code([96, 13, 1], Text, "text_message_code"),
    code([96, 13, 2], Text, "text_message_2"),
    code([96, 13, 3], Text, "text_message_3"),
    code([96, 13, 4], Text, "text_message_4"),
    code([96, 13, 5], Text, "text_message_5"),
    code([96, 14, 0], Measure, "tariff_indicator"),
    code([98, 1, 0], Log, "power_delivered_month_peaks"),
    code([99, 97, 0], Log, "power_failure_log"),
];

#[cfg(test)]
mod tests {
    use super::METER_CODES;

    #[test]
    fn the_codes_are_in_order_and_each_is_there_once() {
        assert!(METER_CODES.is_sorted_by(|left, right| left.number < right.number));
    }
}
