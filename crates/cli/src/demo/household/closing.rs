//! The end: withdrawal, acknowledgements, receipts, and the evidence.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use assent_client::evidence::{self, Trust};
use assent_exchange::consent::state::{Closure, Status};
use assent_model::ids::ConsentId;
use assent_model::records::release::{UseAction, UseReceipt};

use super::cast::Cast;
use super::delivering::{expect_closed, token};
use super::{Sharing, Tally};
use crate::agents::person::Alteration;
use crate::demo::Stage;
use crate::demo::checks::{ensure, short};
use crate::failure::{Doing, Failure};

/// How long receipts may take to get into the log.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to look for them.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The name of the bundle in the folder of evidence.
const BUNDLE: &str = "evidence-bundle.json";

/// After a withdrawal there is no way back, and both services say that they act on it.
pub(super) async fn withdraw(
    cast: &Cast,
    sharing: &Sharing,
    tally: &mut Tally,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let earlier = token(cast, sharing, tally).await?;
    cast.household
        .change(sharing.sink, &Alteration::Withdraw)
        .await?;
    stage.narrator.step(
        "household",
        "withdraws the consent",
        "both records, for good",
    );
    expect_closed(cast, sharing, &earlier, "consent-withdrawn", tally, stage).await?;
    let revived = cast
        .household
        .change(sharing.sink, &Alteration::Resume)
        .await;
    ensure(revived.is_err(), "nothing revives a withdrawn consent")?;

    cast.source.learn().await?;
    cast.source.acknowledge_ends().await?;
    cast.adviser.acknowledge(sharing.sink).await?;
    for (who, cr_id) in [
        ("meter archive", sharing.source),
        ("energy adviser", sharing.sink),
    ] {
        let view = cast.session.client.consent(cr_id).await?;
        ensure(
            view.closure == "acknowledged",
            "the end is acknowledged, signed",
        )?;
        stage
            .narrator
            .step(who, "acknowledges the end, signed", &short(&cr_id));
    }
    Ok(())
}

/// The household sees everything that was done and tried, refusals included.
pub(super) async fn read_receipts(
    cast: &Cast,
    sharing: &Sharing,
    tally: &Tally,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let sink = await_receipts(
        cast,
        sharing.sink,
        tally.tokens + tally.tokens_refused + tally.processed,
    )
    .await?;
    let source = await_receipts(
        cast,
        sharing.source,
        tally.releases + tally.releases_refused,
    )
    .await?;
    let counted = |receipts: &[UseReceipt], action| {
        receipts
            .iter()
            .filter(|receipt| receipt.action == action)
            .count()
    };
    ensure(
        counted(&sink, UseAction::TokenIssued) == tally.tokens,
        "every token has a receipt",
    )?;
    ensure(
        counted(&sink, UseAction::Processed) == tally.processed,
        "every reported use has a receipt",
    )?;
    ensure(
        counted(&source, UseAction::Released) == tally.releases,
        "every release has a receipt",
    )?;
    let refused = counted(&sink, UseAction::Refused) + counted(&source, UseAction::Refused);
    ensure(
        refused == tally.tokens_refused + tally.releases_refused,
        "every refusal has a receipt",
    )?;
    let shown = format!(
        "{} uses, {refused} of them refused",
        sink.len() + source.len()
    );
    stage
        .narrator
        .step("household", "reads what was done with its data", &shown);
    Ok(())
}

/// Receipts are durable at once and get into the log with the next block.
async fn await_receipts(
    cast: &Cast,
    cr_id: ConsentId,
    expected: usize,
) -> Result<Vec<UseReceipt>, Failure> {
    let begun = Instant::now();
    loop {
        let receipts = cast.household.receipts(cr_id).await?;
        if receipts.len() >= expected || begun.elapsed() > PATIENCE {
            ensure(
                receipts.len() == expected,
                "each use has one receipt in the log",
            )?;
            return Ok(receipts);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Everything that happened to the consent, in one file.
pub(super) async fn export_evidence(
    cast: &Cast,
    sharing: &Sharing,
    stage: &mut Stage<'_>,
) -> Result<PathBuf, Failure> {
    let bundle = cast.session.client.evidence(sharing.sink).await;
    let bundle = bundle.doing("the evidence cannot be exported")?;
    let trust = Trust::Operator(cast.session.chain.operator);
    let report = evidence::verify(&bundle, &trust).doing("the evidence does not hold")?;
    ensure(
        report.cr_id == sharing.sink,
        "the evidence is about the consent",
    )?;
    ensure(
        report.status == Status::Withdrawn,
        "the evidence shows the withdrawal",
    )?;
    ensure(
        matches!(report.closure, Closure::Acknowledged { .. }),
        "and its acknowledgement",
    )?;
    let path = stage.out.join(BUNDLE);
    fs::write(&path, &bundle).doing(format!("{} cannot be written", path.display()))?;
    let shown = format!("{} bytes, {} moments", bundle.len(), report.timeline.len());
    stage
        .narrator
        .step("household", "exports the evidence", &shown);
    Ok(path)
}
