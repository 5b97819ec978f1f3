//! The organisation behind the service: its keys, its registrations, and its word at the node.

use std::collections::BTreeMap;

use assent_api::v1::consents::{Acknowledge, ConsentView};
use assent_api::v1::releases::{ReportUse, TokenRequest};
use assent_client::chain_check::{self, ChainError, CheckedConsent, Pins};
use assent_client::http::{ClientError, EnrolError, Identified, NodeClient};
use assent_client::key_history::KeyHistory;
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_client::statements::link::PinnedLink;
use assent_client::statements::service::RegisterServiceError;
use assent_crypto::signature::VerifyingKey;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, ServiceId};
use assent_model::names::ChainId;
use assent_model::records::Custody;
use assent_model::records::consent::ResourceSet;
use assent_model::records::identity::{Genesis, PartyKind};
use assent_model::records::service::ServiceRegistration;
use assent_model::statement;

use crate::description::{self, TEMPLATE, TemplateError};
use crate::now;

/// Why the node cannot be worked with.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A request failed.
    #[error("the node does not do what it is asked")]
    Client(#[from] ClientError),
    /// The organisation cannot be registered.
    #[error("the organisation cannot be registered")]
    Enrol(#[from] EnrolError),
    /// What the node says of its chain is not what the operator signed.
    #[error("the genesis of the node's chain is not valid")]
    Genesis,
    /// The description cannot be made.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The description cannot be signed.
    #[error(transparent)]
    Register(#[from] RegisterServiceError),
    /// The node gives a description that its provider did not sign.
    #[error("the node gives a description that its provider did not sign")]
    Description,
    /// A consent that the node shows is not to be relied on.
    #[error("the consent is not to be relied on")]
    Consent(#[from] ChainError),
}

/// The organisation at a node.
#[derive(Debug)]
pub struct Provider {
    /// The node.
    pub client: NodeClient,
    /// The keys.
    pub keys: PartyKeys,
    chain: ChainId,
    operator_key: VerifyingKey,
}

impl Provider {
    /// Learns the node's chain and registers the organisation, if it is not.
    ///
    /// # Errors
    /// See [`ProviderError`].
    pub async fn arrive(client: NodeClient, keys: PartyKeys) -> Result<Self, ProviderError> {
        let chain = client.chain().await?;
        let genesis = statement::verify::<Genesis>(&chain.genesis);
        let genesis = genesis.map_err(|_| ProviderError::Genesis)?;
        let operator = KeyHistory::open(&genesis).map_err(|_| ProviderError::Genesis)?;
        let provider = Self::known(
            client,
            keys,
            genesis.envelope().aud.clone(),
            *operator.signing_key(),
        );
        if provider
            .client
            .party(provider.keys.party_id())
            .await
            .is_err()
        {
            let signer = provider.signer();
            let (kind, custody) = (PartyKind::Organisation, Custody::Independent);
            let enrolled = provider
                .client
                .enrol(&signer, &provider.keys, kind, custody);
            enrolled.await?;
        }
        Ok(provider)
    }

    /// The organisation at a node that is known already.
    pub fn known(
        client: NodeClient,
        keys: PartyKeys,
        chain: ChainId,
        operator_key: VerifyingKey,
    ) -> Self {
        Self {
            client,
            keys,
            chain,
            operator_key,
        }
    }

    /// Signs for the chain, now.
    pub fn signer(&self) -> Signer {
        Signer::new(self.chain.clone(), now())
    }

    /// The chain.
    pub fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// Says who calls.
    pub fn identified<'a>(&'a self, signer: &'a Signer) -> Identified<'a> {
        Identified {
            signer,
            caller: (&self.keys).into(),
        }
    }

    /// Registers the service at this address, or a new version where it has moved.
    ///
    /// # Errors
    /// See [`ProviderError`].
    pub async fn describe(
        &self,
        service: ServiceId,
        origin: &str,
    ) -> Result<ServiceDescription, ProviderError> {
        let fill =
            |version| description::fill(TEMPLATE, origin, self.keys.party_id(), service, version);
        let wanted = match self.service(service).await {
            Ok(known) => {
                let same = fill(known.version)?;
                if same == known {
                    return Ok(known);
                }
                fill(known.version + 1)?
            }
            Err(ProviderError::Client(ClientError::Problem(_))) => fill(1)?,
            Err(error) => return Err(error),
        };
        let signed = self.signer().register_service(&self.keys, &wanted)?;
        self.client.register_service(&signed).await?;
        Ok(wanted)
    }

    /// A service as its provider describes it now.
    ///
    /// # Errors
    /// The node does not know it, or its provider did not sign what the node says.
    pub async fn service(&self, service: ServiceId) -> Result<ServiceDescription, ProviderError> {
        let view = self.client.service(service).await?;
        let invalid = ProviderError::Description;
        let signed = statement::verify::<ServiceRegistration>(&view.registration);
        let signed = signed.map_err(|_| ProviderError::Description)?;
        let described: ServiceDescription =
            serde_json::from_value(view.description).map_err(|_| ProviderError::Description)?;
        let said = signed.content();
        let is_said = said.description == described.reference() && said.provider == view.provider;
        if is_said { Ok(described) } else { Err(invalid) }
    }

    /// A consent, held against the link that was pinned when the person came back.
    ///
    /// # Errors
    /// The node does not show it, or what it shows does not hold.
    pub async fn consent(
        &self,
        consent: ConsentId,
        link: &PinnedLink,
    ) -> Result<CheckedConsent, ProviderError> {
        let signer = self.signer();
        let view = self
            .client
            .consent_as(self.identified(&signer), consent)
            .await?;
        let links = BTreeMap::from([(link.slr_id, link.clone())]);
        let pins = Pins {
            chain: &self.chain,
            operator_key: &self.operator_key,
            service_id: link.service_id,
            links: &links,
            opening: &self.keys.opening,
        };
        Ok(chain_check::check(view, pins)?)
    }

    /// Tells the node, signed, that the service has acted on the end of a consent.
    ///
    /// # Errors
    /// The node does not take it.
    pub async fn acknowledge(&self, consent: &CheckedConsent) -> Result<(), ProviderError> {
        let ConsentView {
            service_id, head, ..
        } = consent.view();
        let signer = self.signer();
        let said = signer.acknowledgement(&self.keys, *service_id, consent.cr_id(), *head);
        let body = Acknowledge {
            acknowledgement: said.compact().to_owned(),
        };
        self.client.acknowledge(&body).await?;
        Ok(())
    }

    /// A token to read with, for five minutes at most.
    ///
    /// # Errors
    /// The node gives none: the consent is not in force.
    pub async fn token(&self, cr_id: ConsentId) -> Result<String, ClientError> {
        let signer = self.signer();
        let request = TokenRequest { cr_id };
        let token = self
            .client
            .token(self.identified(&signer), &request)
            .await?;
        Ok(token.access_token)
    }

    /// Tells the person, over the node, that readings are being used.
    ///
    /// # Errors
    /// The node does not take it.
    pub async fn report_use(
        &self,
        consent: ConsentId,
        used: ResourceSet,
    ) -> Result<(), ProviderError> {
        let report = self.signer().use_report(&self.keys, consent, used);
        let body = ReportUse {
            report: report.compact().to_owned(),
        };
        self.client.report_use(&body).await?;
        Ok(())
    }
}
