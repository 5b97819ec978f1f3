//! A household pairs its meter, lets a service see its power live, and shuts it out. The service is the
//! program of `examples/insights`, the meter is simulated, and both are processes of their own.

mod watching;

use std::time::Instant;

use assent_exchange::consent::state::Status;
use assent_model::ids::ConsentId;

use super::browser::Browser;
use super::checks::{ensure, export, short};
use super::program::Program;
use super::service::Service;
use super::{Door, Figure, Stage, Told, guest};
use crate::failure::Failure;
use crate::session::Session;
use watching::Visit;

/// The name of the bundle in the folder of evidence.
const BUNDLE: &str = "insights-evidence-bundle.json";
/// The grid company, whose meters write.
const GRID: &[u8] = include_bytes!("../../../../../examples/insights/home-meter.json");
/// What the household reads when it enters the code.
const LABEL: &str = "Meter in the hall";

/// Tells the story.
pub(super) async fn tell(stage: &mut Stage<'_>) -> Result<Told, Failure> {
    let origin = guest::origin(stage);
    let session = Session::open(&origin).await?;
    let mut grid = Service::register(&session, "grid", "grid company", GRID, stage).await?;
    let mut household = guest::arrive(&origin, stage).await?;
    grid.link(&mut household).await?;
    let mut meter = pair(&mut household, &origin, stage).await?;

    let service = grid.description.service_id.to_string();
    let (insights, at) = open_insights(&origin, &service, stage).await?;
    let mut visit = Visit::new(&at)?;
    let sink = visit.consent(&mut household, stage).await?;
    meter
        .says(|line| (line == "1 may read").then_some(()))
        .await?;
    let power = visit.power().await?;
    stage
        .narrator
        .step("insights", "shows the power of this moment, live", &power);

    let (rotated, closed) = shut_out(&mut household, sink, &mut meter, &mut visit, stage).await?;
    let bundle = export(&session, sink, Status::Withdrawn, BUNDLE, stage).await?;
    let doors = vec![
        Door {
            what: "My Home with its meter, as the household",
            url: guest::mailed_link(&origin).await?,
        },
        Door {
            what: "Insights, which asks again",
            url: at,
        },
    ];
    let millis = |what, millis: u128| Figure {
        what,
        value: format!("{millis} ms"),
    };
    Ok(Told {
        story: "insights",
        figures: vec![
            millis("from withdrawal to new keys of the meter", rotated),
            millis("from withdrawal to a page that shows nothing", closed),
        ],
        bundle,
        operator: session.chain.operator.to_string(),
        doors,
        programs: vec![meter, insights],
    })
}

/// The meter shows a code, and the household enters it.
async fn pair(
    household: &mut Browser,
    origin: &str,
    stage: &mut Stage<'_>,
) -> Result<Program, Failure> {
    let buffer = stage.folder.join("meter");
    let buffer = buffer.to_string_lossy();
    let mut meter = Program::start(
        "assent-meter",
        &[
            "--simulate",
            "--buffer",
            &buffer,
            "--node",
            origin,
            "--label",
            LABEL,
        ],
    )?;
    let code = meter
        .says(|line| {
            let (_, rest) = line.split_once("enter ")?;
            rest.split_once(" at ").map(|(code, _)| code.to_owned())
        })
        .await?;
    stage
        .narrator
        .step("meter", "starts, and shows a code", &code);
    let page = household.open("/home/meters/add").await?.page()?;
    let form = page.form("/home/meters/add")?.with("code", &code);
    let found = household.send(form).await?.page()?;
    ensure(found.html.contains(LABEL), "the page names the meter")?;
    household
        .send(found.form("/home/meters/pair")?)
        .await?
        .page()?;
    meter.says(|line| (line == "paired").then_some(())).await?;
    stage.narrator.step(
        "household",
        "enters the code, and confirms",
        "paired: the code alone is of no use to whoever saw it pass",
    );
    Ok(meter)
}

/// The service, with its address.
async fn open_insights(
    origin: &str,
    source: &str,
    stage: &mut Stage<'_>,
) -> Result<(Program, String), Failure> {
    let data = stage.folder.join("insights");
    let data = data.to_string_lossy();
    let mut insights = Program::start(
        "assent-insights",
        &[
            "--node",
            origin,
            "--address",
            "127.0.0.1:0",
            "--data",
            &data,
            "--source",
            source,
        ],
    )?;
    let at = insights
        .says(|line| line.strip_prefix("Insights is at ").map(str::to_owned))
        .await?;
    stage
        .narrator
        .step("insights", "opens its pages, and describes itself", &at);
    Ok((insights, at))
}

/// The household withdraws: the meter takes new keys, and the page goes dark. Both in milliseconds
/// after the withdrawal was acknowledged.
async fn shut_out(
    household: &mut Browser,
    sink: ConsentId,
    meter: &mut Program,
    visit: &mut Visit,
    stage: &mut Stage<'_>,
) -> Result<(u128, u128), Failure> {
    let path = format!("/home/consents/{sink}/withdraw");
    let page = household.open(&path).await?.page()?;
    household.send(page.form(&path)?).await?.page()?;
    let begun = Instant::now();
    stage.narrator.step("household", "withdraws", &short(&sink));
    meter
        .says(|line| (line == "0 may read").then_some(()))
        .await?;
    let rotated = begun.elapsed().as_millis();
    stage
        .narrator
        .step("meter", "goes on under keys that nobody has", "new epoch");
    visit.goes_dark().await?;
    let closed = begun.elapsed().as_millis();
    stage
        .narrator
        .refused("insights", "goes on reading", "consent-withdrawn");
    Ok((rotated, closed))
}
