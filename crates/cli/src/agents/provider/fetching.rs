//! Fetching data under a consent: token, proof of possession, document, report of the use.

use std::collections::BTreeSet;

use assent_api::v1::releases::{ReportUse, TokenAnswer, TokenRequest};
use assent_client::document::SealedDocument;
use assent_client::http::DataClient;
use assent_client::sink;
use assent_model::ids::{ConsentId, ReceiptId};
use assent_model::names::{ConceptId, DatasetId};
use assent_model::records::consent::{ResourceSet, RolePart};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Provider;
use crate::failure::{Doing, Failure};
use crate::moment::now;

/// A document that was fetched and opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fetched {
    /// The sink's record.
    pub(crate) cr_id: ConsentId,
    /// Which dataset.
    pub(crate) dataset_id: DatasetId,
    /// The receipt of the release.
    pub(crate) receipt_id: ReceiptId,
    /// How many bytes travelled, sealed.
    pub(crate) sealed_bytes: usize,
    /// The data, by concept.
    pub(crate) data: Map<String, Value>,
}

impl Provider {
    /// Asks for a token.
    pub(crate) async fn token(&self, cr_id: ConsentId) -> Result<TokenAnswer, Failure> {
        let signer = self.session.signer();
        let request = TokenRequest { cr_id };
        let token = self
            .session
            .client
            .token(self.identified(&signer), &request)
            .await;
        token.doing("the node gives no token")
    }

    /// Fetches a dataset, sealed, with a token that the provider has.
    pub(crate) async fn fetch_sealed(
        &self,
        token: &TokenAnswer,
        cr_id: ConsentId,
        dataset: &DatasetId,
    ) -> Result<SealedDocument, Failure> {
        let url = self.data_url(cr_id, dataset).await?;
        let (key, data_client) = (&self.keys.signing, DataClient::new()?);
        let sealed = data_client
            .fetch(key, &token.access_token, &url, now())
            .await;
        sealed.doing("the source gives no data")
    }

    /// Opens a document that was fetched under a consent.
    pub(crate) fn open_document(
        &self,
        document: &SealedDocument,
        cr_id: ConsentId,
        dataset: &DatasetId,
    ) -> Result<Fetched, Failure> {
        let opened = document.open(&self.keys.opening, cr_id, dataset);
        let content = opened.doing("the document cannot be opened")?;
        Ok(Fetched {
            cr_id,
            dataset_id: dataset.clone(),
            receipt_id: document.receipt_id,
            sealed_bytes: document.sealed.len(),
            data: serde_json::from_slice(&content).doing("the document is not JSON")?,
        })
    }

    /// Gets a token, fetches and opens a dataset, and reports the use.
    pub(crate) async fn fetch(
        &self,
        cr_id: ConsentId,
        dataset: &DatasetId,
    ) -> Result<Fetched, Failure> {
        let token = self.token(cr_id).await?;
        let document = self.fetch_sealed(&token, cr_id, dataset).await?;
        let fetched = self.open_document(&document, cr_id, dataset)?;
        self.report_use(&fetched).await?;
        Ok(fetched)
    }

    /// The datasets that a consent covers now.
    pub(crate) async fn datasets(&self, cr_id: ConsentId) -> Result<Vec<DatasetId>, Failure> {
        let consent = self.checked(cr_id).await?;
        Ok(consent.resource_set().keys().cloned().collect())
    }

    /// Tells the person, over the node, what was processed.
    pub(crate) async fn report_use(&self, fetched: &Fetched) -> Result<(), Failure> {
        let concepts: BTreeSet<ConceptId> = fetched
            .data
            .keys()
            .filter_map(|id| id.parse().ok())
            .collect();
        let used = ResourceSet::from([(fetched.dataset_id.clone(), concepts)]);
        let report = self
            .session
            .signer()
            .use_report(&self.keys, fetched.cr_id, used);
        let body = ReportUse {
            report: report.compact().to_owned(),
        };
        self.session
            .client
            .report_use(&body)
            .await
            .doing("the use cannot be reported")?;
        Ok(())
    }

    /// Where the source of a consent hands a dataset out.
    pub(crate) async fn data_url(
        &self,
        cr_id: ConsentId,
        dataset: &DatasetId,
    ) -> Result<String, Failure> {
        let consent = self.checked(cr_id).await?;
        let RolePart::Sink { source, .. } = &consent.record().role_specific_part else {
            return Err(Failure::problem(
                "the consent does not bring data from another service",
            ));
        };
        // The address may have moved since the consent was given: the current version has it.
        let source = self.session.service(source.service_id).await?;
        let endpoint = source.description.instance.data_endpoint;
        let endpoint = endpoint.ok_or_else(|| Failure::problem("the source hands out no data"))?;
        Ok(sink::data_url(&endpoint, dataset))
    }
}
