//! The same household and adviser at their pages: one consent is in force, one question waits, and
//! both open in a browser what the node shows them.

mod browser;
mod form;

use std::fs;
use std::path::PathBuf;

use assent_client::evidence::{self, Trust};
use assent_client::keys::PartyKeys;
use assent_exchange::consent::state::Status;
use assent_model::ids::RequestId;
use reqwest::StatusCode;

use super::checks::{counted, ensure, short};
use super::household::{Cast, Sharing, ask, consent};
use super::{Door, Figure, Stage, Told};
use crate::failure::{Doing, Failure};
use browser::{Browser, Place};

/// The name of the bundle in the folder of evidence.
const BUNDLE: &str = "home-evidence-bundle.json";
/// Where a browser is sent that has not signed in.
const SIGN_IN: &str = "/sign-in?here=/home";
/// Where everybody is first.
const HOME: &str = "/home";

/// Tells the story.
pub(super) async fn tell(stage: &mut Stage<'_>) -> Result<Told, Failure> {
    let mut cast = Cast::gather(stage).await?;
    let sharing = consent(&mut cast, stage).await?;
    let waiting = ask(&cast, stage).await?;
    check_waiting(&cast, waiting).await?;
    name_pseudonyms(&cast, stage).await?;
    let (household, adviser) = (cast.household.keys(), &cast.adviser.keys);
    sign_in(&cast, "household", household, stage).await?;
    sign_in(&cast, "energy adviser", adviser, stage).await?;
    let bundle = export_evidence(&cast, &sharing, stage).await?;
    let doors = vec![
        Door {
            what: "My Home, as the household",
            url: link(&cast, household, None).await?,
        },
        Door {
            what: "The console of the energy adviser",
            url: link(&cast, adviser, Some("/console")).await?,
        },
    ];
    Ok(Told {
        story: "home",
        figures: vec![Figure {
            what: "questions that wait for an answer",
            value: "1".to_owned(),
        }],
        bundle,
        operator: cast.session.chain.operator.to_string(),
        doors,
    })
}

async fn check_waiting(cast: &Cast, waiting: RequestId) -> Result<(), Failure> {
    let request = cast.session.client.consent_request(waiting).await?;
    ensure(
        request.status == "requested",
        "the second question waits for an answer",
    )
}

/// My Home shows what the household says is its own.
async fn name_pseudonyms(cast: &Cast, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let named = cast.household.name_pseudonyms().await?.pseudonyms.len();
    ensure(named >= 2, "the account has the pseudonym of every link")?;
    let shown = counted(named, "pseudonym");
    stage
        .narrator
        .step("household", "names its pseudonyms to its account", &shown);
    Ok(())
}

/// A link that signs in at the first browser that follows it.
async fn link(cast: &Cast, keys: &PartyKeys, here: Option<&str>) -> Result<String, Failure> {
    let signer = cast.session.signer();
    let link = cast.session.client.sign_in_link(&signer, keys, here).await;
    Ok(link.doing("there is no link to sign in with")?.url)
}

/// Signs somebody in at a browser, as the person who has the keys does it; nobody gets in before,
/// nor with the same link again.
async fn sign_in(
    cast: &Cast,
    who: &str,
    keys: &PartyKeys,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let url = link(cast, keys, None).await?;
    let (origin, _) = url
        .split_once("/sign-in/")
        .ok_or_else(|| Failure::problem("the link leads to no page for signing in"))?;
    let mut browser = Browser::new(origin)?;
    let outside = browser.open(HOME).await?.page()?;
    ensure(
        outside.path == SIGN_IN,
        "who has not signed in is asked to do so",
    )?;
    let confirm = browser.open(&url).await?.page()?;
    ensure(
        browser.open(HOME).await?.page()?.path == SIGN_IN,
        "to look at a link signs nobody in",
    )?;
    let button = confirm.form(&confirm.path)?;
    let home = browser.send(button.clone()).await?.page()?;
    ensure(home.path == HOME, "the link leads to My Home")?;
    stage.narrator.step(
        who,
        "signs in with a browser, by a link",
        &format!("{} of page", counted(home.html.len(), "byte")),
    );
    let again = Browser::new(origin)?.send(button).await?;
    ensure(
        matches!(again, Place::Page(page) if page.status == StatusCode::GONE),
        "a link works once",
    )?;
    stage
        .narrator
        .refused("thief", "follows the same link", "it was used");
    Ok(())
}

async fn export_evidence(
    cast: &Cast,
    sharing: &Sharing,
    stage: &mut Stage<'_>,
) -> Result<PathBuf, Failure> {
    let bundle = cast.session.client.evidence(sharing.sink).await;
    let bundle = bundle.doing("the evidence cannot be exported")?;
    let trust = Trust::Operator(cast.session.chain.operator);
    let report = evidence::verify(&bundle, &trust).doing("the evidence does not hold")?;
    ensure(
        report.status == Status::Active,
        "the evidence shows a consent in force",
    )?;
    let path = stage.out.join(BUNDLE);
    fs::write(&path, &bundle).doing(format!("{} cannot be written", path.display()))?;
    stage
        .narrator
        .step("household", "exports the evidence", &short(&report.cr_id));
    Ok(path)
}
