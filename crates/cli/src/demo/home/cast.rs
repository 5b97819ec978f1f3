//! Who is in the story: two services with keys of their own, and a household that has none: it begins
//! an account at the node's pages, which keep its keys, and does everything else there too.

use assent_api::v1::redirects::RedeemedConsent;
use assent_api::v1::releases::{Decide, DecisionRequest};
use assent_client::statements::consent::Question;
use assent_client::statements::link::PinnedLink;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, RequestId};
use assent_model::names::Jti;
use assent_model::time::Span;
use reqwest::Url;

use super::browser::{Browser, Page};
use super::letters;
use crate::agents::provider::{Answer, Provider};
use crate::demo::Stage;
use crate::demo::checks::{counted, ensure, short};
use crate::demo::household::{ADVISER, ARCHIVE, describe, organisation};
use crate::failure::{Doing, Failure};
use crate::moment::now;
use crate::session::Session;

/// Where the household reads its letters.
pub(super) const ADDRESS: &str = "household@example.org";
/// What the services call the household's account.
const ACCOUNT: &str = "household-17";
/// How long the adviser waits for an answer.
const ANSWER_WITHIN: Span = Span::from_days(14);
/// The longest time that the adviser asks for.
const VALID_AT_MOST: Span = Span::from_days(365);

/// A service at the node, with the household's link to it.
pub(super) struct Service {
    pub(super) provider: Provider,
    description: ServiceDescription,
    link: Option<PinnedLink>,
}

/// Everybody.
pub(super) struct Cast {
    pub(super) session: Session,
    pub(super) archive: Service,
    pub(super) adviser: Service,
    /// Where the household is signed in.
    pub(super) browser: Browser,
    /// The node, as links name it.
    pub(super) origin: String,
}

impl Cast {
    /// Registers the services, begins the household's account and links it.
    pub(super) async fn gather(stage: &mut Stage<'_>) -> Result<Self, Failure> {
        // Links name the node by a name and not by a number.
        let port = Url::parse(stage.url).ok().and_then(|url| url.port());
        let origin = format!("http://localhost:{}", port.unwrap_or(80));
        let session = Session::open(&origin).await?;
        let archive = service(&session, "archive", "meter archive", ARCHIVE, stage).await?;
        let adviser = service(&session, "adviser", "energy adviser", ADVISER, stage).await?;
        let mut cast = Self {
            session,
            archive,
            adviser,
            browser: Browser::new(&origin)?,
            origin,
        };
        cast.begin_account(stage).await?;
        for service in [&mut cast.archive, &mut cast.adviser] {
            service.link(&mut cast.browser).await?;
        }
        let links: Vec<String> = [&cast.archive, &cast.adviser]
            .iter()
            .filter_map(|service| service.link.as_ref())
            .map(|link| short(&link.slr_id))
            .collect();
        stage.narrator.step(
            "household",
            "links both services, each by one button",
            &links.join(" "),
        );
        Ok(cast)
    }

    async fn begin_account(&mut self, stage: &mut Stage<'_>) -> Result<(), Failure> {
        let page = self.browser.open("/sign-up").await?.page()?;
        let form = page.form("/sign-up")?.with("email", ADDRESS);
        let page = self.browser.send(form).await?.page()?;
        let code = letters::code(&mut self.browser, "Your code to begin an account").await?;
        let form = page.form("/sign-up/code")?.with("code", &code);
        let home = self.browser.send(form).await?.page()?;
        ensure(home.path == "/home", "the account opens My Home")?;
        stage.narrator.step(
            "household",
            "begins an account with a mailed code",
            "the node keeps its keys, and says so in every record",
        );
        Ok(())
    }

    /// The adviser asks for meter readings.
    pub(super) async fn ask(&self, stage: &mut Stage<'_>) -> Result<RequestId, Failure> {
        let (adviser, archive) = (&self.adviser, &self.archive);
        let link = adviser.link.as_ref();
        let link = link.ok_or_else(|| Failure::problem("the household is not linked"))?;
        let question = Question {
            service: adviser.description.reference(),
            purpose_id: adviser.description.purposes[0].purpose_id.clone(),
            source: Some(archive.description.reference()),
            answer_by: now() + ANSWER_WITHIN,
            valid_until_max: Some(now() + VALID_AT_MOST),
        };
        let signer = self.session.signer();
        let request = signer.consent_request(&adviser.provider.keys, link, question);
        let request_id = request.content().request_id;
        let body = assent_api::v1::consents::AskConsent {
            request: request.compact().to_owned(),
        };
        let asked = self.session.client.ask_consent(&body).await;
        asked.doing("the adviser cannot ask")?;
        stage.narrator.step(
            "energy adviser",
            "asks for meter readings",
            &short(&request_id),
        );
        Ok(request_id)
    }

    /// Sends the household to the form, where it answers, and takes it back.
    pub(super) async fn share(
        &mut self,
        request: RequestId,
        stage: &mut Stage<'_>,
    ) -> Result<RedeemedConsent, Failure> {
        let adviser = &self.adviser;
        let home = adviser.description.instance.consent_redirect_uris[0].clone();
        let pushed = adviser.provider.push_consent(request, home).await?;
        let page = self.browser.open(&pushed.url).await?.page()?;
        let form = page.form(&page.path)?;
        ensure(
            form.fields.iter().all(|(name, _)| name != "optional"),
            "what is optional is off",
        )?;
        let words = page.html.len();
        let receipt = self
            .browser
            .send(form.with("answer", "give"))
            .await?
            .page()?;
        stage.narrator.step(
            "household",
            "reads the form and presses Give consent",
            &format!("{} of page", counted(words, "byte")),
        );
        let Answer::Consent(redeemed) = adviser.provider.redeem(&way_back(&receipt)?).await? else {
            return Err(Failure::problem("the household came back with a link"));
        };
        ensure(redeemed.outcome == "given", "the adviser learns the answer")?;
        let granted = redeemed.resource_set.iter().flatten();
        let count: usize = granted.map(|(_, concepts)| concepts.len()).sum();
        stage.narrator.step(
            "energy adviser",
            "takes the household back",
            &format!("{} granted", counted(count, "concept")),
        );
        Ok(redeemed)
    }

    /// The archive asks whether it may hand out the readings. Allowed or not, the household sees it.
    pub(super) async fn hand_out(
        &self,
        source: ConsentId,
        stage: &mut Stage<'_>,
    ) -> Result<(), Failure> {
        let purpose = &self.adviser.description.purposes[0];
        let asked = DecisionRequest {
            cr_id: source,
            holder: self
                .adviser
                .provider
                .keys
                .signing
                .verifying_key()
                .thumbprint(),
            token: Jti::random(),
            purpose_id: purpose.purpose_id.clone(),
            dataset_id: self.archive.description.datasets[0].dataset_id.clone(),
        };
        let signer = self.session.signer();
        let asked = signer.sign(&self.archive.provider.keys.signing, asked);
        let body = Decide {
            request: asked.compact().to_owned(),
        };
        let decision = self.session.client.decide(&body).await;
        let decision = decision.doing("the archive cannot ask whether it may hand out data")?;
        ensure(decision.allowed, "the archive may hand out the readings")?;
        stage.narrator.step(
            "meter archive",
            "hands out the readings",
            "the household sees it on its timeline",
        );
        Ok(())
    }
}

async fn service(
    session: &Session,
    name: &str,
    who: &str,
    text: &[u8],
    stage: &mut Stage<'_>,
) -> Result<Service, Failure> {
    let provider = organisation(name, who, session, stage).await?;
    let service = describe(&provider, text, None, who, stage).await?;
    let known = session.service(service).await?;
    Ok(Service {
        provider,
        description: known.description,
        link: None,
    })
}

impl Service {
    /// Sends the household to the node to link its account, and takes it back.
    async fn link(&mut self, browser: &mut Browser) -> Result<(), Failure> {
        let (provider, description) = (&self.provider, &self.description);
        let service = description.service_id;
        let home = description.instance.linking_redirect_uris[0].clone();
        let pushed = provider.push_link(service, ACCOUNT, home).await?;
        let page = browser.open(&pushed.url).await?.page()?;
        let form = page.form(&page.path)?.with("answer", "give");
        let answered = browser.send(form).await?.page()?;
        let Answer::Link(link) = provider.redeem(&way_back(&answered)?).await? else {
            return Err(Failure::problem("the household came back with an answer"));
        };
        self.link = provider.pinned_links()?.remove(&link);
        Ok(())
    }
}

/// Where a page sends the household on to.
fn way_back(page: &Page) -> Result<Url, Failure> {
    let address = page
        .link("id=\"continue\"")
        .ok_or_else(|| Failure::problem("the page leads back to no service"))?;
    Url::parse(&address)
        .map_err(|error| Failure::problem("the way back is no address").caused_by(&error))
}
