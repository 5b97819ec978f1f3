//! The same household and adviser at their pages. The household has no program and no key of its own:
//! it begins an account in a browser, links both services, answers at the form, and one more question
//! waits. So whoever opens its pages afterwards can press every button.

mod cast;

use assent_client::keys::PartyKeys;
use assent_exchange::consent::state::Status;
use assent_model::ids::RequestId;
use reqwest::StatusCode;

use super::browser::{Browser, Place};
use super::checks::{counted, ensure, export};
use super::{Door, Figure, Stage, Told, guest};
use crate::failure::{Doing, Failure};
use cast::Cast;

/// The name of the bundle in the folder of evidence.
const BUNDLE: &str = "home-evidence-bundle.json";
/// Where a browser is sent that has not signed in.
const SIGN_IN: &str = "/sign-in?here=/home";
/// Where everybody is first.
const HOME: &str = "/home";

/// Tells the story.
pub(super) async fn tell(stage: &mut Stage<'_>) -> Result<Told, Failure> {
    let mut cast = Cast::gather(stage).await?;
    let request = cast.ask(stage).await?;
    let given = cast.share(request, stage).await?;
    let sink = given.cr_id;
    let sink = sink.ok_or_else(|| Failure::problem("the answer names no consent"))?;
    let source = cast.session.client.consent(sink).await?.counterpart;
    let source = source.ok_or_else(|| Failure::problem("the consent is not a pair"))?;
    cast.hand_out(source, stage).await?;
    let waiting = cast.ask(stage).await?;
    check_waiting(&cast, waiting).await?;
    let origin = cast.origin.clone();
    let url = guest::mailed_link(&cast.origin).await?;
    sign_in(&origin, "household", &url, stage).await?;
    let url = made_link(&cast, None).await?;
    sign_in(&origin, "energy adviser", &url, stage).await?;
    let bundle = export(&cast.session, sink, Status::Active, BUNDLE, stage).await?;
    let doors = vec![
        Door {
            what: "My Home, as the household",
            url: guest::mailed_link(&cast.origin).await?,
        },
        Door {
            what: "The console of the energy adviser",
            url: made_link(&cast, Some("/console")).await?,
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
        programs: Vec::new(),
    })
}

async fn check_waiting(cast: &Cast, waiting: RequestId) -> Result<(), Failure> {
    let request = cast.session.client.consent_request(waiting).await?;
    ensure(
        request.status == "requested",
        "the second question waits for an answer",
    )
}

/// A link that the adviser makes with its key; it signs in at the first browser that follows it.
async fn made_link(cast: &Cast, here: Option<&str>) -> Result<String, Failure> {
    let signer = cast.session.signer();
    let keys: &PartyKeys = &cast.adviser.provider.keys;
    let link = cast.session.client.sign_in_link(&signer, keys, here).await;
    Ok(link.doing("there is no link to sign in with")?.url)
}

/// Signs somebody in at a browser; nobody gets in before, nor with the same link again.
async fn sign_in(origin: &str, who: &str, url: &str, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let mut browser = Browser::new(origin)?;
    let outside = browser.open(HOME).await?.page()?;
    ensure(
        outside.path == SIGN_IN,
        "who has not signed in is asked to do so",
    )?;
    let confirm = browser.open(url).await?.page()?;
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
