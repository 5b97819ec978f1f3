//! Every fixture, with the values its README holds it to.

use assent_meter::Telegram;
use assent_meter::concepts::DeviceKind;
use assent_meter::frame::CrcState;
use assent_meter::telegram::{Object, P1Version, Value};

use crate::telegrams::{
    ALL, EON_HU, FLUVIUS_V171, ISKRA_IE, SAGEMCOM_T210, UNPADDED_CRC, V2_2, V3, V4_2, V5,
    V5_TWO_MBUS, framed, parsed,
};

/// Checks readings, each written as `code concept value unit time`, `-` for what is absent.
fn check(bytes: &[u8], expected: &[&str]) -> Telegram {
    let telegram = parsed(bytes);
    assert_eq!(telegram.malformed, []);
    let printed: Vec<String> = telegram
        .readings()
        .iter()
        .map(|reading| {
            let unit = reading.unit.map_or("-", |unit| unit.symbol());
            let time = reading.time.map_or("-".to_owned(), |time| time.to_string());
            let concept = reading.concept.unwrap_or("-");
            format!("{} {concept} {} {unit} {time}", reading.obis, reading.value)
        })
        .collect();
    for line in expected {
        assert!(
            printed.iter().any(|printed| printed == line),
            "{line} not in {printed:#?}"
        );
    }
    telegram
}

#[test]
fn every_fixture_is_one_telegram_without_malformed_lines() {
    for bytes in ALL {
        assert_eq!(framed([bytes]), [Ok(bytes.to_vec())]);
        let lines = bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| line.contains(&b':'))
            .count();
        let telegram = parsed(bytes);
        assert_eq!(telegram.malformed, []);
        assert_eq!(telegram.objects.len(), lines);
        let is_raw = |object: &&Object| matches!(object.value, Value::Raw(_));
        let raw: Vec<String> = telegram
            .objects
            .iter()
            .filter(is_raw)
            .map(|object| object.obis.to_string())
            .collect();
        // Hungary prints the registers of the month before in a line of its own form.
        let expected: &[&str] = if bytes == EON_HU {
            &["0-0:98.1.0"]
        } else {
            &[]
        };
        assert_eq!(raw, expected);
    }
}

#[test]
fn dsmr_2_2() {
    let telegram = check(
        V2_2,
        &[
            "1-0:1.7.0 power_delivered 1.01 kW -",
            "1-0:1.8.1 electricity_delivered_tariff_1 1.001 kWh -",
            "0-0:96.1.1 equipment_identifier 00000000000000 - -",
            "0-0:96.13.0 text_message  - -",
            "0-1:24.3.0 gas_delivered 1.001 m3 2016-11-07T19:00:00",
            "0-1:24.4.0 device_valve_position 1 - -",
        ],
    );
    assert_eq!(telegram.identification, r"ISk5\2MT382-1004");
    assert_eq!((telegram.version, telegram.timestamp), (None, None));
    assert_eq!(telegram.crc, CrcState::Absent);
}

#[test]
fn dsmr_3() {
    let message = "0123456789:;<=>?".repeat(5);
    let telegram = check(
        V3,
        &[
            "0-0:96.1.1 equipment_identifier K8EG004046395507 - -",
            "1-0:1.7.0 power_delivered 1.19 kW -",
            "1-0:2.8.2 electricity_returned_tariff_2 12345.678 kWh -",
            "0-0:17.0.0 power_limit 16 A -",
            "0-0:96.13.1 text_message_code 012345678 - -",
            &format!("0-0:96.13.0 text_message {message} - -"),
            "0-1:96.1.0 gas_equipment_identifier 2222ABCD123456789 - -",
            "0-1:24.3.0 gas_delivered 1.001 m3 2009-02-12T16:00:00",
        ],
    );
    assert_eq!(telegram.crc, CrcState::Absent);
}

#[test]
fn dsmr_4_2() {
    let telegram = check(
        V4_2,
        &[
            "1-0:1.7.0 power_delivered 2.027 kW -",
            "1-0:1.8.1 electricity_delivered_tariff_1 1581.123 kWh -",
            "1-0:1.8.2 electricity_delivered_tariff_2 1435.706 kWh -",
            "0-0:96.14.0 tariff_indicator 2 - -",
            "0-0:96.7.21 power_failures 15 - -",
            "0-0:96.7.9 long_power_failures 7 - -",
            "1-0:99.97.0 power_failure_log 237126 s 2000-01-04T18:03:20W",
            "1-0:99.97.0 power_failure_log 2147583646 s 2000-01-01T00:00:01W",
            "1-0:99.97.0 power_failure_log 2317482647 s 2000-01-02T00:00:03W",
            "1-0:51.7.0 current_l2 6 A -",
            "1-0:41.7.0 power_delivered_l2 1.247 kW -",
            "0-0:96.1.1 equipment_identifier 3960221976967177082151037881335713 - -",
            "0-1:24.2.1 gas_delivered 981.443 m3 2016-11-29T20:00:00W",
        ],
    );
    assert_eq!(telegram.identification, "KFM5KAIFA-METER");
    assert_eq!(telegram.version, Some(P1Version::Dsmr(42)));
    assert_eq!(telegram.timestamp, "161113205757W".parse().ok());
    assert_eq!(telegram.crc, CrcState::Correct);
}

#[test]
fn dsmr_5() {
    let telegram = check(
        V5,
        &[
            "0-0:1.0.0 telegram_time 2017-01-02T19:20:02W - -",
            "1-0:1.7.0 power_delivered 0.244 kW -",
            "1-0:1.8.1 electricity_delivered_tariff_1 4.426 kWh -",
            "1-0:1.8.2 electricity_delivered_tariff_2 2.399 kWh -",
            "1-0:2.8.1 electricity_returned_tariff_1 2.444 kWh -",
            "1-0:2.7.0 power_returned 0.000 kW -",
            "1-0:32.7.0 voltage_l1 230.0 V -",
            "1-0:71.7.0 current_l3 0.86 A -",
            "0-1:24.2.1 gas_delivered 0.107 m3 2017-01-02T16:10:05W",
            "0-2:96.1.0 gas_equipment_identifier  - -",
        ],
    );
    assert_eq!(telegram.version, Some(P1Version::Dsmr(50)));
    assert_eq!(telegram.device(1), Some(DeviceKind::Gas));
    assert_eq!(telegram.device(3), None);
    let log = telegram
        .object("1-0:99.97.0".parse().expect("a code"))
        .expect("in the telegram");
    assert!(matches!(&log.value, Value::Log(log) if log.entries.is_empty()));
}

#[test]
fn dsmr_5_with_two_devices() {
    check(
        V5_TWO_MBUS,
        &[
            "1-0:1.8.1 electricity_delivered_tariff_1 2130.115 kWh -",
            "1-0:72.32.0 voltage_sags_l3 192 - -",
            "1-0:99.97.0 power_failure_log 2014 s 2019-03-26T09:50:15W",
            "0-1:24.2.1 gas_delivered 0 - 1970-01-01T01:00:00W",
            "0-2:24.2.1 gas_delivered 246.138 m3 2020-04-26T22:30:01S",
        ],
    );
}

#[test]
fn fluvius() {
    let telegram = check(
        FLUVIUS_V171,
        &[
            "0-0:96.1.4 protocol_version 50217 - -",
            "0-0:96.1.1 equipment_identifier 1SAG3101021605 - -",
            "1-0:1.4.0 power_delivered_average 2.351 kW -",
            "1-0:1.6.0 power_delivered_month_peak 2.589 kW 2020-05-09T13:45:58S",
            "0-0:98.1.0 power_delivered_month_peaks 3.695 kW 2020-05-01T00:00:00S",
            "0-0:98.1.0 power_delivered_month_peaks 5.980 kW 2020-04-01T00:00:00S",
            "0-0:98.1.0 power_delivered_month_peaks 4.318 kW 2020-03-01T00:00:00S",
            "1-0:31.7.0 current_l1 0.00 A -",
            "1-0:31.4.0 current_limit_l1 999 A -",
            "0-1:24.2.3 gas_delivered 112.384 m3 2020-05-12T13:45:58S",
            "0-2:24.2.1 water_delivered 872.234 m3 2020-05-12T13:45:58S",
            "0-2:96.1.1 water_equipment_identifier 8SAG1234567890 - -",
        ],
    );
    assert_eq!(telegram.version, Some(P1Version::Emucs(50217)));
    let log = telegram
        .object("0-0:98.1.0".parse().expect("a code"))
        .expect("in the telegram");
    let Value::Log(log) = &log.value else {
        panic!("not a log: {log:?}")
    };
    assert_eq!(
        log.columns,
        ["1-0:1.6.0".parse(), "1-0:1.6.0".parse()].map(|code| code.expect("a code"))
    );
    assert_eq!(log.entries[2].occurred, "200210035421W".parse().ok());
}

#[test]
fn eon_hungary() {
    let telegram = check(
        EON_HU,
        &[
            "0-0:1.0.0 telegram_time 2023-07-24T15:07:30S - -",
            "0-0:42.0.0 device_name SAG3082200002160 - -",
            "1-0:1.8.0 electricity_delivered 173.640 kWh -",
            "1-0:2.7.0 power_returned 2.601 kW -",
            "1-0:13.7.0 power_factor 4.556 - -",
            "1-0:15.8.0 electricity_combined 800.817 kWh -",
            "1-0:7.7.0 reactive_power_quadrant_3 0.504 kvar -",
        ],
    );
    assert_eq!(telegram.identification, "SAG5SAG-METER");
    assert_eq!((telegram.version, telegram.crc), (None, CrcState::Correct));
}

#[test]
fn iskra_ireland() {
    let telegram = check(
        ISKRA_IE,
        &[
            "1-0:0.0.0 meter_number 00000000 - -",
            "1-0:1.8.1 electricity_delivered_tariff_1 10.181 kWh -",
            "1-0:2.7.0 power_returned 0.270 kW -",
            "1-0:52.7.0 voltage_l2 241.7 V -",
        ],
    );
    assert_eq!(telegram.timestamp, "230202132747S".parse().ok());
}

#[test]
fn sagemcom_prints_watts_without_decimals() {
    check(
        SAGEMCOM_T210,
        &[
            "1-0:1.8.0 electricity_delivered 6545766 Wh -",
            "1-0:1.7.0 power_delivered 286 W -",
            "1-0:4.8.1 reactive_energy_returned_tariff_1 2692848 varh -",
            "1-0:4.7.0 reactive_power_returned 166 var -",
        ],
    );
}

#[test]
fn a_checksum_without_leading_zero() {
    let telegram = check(
        UNPADDED_CRC,
        &[
            "0-0:96.1.1 equipment_identifier ADC3100000158491 - -",
            "0-1:24.2.1 heat_delivered 240.860 GJ 2026-02-15T20:05:23W",
        ],
    );
    assert_eq!(telegram.identification, "NWA-WARMTELINK");
    assert_eq!(telegram.crc, CrcState::Correct);
}

#[test]
fn a_reading_serialises_as_consents_name_it() {
    let telegram = parsed(V5);
    let readings = telegram.readings();
    let json = |code: &str| {
        let reading = readings
            .iter()
            .find(|reading| reading.obis.to_string() == code);
        serde_json::to_string(reading.expect("in the telegram")).expect("no map keys")
    };
    assert_eq!(
        json("1-0:1.7.0"),
        r#"{"obis":"1-0:1.7.0","concept":"power_delivered","value":"0.244","unit":"kW"}"#
    );
    assert_eq!(
        json("0-1:24.2.1"),
        r#"{"obis":"0-1:24.2.1","concept":"gas_delivered","value":"0.107","unit":"m3","time":"2017-01-02T16:10:05W"}"#
    );
    assert_eq!(
        json("0-0:96.14.0"),
        r#"{"obis":"0-0:96.14.0","concept":"tariff_indicator","value":"2"}"#
    );
}
