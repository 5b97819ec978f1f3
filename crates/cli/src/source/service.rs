//! The service itself: what it keeps, and what it does with a request.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

use assent_api::v1::consents::ConsentView;
use assent_api::v1::releases::{Decide, Decision};
use assent_client::chain_check::{self, ChainError, CheckedConsent, Standing};
use assent_client::document::SealedDocument;
use assent_client::http::ClientError;
use assent_client::sink;
use assent_client::source::{DataRequest, Grant, Refusal, Release, SourceGuard};
use assent_crypto::sealing::SealingKey;
use assent_model::description::{Dataset, ServiceDescription};
use assent_model::ids::{ConsentId, ServiceId};
use assent_model::names::DatasetId;
use tokio::sync::Notify;

use super::archive::Archive;
use super::denial::Denial;
use crate::agents::provider::Provider;
use crate::failure::{Doing, Failure};
use crate::moment::now;

/// A source of meter readings.
#[derive(Debug)]
pub(crate) struct SourceService {
    provider: Provider,
    description: ServiceDescription,
    endpoint: String,
    archive: Archive,
    guard: Mutex<SourceGuard>,
    /// Told when a request names a consent that may have changed.
    wanted: Notify,
}

/// What a look at the node brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Learned {
    /// Consents that were new or had changed, checked and kept.
    pub(crate) kept: BTreeSet<ConsentId>,
    /// Consents that do not hold, with the code that says why. They were not kept.
    pub(crate) refused: Vec<(ConsentId, &'static str)>,
}

impl SourceService {
    /// The service with everything that was kept of it. Nothing kept is believed unchecked.
    pub(crate) async fn open(
        provider: Provider,
        service: ServiceId,
        archive: Archive,
    ) -> Result<Self, Failure> {
        let described = provider.session.service(service).await?;
        if described.provider != provider.party() {
            return Err(Failure::problem(format!(
                "the service {service} is offered by another provider"
            )));
        }
        let description = described.description;
        let endpoint = description.instance.data_endpoint.clone();
        let endpoint =
            endpoint.ok_or_else(|| Failure::problem("the description names no data endpoint"))?;
        let chain = &provider.session.chain;
        let chain_id = provider.session.chain_id().clone();
        let guard = SourceGuard::new(chain_id, service, chain.token_key);
        let opened = Self {
            guard: Mutex::new(guard),
            provider,
            description,
            endpoint,
            archive,
            wanted: Notify::new(),
        };
        for view in opened.provider.records.consents()?.into_values() {
            if view.service_id == service {
                opened
                    .take_in(view)?
                    .map_err(Failure::from)
                    .doing("a consent that was kept does not hold")?;
            }
        }
        Ok(opened)
    }

    fn guard(&self) -> MutexGuard<'_, SourceGuard> {
        self.guard
            .lock()
            .expect("nothing panics while it holds the guard")
    }

    /// Waits until a request wants the service to learn anew.
    pub(crate) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Asks the node for consents that are new or have changed, checks each and keeps it.
    pub(crate) async fn learn(&self) -> Result<Learned, Failure> {
        let service = self.description.service_id;
        let mut learned = Learned::default();
        for listed in self.provider.consents(service).await? {
            let cr_id = listed.cr_id;
            if self.knows(&listed) {
                continue;
            }
            // The list leaves out what only the provider may see.
            let signer = self.provider.session.signer();
            let identified = self.provider.identified(&signer);
            let view = self
                .provider
                .session
                .client
                .consent_as(identified, cr_id)
                .await;
            match self.take_in(view?)? {
                Ok(()) => {
                    learned.kept.insert(cr_id);
                }
                Err(error) => learned.refused.push((cr_id, error.code())),
            }
        }
        Ok(learned)
    }

    /// Whether a consent is kept as the node shows it.
    fn knows(&self, listed: &ConsentView) -> bool {
        let guard = self.guard();
        let kept = guard.consent(listed.cr_id).map(CheckedConsent::view);
        kept.is_some_and(|kept| {
            kept.head == listed.head
                && kept.status == listed.status
                && kept.closure == listed.closure
        })
    }

    /// Checks a consent with its whole history against the pinned link and keeps it.
    fn take_in(&self, view: ConsentView) -> Result<Result<(), ChainError>, Failure> {
        let links = self.provider.pinned_links()?;
        let pins = self.provider.pins(self.description.service_id, &links);
        let checked = match chain_check::check(view, pins) {
            Ok(checked) => checked,
            Err(error) => return Ok(Err(error)),
        };
        self.provider.records.keep_consent(checked.view())?;
        let stored = self.guard().store(checked);
        stored.doing("the node shows less of a consent than before")?;
        Ok(Ok(()))
    }

    /// Acknowledges every end that the service knows of and has not acknowledged yet. From the
    /// moment that it knows, it hands out nothing more.
    pub(crate) async fn acknowledge_ends(&self) -> Result<(), Failure> {
        let is_owed = |consent: &&CheckedConsent| {
            consent.standing() == Standing::Ended && consent.view().closure == "owed"
        };
        let owed: Vec<ConsentId> = {
            let guard = self.guard();
            guard
                .consents()
                .filter(is_owed)
                .map(CheckedConsent::cr_id)
                .collect()
        };
        for cr_id in owed {
            self.provider.acknowledge(cr_id).await?;
        }
        Ok(())
    }

    /// From a request to a sealed document, or to the reason why there is none.
    pub(super) async fn release(
        &self,
        authorization: &str,
        dpop: &str,
        dataset_id: &DatasetId,
    ) -> Result<SealedDocument, Denial> {
        let mut datasets = self.description.datasets.iter();
        let dataset = datasets.find(|dataset| dataset.dataset_id == *dataset_id);
        let dataset = dataset.ok_or(Denial::NothingHere)?;
        let request = DataRequest {
            authorization,
            dpop,
            method: "GET",
            url: &sink::data_url(&self.endpoint, dataset_id),
            dataset: dataset_id,
            now: now(),
        };
        let (grant, account) = self.grant(&request)?;
        let data = self.archive.data(&account).ok_or(Denial::NothingHere)?;
        let sink = self.sealing_key(&grant).await?;
        let release = self.decide(grant).await?;
        Ok(seal(&release, dataset, data, &sink))
    }

    /// Holds a request against the consents that are kept; the account whose data is asked for.
    fn grant(&self, request: &DataRequest<'_>) -> Result<(Grant, String), Denial> {
        let mut guard = self.guard();
        let grant = guard.check(request).inspect_err(|refusal| {
            if matches!(refusal, Refusal::ConsentUnknown | Refusal::ConsentNotActive) {
                self.wanted.notify_one();
            }
        })?;
        let link = guard.consent(grant.cr_id()).map(CheckedConsent::link);
        drop(guard);
        let links = self.provider.records.links().map_err(|_| Denial::Failed)?;
        let kept = link
            .and_then(|link| links.get(&link))
            .ok_or(Denial::Failed)?;
        Ok((grant, kept.account.account.clone()))
    }

    /// The key to seal to: that of the party whose key has proved possession, and of no other.
    async fn sealing_key(&self, grant: &Grant) -> Result<SealingKey, Denial> {
        let undecided = |_: ClientError| Denial::Undecided;
        let client = &self.provider.session.client;
        let sink = client.service(grant.sink()).await.map_err(undecided)?;
        // Traced, so that the node cannot have it sealed to another key.
        let keys = client
            .key_history(sink.provider, self.provider.session.chain_id())
            .await;
        let keys = keys.map_err(|_| Denial::Undecided)?;
        if keys.signing_key().thumbprint() == *grant.holder() {
            Ok(keys.sealing_key().clone())
        } else {
            Err(Refusal::HolderMismatch.into())
        }
    }

    /// Asks the node, which sees a withdrawal at once.
    async fn decide(&self, grant: Grant) -> Result<Release, Denial> {
        let signer = self.provider.session.signer();
        let request = signer.decision_request(&self.provider.keys, &grant);
        let body = Decide {
            request: request.compact().to_owned(),
        };
        let decision = self.provider.session.client.decide(&body).await;
        let decision = decision.map_err(|_| Denial::Undecided)?;
        match &decision {
            Decision {
                allowed: false,
                refusal: Some(code),
                ..
            } => {
                // The consent has changed since it was learned.
                self.wanted.notify_one();
                Err(Denial::NotAllowed(code.clone()))
            }
            decision => Ok(grant.release(decision, signer.now())?),
        }
    }
}

/// Drops what is outside the consent, and seals the rest.
fn seal(
    release: &Release,
    dataset: &Dataset,
    data: serde_json::Map<String, serde_json::Value>,
    sink: &SealingKey,
) -> SealedDocument {
    let consented = release.enforce(dataset, data);
    let content = serde_json::to_vec(&consented).expect("readings have a JSON form");
    release.seal_document(sink, &content)
}
