//! Who is in the story: two services with keys of their own, and a household that has none: it begins
//! an account at the node's pages, which keep its keys, and does everything else there too.

use assent_api::v1::redirects::RedeemedConsent;
use assent_api::v1::releases::{Decide, DecisionRequest};
use assent_client::statements::consent::Question;
use assent_model::ids::{ConsentId, RequestId};
use assent_model::names::Jti;
use assent_model::time::Span;

use crate::agents::provider::Answer;
use crate::demo::browser::Browser;
use crate::demo::checks::{counted, ensure, short};
use crate::demo::household::{ADVISER, ARCHIVE};
use crate::demo::service::{Service, way_back};
use crate::demo::{Stage, guest};
use crate::failure::{Doing, Failure};
use crate::moment::now;
use crate::session::Session;

/// How long the adviser waits for an answer.
const ANSWER_WITHIN: Span = Span::from_days(14);
/// The longest time that the adviser asks for.
const VALID_AT_MOST: Span = Span::from_days(365);

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
        let origin = guest::origin(stage);
        let session = Session::open(&origin).await?;
        let archive =
            Service::register(&session, "archive", "meter archive", ARCHIVE, stage).await?;
        let adviser =
            Service::register(&session, "adviser", "energy adviser", ADVISER, stage).await?;
        let mut cast = Self {
            session,
            archive,
            adviser,
            browser: guest::arrive(&origin, stage).await?,
            origin,
        };
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
