//! What graphs draw, and the same as files.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::day::Wanted;
use super::live::seconds;
use super::session::Visitor;
use super::spelling::iso;
use crate::energy::{Energy, Prices, Slot};
use crate::household::Phase;
use crate::insights::Insights;

/// Columns of a graph: seconds since 1970, what is used and what is fed in, in watts. In a gap both are
/// null, so that no line is drawn over it.
#[derive(Debug, Default, Serialize)]
struct Columns {
    at: Vec<i64>,
    used: Vec<Option<i64>>,
    fed_in: Vec<Option<i64>>,
}

/// What is read for the visitor's household: only while it is read for.
fn with_energy<T>(
    visitor: &Visitor,
    show: impl FnOnce(&Energy, &Prices) -> T,
) -> Result<T, StatusCode> {
    let household = visitor.household().ok_or(StatusCode::NOT_FOUND)?;
    let is_read = household.phase() == Phase::Reading;
    let record = household.record();
    let energy = record.energy.as_ref().filter(|_| is_read);
    let energy = energy.ok_or(StatusCode::NOT_FOUND)?;
    Ok(show(energy, &record.prices))
}

/// `GET /data/power.json`.
pub(super) async fn power_graph(visitor: Visitor) -> Result<Response, StatusCode> {
    let columns = with_energy(&visitor, |energy, _| {
        let mut columns = Columns::default();
        for point in energy.power.with_gaps() {
            columns.at.push(point.at);
            columns.used.push(point.delivered);
            columns.fed_in.push(point.returned);
        }
        columns
    })?;
    Ok(Json(columns).into_response())
}

/// `GET /data/quarters.json`: the mean power of each quarter of an hour.
pub(super) async fn quarters_graph(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, StatusCode> {
    let slots = slots(&insights, &visitor, &wanted)?;
    let mut columns = Columns::default();
    for slot in slots {
        columns.at.push(slot.from);
        columns.used.push(slot.amount("power_delivered"));
        columns.fed_in.push(slot.amount("power_returned"));
    }
    Ok(Json(columns).into_response())
}

fn slots(insights: &Insights, visitor: &Visitor, wanted: &Wanted) -> Result<Vec<Slot>, StatusCode> {
    let day = wanted.day(&insights.zone, seconds());
    let day = day.ok_or(StatusCode::NOT_FOUND)?;
    with_energy(visitor, |energy, _| energy.quarters_of(day))
}

/// `GET /data/power.csv`.
pub(super) async fn power_csv(visitor: Visitor) -> Result<Response, StatusCode> {
    let rows = with_energy(&visitor, |energy, _| {
        let points = energy.power.points();
        points
            .map(|point| vec![iso(point.at), field(point.delivered), field(point.returned)])
            .collect()
    })?;
    Ok(csv("power.csv", "time,used_kw,fed_in_kw", rows))
}

/// `GET /data/quarters.csv`.
pub(super) async fn quarters_csv(
    State(insights): State<Arc<Insights>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, StatusCode> {
    let row = |slot: &Slot| {
        vec![
            iso(slot.from),
            iso(slot.to),
            field(slot.used()),
            field(slot.fed_in()),
            field(slot.amount("power_delivered")),
            field(slot.amount("power_returned")),
        ]
    };
    let rows = slots(&insights, &visitor, &wanted)?
        .iter()
        .map(row)
        .collect();
    let head = "from,to,used_kwh,fed_in_kwh,mean_used_kw,mean_fed_in_kw";
    Ok(csv("quarter-hours.csv", head, rows))
}

/// `GET /data/days.csv`.
pub(super) async fn days_csv(visitor: Visitor) -> Result<Response, StatusCode> {
    let rows = with_energy(&visitor, |energy, prices| {
        let row = |slot: &Slot| {
            vec![
                iso(slot.from),
                iso(slot.to),
                field(slot.used()),
                field(slot.fed_in()),
                field(slot.amount("gas_delivered")),
                field(slot.cost(prices)),
            ]
        };
        energy.days_over().iter().map(row).collect()
    })?;
    let head = "from,to,used_kwh,fed_in_kwh,gas_m3,cost_eur";
    Ok(csv("days.csv", head, rows))
}

/// Thousandths as a program reads them; nothing where nothing is known.
fn field(thousandths: Option<i64>) -> String {
    let spelled = |value: i64| {
        let sign = if value < 0 { "-" } else { "" };
        let value = value.unsigned_abs();
        format!("{sign}{}.{:03}", value / 1000, value % 1000)
    };
    thousandths.map_or_else(String::new, spelled)
}

/// A file (RFC 4180). Fields are numbers and times: none needs quotes.
fn csv(name: &str, head: &str, rows: Vec<Vec<String>>) -> Response {
    let mut text = format!("{head}\r\n");
    for row in rows {
        let _ = write!(text, "{}\r\n", row.join(","));
    }
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, text).into_response()
}
