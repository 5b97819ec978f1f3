//! A provider: offers services, asks for consent, fetches data, acknowledges ends.

mod asking;
mod fetching;
mod records;
mod redirecting;

pub(crate) use asking::Asking;
pub(crate) use fetching::Fetched;
pub(crate) use records::{KeptLink, Records};
pub(crate) use redirecting::Answer;

use std::collections::BTreeMap;
use std::path::Path;

use assent_api::v1::Outcome;
use assent_api::v1::consents::{Acknowledge, ConsentView};
use assent_client::chain_check::{self, CheckedConsent, Pins};
use assent_client::http::Identified;
use assent_client::key_file;
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_client::statements::link::{AccountCertificate, PinnedLink};
use assent_crypto::digest::{Digest, Salt};
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, LinkId, PartyId, ServiceId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::records::link::{LinkCountersignature, LinkRecord};
use assent_model::statement::Verified;
use serde::{Deserialize, Serialize};

use super::keys::unusable;
use crate::failure::{Doing, Failure};
use crate::session::{Pages, Session};

/// An organisation with its keys and what it keeps beside them, at a node.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) keys: PartyKeys,
    pub(crate) records: Records,
    pub(crate) session: Session,
}

/// A person's account at a service, certified for one pseudonym.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    certificate: AccountCertificate,
    salt: Salt,
}

impl Account {
    /// Certifies the account of a person who is logged in, for the pseudonym that the person shows.
    pub(crate) fn certify(service_id: ServiceId, account: &str, surrogate_id: SurrogateId) -> Self {
        Self {
            certificate: AccountCertificate {
                service_id,
                account: account.to_owned(),
                surrogate_id: Some(surrogate_id),
            },
            salt: Salt::generate(),
        }
    }

    /// The same for a person who has yet to make the pseudonym, at another place.
    pub(crate) fn before(service_id: ServiceId, account: &str) -> Self {
        Self {
            certificate: AccountCertificate {
                service_id,
                account: account.to_owned(),
                surrogate_id: None,
            },
            salt: Salt::generate(),
        }
    }

    /// What the link record carries of it.
    pub(crate) fn commitment(&self) -> Digest {
        self.certificate.commit(&self.salt)
    }
}

impl Provider {
    /// The provider whose keys are in a file, with its records in a folder.
    pub(crate) fn open(keys: &Path, records: &Path, session: Session) -> Result<Self, Failure> {
        Ok(Self {
            keys: key_file::load_party(keys).doing(unusable(keys))?,
            records: Records::at(records),
            session,
        })
    }

    /// A new provider, with a new key file.
    pub(crate) fn create(keys: &Path, records: &Path, session: Session) -> Result<Self, Failure> {
        let fresh = PartyKeys::generate();
        let saved = key_file::save_party(keys, &fresh);
        saved.doing(format!("the keys cannot be saved in {}", keys.display()))?;
        Ok(Self {
            keys: fresh,
            records: Records::at(records),
            session,
        })
    }

    pub(crate) fn party(&self) -> PartyId {
        self.keys.party_id()
    }

    /// Registers the organisation.
    pub(crate) async fn enrol(&self) -> Result<Outcome, Failure> {
        let signer = self.session.signer();
        let kind = PartyKind::Organisation;
        let client = &self.session.client;
        let enrolled = client
            .enrol(&signer, &self.keys, kind, Custody::Independent)
            .await;
        enrolled.doing("the organisation cannot be registered")
    }

    /// Registers a version of a description.
    pub(crate) async fn register(
        &self,
        description: &ServiceDescription,
    ) -> Result<Outcome, Failure> {
        let signed = self
            .session
            .signer()
            .register_service(&self.keys, description);
        let signed = signed.doing("the description cannot be signed")?;
        let registered = self.session.client.register_service(&signed).await;
        registered.doing("the service cannot be registered")
    }

    /// Countersigns the link record for an account, and pins the key of the pseudonym.
    pub(crate) fn countersign(
        &self,
        service_id: ServiceId,
        account: Account,
        record: &Verified<LinkRecord>,
    ) -> Result<Verified<LinkCountersignature>, Failure> {
        let signer = self.session.signer();
        let signed = signer.countersign(&self.keys, service_id, account.commitment(), record);
        let (countersignature, link) = signed.doing("the link record cannot be countersigned")?;
        self.records.keep_link(&KeptLink {
            link,
            account: account.certificate,
            salt: account.salt,
        })?;
        Ok(countersignature)
    }

    /// Tells the node, signed, that the service acts on the end of a consent. What it signs is the
    /// record that it has checked, not the one that the node names.
    pub(crate) async fn acknowledge(&self, cr_id: ConsentId) -> Result<Outcome, Failure> {
        let consent = self.checked(cr_id).await?;
        let ConsentView {
            service_id, head, ..
        } = consent.view();
        let signer = self.session.signer();
        let acknowledgement = signer.acknowledgement(&self.keys, *service_id, cr_id, *head);
        let body = Acknowledge {
            acknowledgement: acknowledgement.compact().to_owned(),
        };
        let acknowledged = self.session.client.acknowledge(&body).await;
        acknowledged.doing("the end of the consent cannot be acknowledged")
    }

    /// All consents of a service, as the node lists them: not checked.
    pub(crate) async fn consents(&self, service: ServiceId) -> Result<Vec<ConsentView>, Failure> {
        let mut pages = Pages::new();
        while let Some(query) = pages.next() {
            let signer = self.session.signer();
            let client = &self.session.client;
            let page = client
                .service_consents(self.identified(&signer), service, &query)
                .await;
            pages.take(page.doing("the consents of the service cannot be listed")?);
        }
        Ok(pages.into_items())
    }

    /// A consent, held against what the provider pinned, and kept.
    pub(crate) async fn checked(&self, cr_id: ConsentId) -> Result<CheckedConsent, Failure> {
        let view = self.consent(&self.session.signer(), cr_id).await?;
        let links = self.pinned_links()?;
        let pins = self.pins(view.service_id, &links);
        let checked = chain_check::check(view, pins);
        let checked = checked.doing(format!("the consent {cr_id} is not to be relied on"))?;
        self.records.keep_consent(checked.view())?;
        Ok(checked)
    }

    async fn consent(&self, signer: &Signer, cr_id: ConsentId) -> Result<ConsentView, Failure> {
        let client = &self.session.client;
        let view = client.consent_as(self.identified(signer), cr_id).await;
        view.doing(format!("the consent {cr_id} cannot be read"))
    }

    /// What the provider trusts when it checks a consent of one of its services.
    pub(crate) fn pins<'a>(
        &'a self,
        service_id: ServiceId,
        links: &'a BTreeMap<LinkId, PinnedLink>,
    ) -> Pins<'a> {
        Pins {
            chain: self.session.chain_id(),
            operator_key: self.session.operator_key(),
            service_id,
            links,
            opening: &self.keys.opening,
        }
    }

    pub(crate) fn pinned_links(&self) -> Result<BTreeMap<LinkId, PinnedLink>, Failure> {
        let links = self.records.links()?;
        Ok(links
            .into_iter()
            .map(|(id, kept)| (id, kept.link))
            .collect())
    }

    pub(crate) fn identified<'a>(&'a self, signer: &'a Signer) -> Identified<'a> {
        Identified {
            signer,
            caller: (&self.keys).into(),
        }
    }
}
