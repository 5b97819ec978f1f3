//! Amounts in thousandths of the unit that people read: W of kW, Wh of kWh, litres of m³.

use assent_meter::datasets::Sample;
use assent_meter::quantity::{Quantity, Unit};

/// An amount in thousandths of its unit, where that is one that is shown here. What is finer than a
/// thousandth is cut off, so that differences of registers add up.
pub(super) fn thousandths(quantity: Quantity) -> Option<i64> {
    let scale = match quantity.unit() {
        Unit::Kilowatt | Unit::KilowattHour | Unit::CubicMetre | Unit::One => {
            3 - i32::from(quantity.scale())
        }
        Unit::Watt | Unit::WattHour | Unit::CubicDecimetre => -i32::from(quantity.scale()),
        Unit::MegawattHour => 6 - i32::from(quantity.scale()),
        _ => return None,
    };
    let factor = 10_i64.checked_pow(scale.unsigned_abs())?;
    if scale < 0 {
        Some(quantity.mantissa() / factor)
    } else {
        quantity.mantissa().checked_mul(factor)
    }
}

/// The amount of a concept in a sample.
pub(super) fn of(sample: &Sample, concept: &str) -> Option<i64> {
    let found = sample
        .amounts
        .iter()
        .find(|amount| amount.concept == concept);
    thousandths(found?.quantity)
}
