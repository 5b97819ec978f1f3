//! Sending a person to the node, and taking the answer that the person comes back with.

use assent_api::v1::links::CreateLink;
use assent_api::v1::redirects::{PushLink, PushRedirect, PushedRedirect, RedeemedConsent};
use assent_client::errand::{Errand, Returned};
use assent_model::ids::{LinkId, RequestId, ServiceId};
use assent_model::records::link::LinkRecord;
use assent_model::statement;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::{Account, Provider};
use crate::failure::{Doing, Failure};

/// A person who is away, as the provider keeps it until the person is back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptErrand {
    errand: Errand,
    about: About,
}

/// What the person is asked there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case", deny_unknown_fields)]
enum About {
    /// A consent request.
    Consent { request_id: RequestId },
    /// A link for an account.
    Link {
        service_id: ServiceId,
        account: Account,
    },
}

/// What a person came back with.
#[derive(Debug)]
pub(crate) enum Answer {
    /// What became of the request.
    Consent(RedeemedConsent),
    /// The link, which is recorded now.
    Link(LinkId),
}

impl Provider {
    /// Says where a person returns after answering a request, and gives the address to send the
    /// person to.
    pub(crate) async fn push_consent(
        &self,
        request_id: RequestId,
        redirect_uri: String,
    ) -> Result<PushedRedirect, Failure> {
        let errand = Errand::new();
        let body = PushRedirect {
            redirect_uri,
            state: errand.state.clone(),
            code_challenge: errand.code_challenge(),
        };
        let signer = self.session.signer();
        let client = &self.session.client;
        let who = self.identified(&signer);
        let pushed = client.push_redirect(who, request_id, &body).await;
        let pushed = pushed.doing("the person cannot be sent to the node")?;
        self.records.keep_errand(&KeptErrand {
            errand,
            about: About::Consent { request_id },
        })?;
        Ok(pushed)
    }

    /// Asks for a link with the account of a person, and gives the address to send the person to.
    pub(crate) async fn push_link(
        &self,
        service_id: ServiceId,
        account: &str,
        redirect_uri: String,
    ) -> Result<PushedRedirect, Failure> {
        let service = self.session.service(service_id).await?.description;
        let errand = Errand::new();
        let account = Account::before(service_id, account);
        let body = PushLink {
            service: service.reference(),
            account: account.commitment(),
            redirect_uri,
            state: errand.state.clone(),
            code_challenge: errand.code_challenge(),
        };
        let signer = self.session.signer();
        let client = &self.session.client;
        let pushed = client.push_link(self.identified(&signer), &body).await;
        let pushed = pushed.doing("the person cannot be sent to the node")?;
        self.records.keep_errand(&KeptErrand {
            errand,
            about: About::Link {
                service_id,
                account,
            },
        })?;
        Ok(pushed)
    }

    /// Takes the address that a person came back to, once.
    pub(crate) async fn redeem(&self, address: &Url) -> Result<Answer, Failure> {
        let returned = returned(address);
        let kept = self.records.errand(&returned.state)?;
        let kept =
            kept.ok_or_else(|| Failure::problem("nobody was sent to the node with this state"))?;
        let redeem = kept.errand.redeem(&returned, self.session.origin());
        // Whatever the answer, it is good for nothing a second time.
        self.records.forget_errand(&kept.errand.state)?;
        let redeem = redeem
            .map_err(|error| Failure::problem("there is nothing to redeem").caused_by(&error))?;
        let signer = self.session.signer();
        let client = &self.session.client;
        let who = self.identified(&signer);
        match kept.about {
            About::Consent { .. } => {
                let redeemed = client.redeem_consent(who, &redeem).await;
                Ok(Answer::Consent(
                    redeemed.doing("the answer cannot be redeemed")?,
                ))
            }
            About::Link {
                service_id,
                account,
            } => {
                let redeemed = client.redeem_link(who, &redeem).await;
                let redeemed = redeemed.doing("the link cannot be redeemed")?;
                let link = self.link_back(service_id, account, redeemed.record).await?;
                Ok(Answer::Link(link))
            }
        }
    }

    /// Countersigns what the person signed, and records it.
    async fn link_back(
        &self,
        service_id: ServiceId,
        account: Account,
        compact: String,
    ) -> Result<LinkId, Failure> {
        let record = statement::verify::<LinkRecord>(&compact);
        let record =
            record.map_err(|error| Failure::problem("the link is not signed").caused_by(&error))?;
        let countersignature = self.countersign(service_id, account, &record)?;
        let body = CreateLink {
            record: compact,
            countersignature: countersignature.compact().to_owned(),
        };
        let linked = self.session.client.create_link(&body).await;
        linked.doing("the link cannot be recorded")?;
        Ok(record.content().slr_id)
    }
}

impl KeptErrand {
    /// Names the errand among others.
    pub(super) fn state(&self) -> &str {
        &self.errand.state
    }
}

/// The query of a redirect address.
fn returned(address: &Url) -> Returned {
    let value = |name: &str| {
        let found = address.query_pairs().find(|(found, _)| found == name);
        found.map(|(_, value)| value.into_owned())
    };
    Returned {
        code: value("code"),
        error: value("error"),
        state: value("state").unwrap_or_default(),
        iss: value("iss").unwrap_or_default(),
    }
}
