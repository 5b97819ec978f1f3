//! `/v1/services`.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::consents::ConsentView;
use assent_api::v1::services::{RegisterService, ServiceView};
use assent_api::v1::{Outcome, Page};
use assent_model::ids::ServiceId;

use super::{ClientError, Identified, NodeClient, PageQuery, paged};

impl NodeClient {
    /// Registers a version of a service description.
    pub async fn register_service(&self, body: &RegisterService) -> Result<Outcome, ClientError> {
        self.post("v1/services", body).await
    }

    /// All services, each in its current version.
    pub async fn services(&self, page: &PageQuery) -> Result<Page<ServiceView>, ClientError> {
        self.get(&paged("v1/services", page)).await
    }

    /// A service in its current version.
    pub async fn service(&self, service: ServiceId) -> Result<ServiceView, ClientError> {
        self.get(&format!("v1/services/{service}")).await
    }

    /// A version of a service.
    pub async fn service_version(
        &self,
        service: ServiceId,
        version: u32,
    ) -> Result<ServiceView, ClientError> {
        self.get(&format!("v1/services/{service}/versions/{version}"))
            .await
    }

    /// The consents of a service, for its provider.
    pub async fn service_consents(
        &self,
        provider: Identified<'_>,
        service: ServiceId,
        page: &PageQuery,
    ) -> Result<Page<ConsentView>, ClientError> {
        let path = format!("v1/services/{service}/consents");
        self.get_as(provider, &paged(&path, page)).await
    }
}
