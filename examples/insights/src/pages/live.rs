//! The live page, and the prices that it counts with.

use std::sync::Arc;

use askama::Template;
use assent_meter::zone::{LocalDay, UnixSeconds};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::day::Wanted;
use super::figures::{Figures, figures};
use super::session::Visitor;
use super::spelling::{amount, euros, minute, time};
use super::texts::Texts;
use super::{Frame, note, respond};
use crate::energy::{Energy, Price, Prices, Slot};
use crate::household::{Phase, Record};
use crate::households::Household;
use crate::insights::Insights;

/// Rows of the table of power; the file has the whole hour.
const POWER_ROWS: usize = 30;
/// Days back that can be looked at by the quarter of an hour.
const DAYS_BACK: i64 = 2;

#[derive(Template)]
#[template(path = "live.html")]
struct LivePage {
    frame: Frame,
    source: String,
    /// Where the meter stands, for the hours of the graphs.
    zone: &'static str,
    figures: Figures,
    power: Vec<Row>,
    /// The day whose quarter-hours are shown.
    date: String,
    /// How many hours it has, if that is not 24.
    odd_hours: Option<String>,
    choices: Vec<Choice>,
    quarters: Vec<Row>,
    days: Vec<Row>,
    prices: Prices,
}

/// A row of a table: what it is of, and what is known.
struct Row {
    when: String,
    cells: Vec<String>,
    is_gap: bool,
}

/// A day that can be looked at.
struct Choice {
    date: String,
    is_shown: bool,
}

impl LivePage {
    fn figure(&self, name: &str) -> &str {
        self.figures.get(name).map_or("", String::as_str)
    }
}

/// The page of a household that is read for.
pub(super) fn page(
    insights: &Insights,
    household: &Household,
    texts: Texts,
    Query(wanted): &Query<Wanted>,
) -> Response {
    let now = seconds();
    let record = household.record();
    let fresh = Energy::new(insights.zone.clone());
    let energy = record.energy.as_ref().unwrap_or(&fresh);
    let Some(day) = wanted.day(energy.zone(), now) else {
        drop(record);
        return note(StatusCode::NOT_FOUND, texts, "missing");
    };
    let page = LivePage {
        source: insights.source_name.clone(),
        zone: energy.zone().name(),
        figures: figures(energy, &record.prices, &texts, now),
        power: power_rows(energy, &texts),
        date: day.date.to_string(),
        odd_hours: odd_hours(&texts, day),
        choices: choices(energy, day, now),
        quarters: quarter_rows(energy, day, &texts),
        days: day_rows(&record, energy, &texts),
        prices: record.prices,
        frame: Frame::new(texts.clone(), texts.get("title-reading"), Phase::Reading),
    };
    drop(record);
    respond(StatusCode::OK, &page)
}

pub(super) fn seconds() -> UnixSeconds {
    UnixSeconds::try_from(crate::now().as_seconds()).unwrap_or(UnixSeconds::MAX)
}

fn odd_hours(texts: &Texts, day: LocalDay) -> Option<String> {
    let hours = (day.end - day.start) / 3600;
    (hours != 24).then(|| texts.named("odd-hours", &hours.to_string()))
}

fn choices(energy: &Energy, shown: LocalDay, now: UnixSeconds) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut day = energy.zone().day(now);
    for _ in 0..=DAYS_BACK {
        let Some(this) = day else { break };
        if !energy.quarters_of(this).is_empty() || this == shown {
            choices.push(Choice {
                date: this.date.to_string(),
                is_shown: this == shown,
            });
        }
        day = energy.zone().day(this.start - 1);
    }
    choices.reverse();
    choices
}

/// The latest first: whoever looks wants to know what is now.
fn power_rows(energy: &Energy, texts: &Texts) -> Vec<Row> {
    let points = energy.power.with_gaps();
    let row = |point: &crate::energy::PowerPoint| Row {
        when: time(energy.zone(), point.at),
        cells: vec![
            amount(texts, point.delivered, "kW"),
            amount(texts, point.returned, "kW"),
        ],
        is_gap: point.delivered.is_none() && point.returned.is_none(),
    };
    points.iter().rev().take(POWER_ROWS).map(row).collect()
}

fn quarter_rows(energy: &Energy, day: LocalDay, texts: &Texts) -> Vec<Row> {
    let row = |slot: &Slot| Row {
        when: minute(texts, energy.zone(), day, slot.from),
        cells: vec![
            amount(texts, slot.used(), "kWh"),
            amount(texts, slot.fed_in(), "kWh"),
            amount(texts, slot.amount("power_delivered"), "kW"),
            amount(texts, slot.amount("power_returned"), "kW"),
        ],
        is_gap: slot.used().is_none() && slot.amount("power_delivered").is_none(),
    };
    energy.quarters_of(day).iter().map(row).collect()
}

fn day_rows(record: &Record, energy: &Energy, texts: &Texts) -> Vec<Row> {
    let row = |slot: &Slot| {
        let dates = [slot.from, slot.to - 1].map(|instant| energy.zone().day(instant));
        let [first, last] = dates.map(|day| day.map_or_else(String::new, |d| d.date.to_string()));
        let hours = (slot.to - slot.from) / 3600;
        Row {
            when: if first == last {
                first
            } else {
                format!("{first} – {last}")
            },
            cells: vec![
                hours.to_string(),
                amount(texts, slot.used(), "kWh"),
                amount(texts, slot.fed_in(), "kWh"),
                amount(texts, slot.amount("gas_delivered"), "m³"),
                euros(texts, slot.cost(&record.prices)),
            ],
            is_gap: slot.used().is_none(),
        }
    };
    energy.days_over().iter().rev().map(row).collect()
}

/// What `POST /prices` takes.
#[derive(Debug, Deserialize)]
pub(super) struct PricesForm {
    delivered_1: String,
    delivered_2: String,
    returned_1: String,
    returned_2: String,
    gas: String,
}

impl PricesForm {
    fn prices(&self) -> Option<Prices> {
        let price = |text: &str| text.parse::<Price>().ok();
        Some(Prices {
            delivered: [price(&self.delivered_1)?, price(&self.delivered_2)?],
            returned: [price(&self.returned_1)?, price(&self.returned_2)?],
            gas: price(&self.gas)?,
        })
    }
}

/// `POST /prices`: counts with other prices from now on.
pub(super) async fn set_prices(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    texts: Texts,
    Form(form): Form<PricesForm>,
) -> Response {
    let Some(household) = visitor.household() else {
        return Redirect::to("/").into_response();
    };
    let Some(prices) = form.prices() else {
        return note(StatusCode::UNPROCESSABLE_ENTITY, texts, "not-a-price");
    };
    insights.change(household, |record| record.prices = prices);
    Redirect::to("/#prices").into_response()
}
