//! Single lines: damaged ones, and the arithmetic of amounts.

use assent_meter::quantity::{Quantity, Unit};
use assent_meter::telegram::{LineError, Value};
use assent_meter::time::{Dst, P1Time};

use crate::telegrams::{parsed, telegram_of};

/// A malformed line is kept, and costs no other line.
fn check(line: &str, error: LineError) {
    let telegram = telegram_of(&format!(
        "1-0:1.7.0(00.244*kW)\n{line}\n1-0:2.7.0(00.000*kW)"
    ));
    assert_eq!(telegram.objects.len(), 2, "{line}");
    let [malformed] = &telegram.malformed[..] else {
        panic!("{line}: {telegram:?}")
    };
    assert_eq!(
        (malformed.line, malformed.error, &*malformed.text),
        (4, error, line)
    );
}

#[test]
fn lines_of_the_wrong_form_are_malformed() {
    check("noise", LineError::NotObis);
    check("1-0:1.8(00001.001*kWh)", LineError::NotObis);
    check("1-0:1.8.1.(00001.001*kWh)", LineError::StrayText);
    check("1-0:256.8.1(00001.001*kWh)", LineError::NotObis);
    check("1-0:1.8.1000(00001.001*kWh)", LineError::StrayText);
    check("1-0:1.8.0*256(00001.001*kWh)", LineError::NotObis);
    check("(00001.001)", LineError::NotObis);
    check("\u{fffd}-0:1.8.1(00001.001*kWh)", LineError::NotObis);
    check("1-0:1.8.1", LineError::NoValue);
    check("1-0:1.8.100001.001*kWh)", LineError::StrayText);
    check("1-0:1.8.1(00001.001*kWh)x", LineError::StrayText);
    check("1-0:1.8.1(00001.001*kWh", LineError::Unclosed);
    check("1-0:1.8.1((00001.001*kWh)", LineError::Unclosed);
}

#[test]
fn amounts_that_are_none_are_malformed() {
    check("1-0:1.8.1()", LineError::NotNumber);
    check("1-0:1.8.1(*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(00001,001*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(00001.*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(.001*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(1.0.1*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(--1*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(-*kWh)", LineError::NotNumber);
    check("1-0:1.8.1(1e3*kWh)", LineError::NotNumber);
    check(
        "1-0:1.8.1(9223372036854775808*Wh)",
        LineError::NumberTooLong,
    );
    check(
        "1-0:1.8.1(0.0000000000000000001*Wh)",
        LineError::NumberTooLong,
    );
    check("1-0:1.8.1(00001.001*)", LineError::UnknownUnit);
    check("1-0:1.8.1(00001.001*kwh)", LineError::UnknownUnit);
    check("1-0:1.8.1(00001.001*kWh*kWh)", LineError::UnknownUnit);
}

#[test]
fn times_and_logs_that_are_none_are_malformed() {
    check("0-0:1.0.0(170102192002X)", LineError::NotTime);
    check("0-0:1.0.0(17010219200)", LineError::NotTime);
    check("0-0:1.0.0(1701021920 2W)", LineError::NotTime);
    check("0-0:1.0.0(170229192002W)", LineError::NotTime);
    check("0-0:1.0.0()", LineError::NotTime);
    check("0-1:24.2.1(noon)(00000.107*m3)", LineError::NotTime);
    check(
        "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(mm)(00001.001)",
        LineError::UnknownUnit,
    );
    check(
        "1-0:99.97.0(2)(0-0:96.7.19)(000104180320W)(0000237126*s)",
        LineError::LogLength,
    );
    check(
        "1-0:99.97.0(0)(0-0:96.7.19)(000104180320W)",
        LineError::LogLength,
    );
    check(
        "1-0:99.97.0(1)(0-0:96.7.19)(000104180320W)(1*s)(000104180320W)(1*s)",
        LineError::LogLength,
    );
    check(
        "1-0:99.97.0(1)(0-0:96.7.19)(000104180320W)(long)",
        LineError::NotNumber,
    );
}

#[test]
fn a_line_error_says_nothing_of_the_line() {
    let telegram = telegram_of("0-0:96.1.1(secret");
    assert!(!telegram.malformed[0].error.to_string().contains("secret"));
}

#[test]
fn a_device_reading_that_lost_its_second_line_does_not_take_the_next() {
    let telegram = telegram_of(
        "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)\n0-1:24.4.0(1)\n(00001.001)",
    );
    let values: Vec<_> = telegram
        .objects
        .iter()
        .map(|object| &object.value)
        .collect();
    assert!(
        matches!(values[..], [Value::Raw(_), Value::Number(1)]),
        "{values:?}"
    );
    assert_eq!(telegram.malformed[0].line, 5);
}

#[test]
fn an_unknown_code_or_form_keeps_its_groups() {
    let check = |line: &str, groups: &[&str]| {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        assert_eq!(telegram_of(line).objects[0].value, Value::Raw(groups));
    };
    check("0-0:94.91.3(7)()(x*y)", &["7", "", "x*y"]);
    let three_columns = [
        "1",
        "1-0:1.8.0",
        "1-0:1.8.1",
        "1-0:1.8.2",
        "240901000000S",
        "1*kWh",
    ];
    check(
        &format!("0-0:98.1.0({})", three_columns.join(")(")),
        &three_columns,
    );
}

#[test]
fn empty_logs_in_all_their_forms() {
    for line in [
        "1-0:99.97.0()",
        "1-0:99.97.0(0)",
        "1-0:99.97.0(0)()",
        "1-0:99.97.0(0)(0-0:96.7.19)",
    ] {
        let telegram = telegram_of(line);
        assert!(
            matches!(&telegram.objects[0].value, Value::Log(log) if log.entries.is_empty()),
            "{line}: {telegram:?}"
        );
    }
}

#[test]
fn normalised_amounts_are_whole_base_units() {
    let check = |printed: &str, mantissa: i64, scale: u8, unit: Unit| {
        let telegram = telegram_of(&format!("1-0:1.7.0({printed})"));
        let Value::Quantity(quantity) = telegram.objects[0].value else {
            panic!("{telegram:?}")
        };
        assert_eq!(
            quantity.normalised(),
            Quantity::new(mantissa, scale, unit),
            "{printed}"
        );
    };
    check("02.027*kW", 2027, 0, Unit::Watt);
    check("0001.01*kW", 1010, 0, Unit::Watt);
    check("-001.5*kW", -1500, 0, Unit::Watt);
    check("321*W", 321, 0, Unit::Watt);
    check("+321*W", 321, 0, Unit::Watt);
    check("001581.123*kWh", 1_581_123, 0, Unit::WattHour);
    check("00012345.6789012*kWh", 123_456_789_012, 4, Unit::WattHour);
    check("12.345*MWh", 12_345_000, 0, Unit::WattHour);
    check("00981.443*m3", 981_443, 0, Unit::CubicDecimetre);
    check("7*dm3", 7, 0, Unit::CubicDecimetre);
    check("240.860*GJ", 240_860, 3, Unit::Gigajoule);
    check("5*MJ", 5, 3, Unit::Gigajoule);
    check("234.7*V", 2347, 1, Unit::Volt);
    check("016*A", 16, 0, Unit::Ampere);
    check("0.5*kVA", 500, 0, Unit::VoltAmpere);
    check("0.5*kvar", 500, 0, Unit::Var);
    check("0.5*kvarh", 500, 0, Unit::VarHour);
}

#[test]
fn an_amount_that_does_not_fit_is_refused() {
    let large = Quantity::new(i64::MAX, 0, Unit::Kilowatt).expect("scale 0");
    assert_eq!(large.normalised(), None);
    let fine = Quantity::new(1, Quantity::MAX_SCALE, Unit::Megajoule).expect("the finest scale");
    assert_eq!(fine.normalised(), None);
    assert_eq!(Quantity::new(1, Quantity::MAX_SCALE + 1, Unit::Watt), None);
}

#[test]
fn times_print_with_the_letter_of_the_telegram() {
    let check = |text: &str, printed: &str, dst: Option<Dst>| {
        let time: P1Time = text.parse().expect("a time");
        assert_eq!((time.to_string().as_str(), time.dst), (printed, dst));
    };
    check("200512135409S", "2020-05-12T13:54:09S", Some(Dst::Summer));
    check("000101000001W", "2000-01-01T00:00:01W", Some(Dst::Winter));
    check("700101010000W", "1970-01-01T01:00:00W", Some(Dst::Winter));
    check("691231235959W", "2069-12-31T23:59:59W", Some(Dst::Winter));
    check("161107190000", "2016-11-07T19:00:00", None);
    check("240229235959W", "2024-02-29T23:59:59W", Some(Dst::Winter));
    for text in [
        "230229000000W",
        "231301000000W",
        "230001000000W",
        "230100000000W",
        "230431000000S",
    ] {
        assert_eq!(text.parse::<P1Time>(), Err(LineError::NotTime), "{text}");
    }
    for text in ["230401240000S", "230401006000S", "230401000060S", ""] {
        assert_eq!(text.parse::<P1Time>(), Err(LineError::NotTime), "{text}");
    }
}

#[test]
fn an_empty_identification_is_no_line_lost() {
    let telegram = parsed(b"/\r\n1-0:1.7.0(00.244*kW)\r\n!\r\n");
    assert_eq!((&*telegram.identification, telegram.objects.len()), ("", 1));
}
