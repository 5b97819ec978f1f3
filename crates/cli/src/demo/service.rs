//! A service that a household meets in its browser.

use assent_client::statements::link::PinnedLink;
use assent_model::description::ServiceDescription;
use reqwest::Url;

use super::Stage;
use super::browser::{Browser, Page};
use super::household::{describe, organisation};
use crate::agents::provider::{Answer, Provider};
use crate::failure::Failure;
use crate::session::Session;

/// What services call the household's account.
const ACCOUNT: &str = "household-17";

/// A service at the node, with the household's link to it.
pub(super) struct Service {
    pub(super) provider: Provider,
    pub(super) description: ServiceDescription,
    pub(super) link: Option<PinnedLink>,
}

impl Service {
    /// Registers an organisation and the service that an example describes.
    pub(super) async fn register(
        session: &Session,
        name: &str,
        who: &str,
        text: &[u8],
        stage: &mut Stage<'_>,
    ) -> Result<Self, Failure> {
        let provider = organisation(name, who, session, stage).await?;
        let service = describe(&provider, text, None, who, stage).await?;
        let known = session.service(service).await?;
        Ok(Self {
            provider,
            description: known.description,
            link: None,
        })
    }

    /// Sends the household to the node to link its account, and takes it back.
    pub(super) async fn link(&mut self, browser: &mut Browser) -> Result<(), Failure> {
        let (provider, description) = (&self.provider, &self.description);
        let service = description.service_id;
        let home = description.instance.linking_redirect_uris[0].clone();
        let pushed = provider.push_link(service, ACCOUNT, home).await?;
        let page = browser.open(&pushed.url).await?.page()?;
        let answered = browser.send(given(&page)?).await?.page()?;
        let Answer::Link(link) = provider.redeem(&way_back(&answered)?).await? else {
            return Err(Failure::problem("the household came back with an answer"));
        };
        self.link = provider.pinned_links()?.remove(&link);
        Ok(())
    }
}

/// The form of a page, answered with yes.
pub(super) fn given(page: &Page) -> Result<super::form::Form, Failure> {
    Ok(page.form(&page.path)?.with("answer", "give"))
}

/// Where a page sends the household on to.
pub(super) fn way_back(page: &Page) -> Result<Url, Failure> {
    let address = page
        .link("id=\"continue\"")
        .ok_or_else(|| Failure::problem("the page leads back to no service"))?;
    Url::parse(&address)
        .map_err(|error| Failure::problem("the way back is no address").caused_by(&error))
}
