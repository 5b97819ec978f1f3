//! A household that has no program and no key of its own: it begins an account at the node's pages,
//! which keep its keys, and does everything else there too.

use reqwest::Url;

use super::Stage;
use super::browser::Browser;
use super::checks::ensure;
use super::letters;
use crate::failure::Failure;

/// Where the household reads its letters.
const ADDRESS: &str = "household@example.org";

/// The node by a name and not by a number, as links name it.
pub(super) fn origin(stage: &Stage<'_>) -> String {
    let port = Url::parse(stage.url).ok().and_then(|url| url.port());
    format!("http://localhost:{}", port.unwrap_or(80))
}

/// Begins an account, and gives the browser in which it is signed in.
pub(super) async fn arrive(origin: &str, stage: &mut Stage<'_>) -> Result<Browser, Failure> {
    let mut browser = Browser::new(origin)?;
    let page = browser.open("/sign-up").await?.page()?;
    let form = page.form("/sign-up")?.with("email", ADDRESS);
    let page = browser.send(form).await?.page()?;
    let code = letters::code(&mut browser, "Your code to begin an account").await?;
    let form = page.form("/sign-up/code")?.with("code", &code);
    let home = browser.send(form).await?.page()?;
    ensure(home.path == "/home", "the account opens My Home")?;
    stage.narrator.step(
        "household",
        "begins an account with a mailed code",
        "the node keeps its keys, and says so in every record",
    );
    Ok(browser)
}

/// The link that the household has mailed to itself, as anybody does who wants to sign in.
pub(super) async fn mailed_link(origin: &str) -> Result<String, Failure> {
    let mut browser = Browser::new(origin)?;
    let page = browser.open("/sign-in").await?.page()?;
    let form = page.form("/sign-in")?.with("email", ADDRESS);
    let known = letters::count(&mut browser, letters::SIGN_IN).await?;
    browser.send(form).await?.page()?;
    let path = letters::link_after(&mut browser, letters::SIGN_IN, known).await?;
    Ok(format!("{origin}{path}"))
}
