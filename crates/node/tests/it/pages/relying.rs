//! Services that send people to the node and take them back: with the SDK, as they would.

use assent_api::v1::consents::AskConsent;
use assent_api::v1::links::CreateLink;
use assent_api::v1::redirects::{
    PushLink, PushRedirect, PushedRedirect, Redeem, RedeemedConsent, RedeemedLink,
};
use assent_client::errand::{Errand, ReturnError, Returned};
use assent_client::http::{ClientError, Identified, NodeClient};
use assent_client::statements::Signer;
use assent_client::statements::consent::Question;
use assent_crypto::digest::Digest;
use assent_model::ids::RequestId;
use assent_model::records::consent::ConsentRequest;
use assent_model::records::link::LinkRecord;
use assent_model::statement;
use assent_model::time::{Span, Timestamp};
use reqwest::Url;

use super::browser::{Browser, continues};
use crate::household::{Provider, provider};
use crate::world::World;

pub(super) const ADVISER: &str =
    include_str!("../../../../../examples/household/energy-adviser.json");
pub(super) const ARCHIVE: &str =
    include_str!("../../../../../examples/household/meter-archive.json");

/// A service and its half of the redirects.
pub(super) struct Relying {
    pub(super) client: NodeClient,
    pub(super) provider: Provider,
}

/// The path of a link on the node.
pub(super) fn path_of(pushed: &PushedRedirect) -> String {
    Url::parse(&pushed.url).unwrap().path().to_owned()
}

/// What a person comes back with.
pub(super) fn returned(address: &str) -> Returned {
    let url = Url::parse(address).unwrap();
    let value = |name: &str| {
        let found = url.query_pairs().find(|(found, _)| found == name);
        found.map(|(_, value)| value.into_owned())
    };
    Returned {
        code: value("code"),
        error: value("error"),
        state: value("state").unwrap_or_default(),
        iss: value("iss").unwrap_or_default(),
    }
}

impl Relying {
    pub(super) async fn new(world: &World, description: &str) -> Self {
        let client = NodeClient::new(&world.url("/")).unwrap();
        let provider = provider(&client, &world.signer(), description).await;
        Self { client, provider }
    }

    fn identified<'a>(&'a self, signer: &'a Signer) -> Identified<'a> {
        Identified {
            signer,
            caller: (&self.provider.keys).into(),
        }
    }

    /// Links a person who is signed in at a browser, from push to the link on the ledger.
    pub(super) async fn link(&mut self, world: &World, browser: &mut Browser) {
        let account = Digest::of(b"the commitment to the account");
        let (errand, pushed) = self.push_link(world, account).await;
        let path = path_of(&pushed);
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains("name=\"answer\""));
        let page = browser
            .post(&path, &[("answer", "give"), ("record", "")])
            .await;
        assert_eq!(page.status, 200, "{}", page.text());
        let address = continues(&page.text()).unwrap();
        let wanted = &self.provider.description.instance.linking_redirect_uris[0];
        assert!(address.starts_with(&format!("{wanted}?")), "{address}");
        let node = &world.running.node().config.public_url;
        let redeem = errand.redeem(&returned(&address), node).unwrap();
        let signer = world.signer();
        let who = self.identified(&signer);
        let redeemed = self.client.redeem_link(who, &redeem).await.unwrap();
        let record = statement::verify::<LinkRecord>(&redeemed.record).unwrap();
        let service = self.provider.description.service_id;
        let (countersignature, pinned) = signer
            .countersign(&self.provider.keys, service, account, &record)
            .unwrap();
        let body = CreateLink {
            record: redeemed.record,
            countersignature: countersignature.compact().into(),
        };
        self.client.create_link(&body).await.unwrap();
        self.provider.link = Some(pinned);
        assert_eq!(
            browser.get(&path).await.status,
            410,
            "a link is good for one answer"
        );
    }

    pub(super) async fn push_link(
        &self,
        world: &World,
        account: Digest,
    ) -> (Errand, PushedRedirect) {
        let errand = Errand::new();
        let description = &self.provider.description;
        let body = PushLink {
            service: description.reference(),
            account,
            redirect_uri: description.instance.linking_redirect_uris[0].clone(),
            state: errand.state.clone(),
            code_challenge: errand.code_challenge(),
        };
        let signer = world.signer();
        let pushed = self.client.push_link(self.identified(&signer), &body).await;
        (errand, pushed.unwrap())
    }

    /// Asks for consent to what `source` has.
    pub(super) async fn ask(
        &self,
        world: &World,
        source: &Relying,
        valid_until_max: Option<Timestamp>,
    ) -> RequestId {
        let description = &self.provider.description;
        let question = Question {
            service: description.reference(),
            purpose_id: description.purposes[0].purpose_id.clone(),
            source: Some(source.provider.description.reference()),
            answer_by: world.clock.now() + Span::from_days(7),
            valid_until_max,
        };
        let pinned = self.provider.link.as_ref().unwrap();
        let request = world
            .signer()
            .consent_request(&self.provider.keys, pinned, question);
        let body = AskConsent {
            request: request.compact().into(),
        };
        self.client.ask_consent(&body).await.unwrap();
        let request = statement::verify::<ConsentRequest>(&body.request).unwrap();
        request.content().request_id
    }

    /// Says where the person comes back to.
    pub(super) async fn push(&self, world: &World, request: RequestId) -> (Errand, PushedRedirect) {
        let errand = Errand::new();
        let uri = self.provider.description.instance.consent_redirect_uris[0].clone();
        let pushed = self.try_push(world, request, &errand, &uri).await.unwrap();
        (errand, pushed)
    }

    pub(super) async fn try_push(
        &self,
        world: &World,
        request: RequestId,
        errand: &Errand,
        redirect_uri: &str,
    ) -> Result<PushedRedirect, ClientError> {
        let body = PushRedirect {
            redirect_uri: redirect_uri.to_owned(),
            state: errand.state.clone(),
            code_challenge: errand.code_challenge(),
        };
        let signer = world.signer();
        let who = self.identified(&signer);
        self.client.push_redirect(who, request, &body).await
    }

    /// Takes a person back.
    pub(super) async fn welcome(
        &self,
        world: &World,
        errand: &Errand,
        address: &str,
    ) -> Result<RedeemedConsent, ReturnError> {
        let redeem = errand.redeem(&returned(address), &world.running.node().config.public_url)?;
        Ok(self.redeem(world, &redeem).await.unwrap())
    }

    /// The link record that a person signed.
    pub(super) async fn redeem_link(&self, world: &World, redeem: &Redeem) -> RedeemedLink {
        let signer = world.signer();
        let redeemed = self
            .client
            .redeem_link(self.identified(&signer), redeem)
            .await;
        redeemed.unwrap()
    }

    pub(super) async fn redeem(
        &self,
        world: &World,
        redeem: &Redeem,
    ) -> Result<RedeemedConsent, ClientError> {
        let signer = world.signer();
        self.client
            .redeem_consent(self.identified(&signer), redeem)
            .await
    }
}
