//! The figures of the live page, in words: once when the page is made, and again with every change.

use std::collections::BTreeMap;

use assent_meter::zone::UnixSeconds;

use super::spelling::{UNKNOWN, amount, euros, time};
use super::texts::Texts;
use crate::energy::{Energy, Prices};

/// Seconds after which a reading is not of now.
const FRESH: i64 = 60;

const USED: [&str; 2] = [
    "electricity_delivered_tariff_1",
    "electricity_delivered_tariff_2",
];
const FED_IN: [&str; 2] = [
    "electricity_returned_tariff_1",
    "electricity_returned_tariff_2",
];

/// Figures by the name that the page has for each.
pub(super) type Figures = BTreeMap<&'static str, String>;

/// What a household's readings come to, as of `now`.
pub(super) fn figures(
    energy: &Energy,
    prices: &Prices,
    texts: &Texts,
    now: UnixSeconds,
) -> Figures {
    let zone = energy.zone();
    let latest = energy.power.latest();
    let fresh = latest.filter(|point| now - point.at <= FRESH);
    let kilowatts = |power: Option<i64>| amount(texts, power, "kW");
    let mut figures = Figures::from([
        (
            "now-used",
            kilowatts(fresh.and_then(|point| point.delivered)),
        ),
        (
            "now-fed-in",
            kilowatts(fresh.and_then(|point| point.returned)),
        ),
        (
            "now-at",
            match (fresh, latest) {
                (Some(point), _) => texts.named("reading-at", &time(zone, point.at)),
                (None, Some(point)) => texts.named("silent-since", &time(zone, point.at)),
                (None, None) => texts.get("no-reading"),
            },
        ),
        (
            "tariff",
            match energy.tariff {
                Some(1) => texts.get("tariff-1"),
                Some(2) => texts.get("tariff-2"),
                _ => UNKNOWN.to_owned(),
            },
        ),
    ]);
    figures.extend(today(energy, prices, texts));
    figures
}

fn today(energy: &Energy, prices: &Prices, texts: &Texts) -> Figures {
    let day = &energy.today;
    let counted = |concept| Some(day.counter(concept)?.counted());
    let hours = |counted| amount(texts, counted, "kWh");
    let since = day.since().map(|since| time(energy.zone(), since));
    Figures::from([
        (
            "today-since",
            since.map_or_else(
                || texts.get("since-midnight"),
                |since| texts.named("since", &since),
            ),
        ),
        ("today-used", hours(day.sum(&USED))),
        ("today-used-1", hours(counted(USED[0]))),
        ("today-used-2", hours(counted(USED[1]))),
        ("today-fed-in", hours(day.sum(&FED_IN))),
        ("today-fed-in-1", hours(counted(FED_IN[0]))),
        ("today-fed-in-2", hours(counted(FED_IN[1]))),
        ("today-gas", amount(texts, counted("gas_delivered"), "m³")),
        ("today-cost", euros(texts, day.cost(prices))),
    ])
}
