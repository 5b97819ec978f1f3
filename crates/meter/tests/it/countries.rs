//! Lines in the forms of P1 ports outside the Netherlands. The values are made up.

use assent_meter::telegram::{Reading, Value};

use crate::telegrams::{telegram_of, with_crc};

/// Checks the readings of `lines`, each written as `concept value unit`.
fn check(lines: &str, expected: &[&str]) {
    let telegram = telegram_of(lines);
    assert_eq!(telegram.malformed, [], "{lines}");
    let print = |reading: &Reading<'_>| {
        let unit = reading.unit.map_or("-", |unit| unit.symbol());
        format!(
            "{} {} {unit}",
            reading.concept.unwrap_or("-"),
            reading.value
        )
    };
    assert_eq!(
        telegram.readings().iter().map(print).collect::<Vec<_>>(),
        expected,
        "{lines}"
    );
}

#[test]
fn sweden_prints_totals_and_reactive_energy() {
    check(
        "1-0:1.8.0(00001234.567*kWh)\n1-0:3.7.0(0000.310*kVAr)\n1-0:24.7.0(0000.020*kvar)",
        &[
            "electricity_delivered 1234.567 kWh",
            "reactive_power_delivered 0.310 kvar",
            "reactive_power_returned_l1 0.020 kvar",
        ],
    );
}

#[test]
fn luxembourg_prints_apparent_power_two_limits_and_five_messages() {
    check(
        "1-0:9.7.0(00.612*kVA)\n1-1:31.4.0(200*A)(-200*A)\n0-0:96.13.2(4D6F69656E)\n0-1:96.3.10(1)",
        &[
            "apparent_power_delivered 0.612 kVA",
            "- (200*A)(-200*A) -",
            "text_message_2 Moien -",
            "device_switch_position 1 -",
        ],
    );
}

#[test]
fn hungary_prints_power_factors_and_another_month_profile() {
    check(
        "1-0:13.7.0(0.987)\n1-0:14.7.0(49.98*Hz)\n0-0:42.0.0(54455354)\n\
         0-0:98.1.0(240301000000W)(000012.345*kWh)(000067.890*kWh)",
        &[
            "power_factor 0.987 -",
            "frequency 49.98 Hz",
            "device_name TEST -",
            "- (240301000000W)(000012.345*kWh)(000067.890*kWh) -",
        ],
    );
}

#[test]
fn austria_prints_whole_watts() {
    check(
        "1-0:1.8.0(001234567*Wh)\n1-0:1.7.0(000000321*W)\n1-0:4.8.2(000765432*varh)",
        &[
            "electricity_delivered 1234567 Wh",
            "power_delivered 321 W",
            "reactive_energy_returned_tariff_2 765432 varh",
        ],
    );
}

#[test]
fn germany_prints_the_billing_period_and_signed_power() {
    check(
        "1-0:0.0.0*255(1234567890)\n1-0:1.8.0*255(00012345.6789012*kWh)\n1-0:16.7.0*255(-000123.45*W)\n\
         1-0:1.8.0*1(00000100.0000000*kWh)\n1-0:96.5.5*255(1C)\n0-0:96.1.255*255(1ABC0000012345)",
        &[
            "meter_number 1234567890 -",
            "electricity_delivered 12345.6789012 kWh",
            "power_net -123.45 W",
            "- 00000100.0000000*kWh -",
            "equipment_state 1C -",
            "equipment_identifier 1ABC0000012345 -",
        ],
    );
}

#[test]
fn belgium_prints_times_that_do_not_exist_for_what_it_has_not_measured() {
    check(
        "0-0:98.1.0(2)(1-0:1.6.0)(1-0:1.6.0)(240801000000S)(632525252525W)(00.000*kW)\
         (240901000000S)(240817203000S)(01.234*kW)\n\
         0-1:24.2.3(632525252525W)(00000.000*m3)\n0-2:24.1.0(007)\n0-2:24.2.1()(00000.000*m3)",
        &[
            "power_delivered_month_peaks 0.000 kW",
            "power_delivered_month_peaks 1.234 kW",
            "gas_delivered 0.000 m3",
            "device_type 7 -",
            "water_delivered 0.000 m3",
        ],
    );
}

#[test]
fn other_media_and_unknown_devices_do_not_pass_for_known_ones() {
    check(
        "7-0:1.8.0(00012.345*m3)\n0-3:24.1.0(099)\n0-3:24.2.1(240901000000S)(00001.000*m3)\n\
         0-3:24.2.1*1(00001.000*m3)",
        &[
            "- 00012.345*m3 -",
            "device_type 99 -",
            "- 1.000 m3",
            "- 00001.000*m3 -",
        ],
    );
}

#[test]
fn the_kind_of_device_names_what_it_delivers() {
    let check = |kind: u8, delivered: &str, identifier: &str| {
        let telegram = telegram_of(&format!(
            "0-4:24.2.1(240901000000S)(1*m3)\n0-4:96.1.0(54455354)\n0-4:24.1.0({kind:03})"
        ));
        let concepts: Vec<_> = telegram
            .readings()
            .iter()
            .map(|reading| reading.concept)
            .collect();
        assert_eq!(
            concepts,
            [Some(delivered), Some(identifier), Some("device_type")]
        );
    };
    check(
        2,
        "submeter_electricity_delivered",
        "submeter_equipment_identifier",
    );
    check(3, "gas_delivered", "gas_equipment_identifier");
    check(4, "heat_delivered", "heat_equipment_identifier");
    check(6, "hot_water_delivered", "hot_water_equipment_identifier");
    check(7, "water_delivered", "water_equipment_identifier");
    check(10, "cooling_delivered", "cooling_equipment_identifier");
    check(11, "cooling_delivered", "cooling_equipment_identifier");
    check(12, "heat_delivered", "heat_equipment_identifier");
}

#[test]
fn a_text_message_of_1024_characters() {
    let message = "Bericht van de netbeheerder:\r\n\r\n".repeat(32)[..1024].to_owned();
    let hex = message
        .bytes()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
    let bytes = with_crc(&format!(
        "/ABC5TEST\r\n\r\n1-3:0.2.8(50)\r\n0-0:96.13.0({hex})\r\n!"
    ));
    let telegram = crate::telegrams::parsed(&bytes);
    assert_eq!(telegram.objects[1].value, Value::Text(message));
}
