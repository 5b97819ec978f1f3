//! The household at the pages of Insights.

use std::time::Duration;

use assent_model::ids::ConsentId;

use crate::demo::Stage;
use crate::demo::browser::{Browser, Place};
use crate::demo::service::{given, way_back};
use crate::failure::Failure;

/// What the page says of this moment.
const NOW: &str = "data-figure=\"now-used\">";
/// A page is looked at so often, for so many times.
const PAUSE: Duration = Duration::from_millis(50);
const TRIES: u32 = 400;

/// The household's browser at Insights.
pub(super) struct Visit {
    browser: Browser,
}

impl Visit {
    pub(super) fn new(at: &str) -> Result<Self, Failure> {
        Ok(Self {
            browser: Browser::new(at)?,
        })
    }

    /// Presses the one button, links, reads the form and gives consent.
    pub(super) async fn consent(
        &mut self,
        household: &mut Browser,
        stage: &mut Stage<'_>,
    ) -> Result<ConsentId, Failure> {
        let start = self.browser.open("/").await?.page()?;
        let leaving = self.browser.send(start.form("/start")?).await?;
        let mut away = elsewhere(leaving)?;
        // First it links, then it answers.
        for _ in 0..2 {
            let page = household.open(&away).await?.page()?;
            let answered = household.send(given(&page)?).await?.page()?;
            let back = way_back(&answered)?;
            match self.browser.open(back.as_str()).await? {
                Place::Elsewhere(address) => away = address,
                Place::Page(_) => break,
            }
        }
        let list = household.open("/home/consents").await?.page()?;
        let link = list.link("/home/consents/cns_");
        let id = link.and_then(|link| link.rsplit('/').next()?.parse().ok());
        let id = id.ok_or_else(|| Failure::problem("My Home shows no consent"))?;
        stage.narrator.step(
            "household",
            "presses start, links, and gives consent for its power",
            "off: registers, tariff and gas",
        );
        let meters = household.open("/home/meters").await?.page()?;
        let form = meters.form_of("/grants")?;
        household.send(form).await?.page()?;
        stage.narrator.step(
            "household",
            "says that the consent is about its meter",
            "from now on for whatever this source is asked for",
        );
        Ok(id)
    }

    /// What the page shows, once it shows something.
    pub(super) async fn power(&mut self) -> Result<String, Failure> {
        for _ in 0..TRIES {
            let page = self.browser.open("/").await?.page()?;
            let shown = page.html.split_once(NOW);
            let shown = shown.and_then(|(_, rest)| Some(rest.split_once('<')?.0.trim()));
            if let Some(shown) = shown.filter(|shown| shown.contains(|c: char| c.is_ascii_digit()))
            {
                return Ok(shown.to_owned());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Failure::problem("Insights shows no power"))
    }

    /// The page shows no figure any more, and offers to ask again.
    pub(super) async fn goes_dark(&mut self) -> Result<(), Failure> {
        for _ in 0..TRIES {
            let page = self.browser.open("/").await?.page()?;
            if !page.html.contains(NOW) && page.form("/start").is_ok() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Failure::problem("Insights goes on showing the power"))
    }
}

fn elsewhere(place: Place) -> Result<String, Failure> {
    match place {
        Place::Elsewhere(address) => Ok(address),
        Place::Page(page) => Err(Failure::problem(format!(
            "Insights sends nobody to the node from {}",
            page.path
        ))),
    }
}
