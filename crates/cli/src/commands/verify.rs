//! `assent verify`: verifies an evidence bundle, with no node and no network.

use std::path::PathBuf;

use assent_client::evidence::{self, EvidenceReport, Occurrence, TimelineEntry, Trust};
use assent_model::ids::{ConsentId, PartyId};
use clap::Args;
use serde::Serialize;

use crate::failure::{Doing, Failure};
use crate::moment::iso;
use crate::output::{Lines, Output, fields, resources, spelled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The bundle
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The operator that is trusted; without it the bundle is held against itself, and the answer
    /// says whom to trust from now on
    #[arg(long, value_name = "PARTY")]
    operator: Option<PartyId>,
}

/// What a bundle proves.
#[derive(Debug, Serialize)]
struct Proven {
    chain: String,
    operator: PartyId,
    pinned: bool,
    cr_id: ConsentId,
    service: String,
    purpose: String,
    status: String,
    gives: String,
    closure: String,
    /// The size of the log that the checkpoint covers.
    log_size: u64,
    as_of: String,
    timeline: Vec<Moment>,
    receipts: usize,
    refusals: usize,
}

#[derive(Debug, Serialize)]
struct Moment {
    index: u64,
    time: String,
    what: String,
}

impl Arguments {
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let unreadable = || format!("the bundle {} cannot be read", self.file.display());
        let bundle = std::fs::read_to_string(&self.file).doing(unreadable())?;
        let trust = self.operator.map_or(Trust::FirstUse, Trust::Operator);
        let report = evidence::verify(&bundle, &trust).doing("the bundle proves nothing")?;
        let proven = proven(&report, self.operator.is_some());
        output.answer(&proven, text)
    }
}

fn proven(report: &EvidenceReport, pinned: bool) -> Proven {
    let is_refusal =
        |receipt: &&assent_model::records::release::UseReceipt| receipt.refusal.is_some();
    let purpose = &report.notice.purpose.name;
    Proven {
        chain: report.chain.to_string(),
        operator: report.operator,
        pinned,
        cr_id: report.cr_id,
        service: report.notice.service_name.clone(),
        purpose: assent_api::v1::consents::pick(purpose, &report.notice.language).to_owned(),
        status: word(&report.status),
        gives: resources(&report.resource_set),
        closure: word(&report.closure),
        log_size: report.checkpoint.size,
        as_of: iso(report.checkpoint.time),
        timeline: report.timeline.iter().map(moment).collect(),
        receipts: report.receipts.len(),
        refusals: report.receipts.iter().filter(is_refusal).count(),
    }
}

/// The name of a variant, whatever it holds.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::Object(variant)) => {
            variant.keys().next().cloned().unwrap_or_default()
        }
        _ => spelled(value),
    }
}

fn moment(entry: &TimelineEntry) -> Moment {
    let what = match entry.what {
        Occurrence::Linked => "linked".to_owned(),
        Occurrence::Requested => "requested".to_owned(),
        Occurrence::Given => "given".to_owned(),
        Occurrence::StatusChanged { status, .. } => spelled(&status),
        Occurrence::Superseded => "superseded".to_owned(),
        Occurrence::Expired => "expired".to_owned(),
        Occurrence::Acknowledged => "acknowledged".to_owned(),
        Occurrence::AcknowledgementMissed => "not acknowledged in time".to_owned(),
    };
    Moment {
        index: entry.index,
        time: iso(entry.time),
        what,
    }
}

fn text(proven: &Proven) -> String {
    let trust = if proven.pinned {
        "as you said"
    } else {
        "pin it with --operator"
    };
    let mut lines = Lines::from(fields(&[
        ("verified", &"every byte"),
        ("chain", &proven.chain),
        ("operator", &format!("{} ({trust})", proven.operator)),
        ("consent", &proven.cr_id),
        ("service", &proven.service),
        ("purpose", &proven.purpose),
        ("status", &proven.status),
        ("gives", &proven.gives),
        ("closure", &proven.closure),
        (
            "as of",
            &format!("{}, {} log entries", proven.as_of, proven.log_size),
        ),
        (
            "uses",
            &format!("{}, {} of them refused", proven.receipts, proven.refusals),
        ),
    ]));
    for moment in &proven.timeline {
        let Moment { index, time, what } = moment;
        lines.push(format_args!("  {time}  {index:>6}  {what}"));
    }
    lines.into()
}
