//! `/v1/links`, and the lists of a pseudonym.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::consents::{ConsentView, RequestView};
use assent_api::v1::links::{ChangeLink, CreateLink, LinkView};
use assent_api::v1::{Outcome, Page};
use assent_model::ids::{ConsentId, LinkId};
use assent_model::records::release::UseReceipt;
use serde::de::DeserializeOwned;

use super::{ClientError, Identified, NodeClient, PageQuery, paged};
use crate::keys::Pseudonym;
use crate::statements::Signer;

impl NodeClient {
    /// Links person and service.
    pub async fn create_link(&self, body: &CreateLink) -> Result<Outcome, ClientError> {
        self.post("v1/links", body).await
    }

    /// A link with its chain of records.
    pub async fn link(&self, link: LinkId) -> Result<LinkView, ClientError> {
        self.get(&format!("v1/links/{link}")).await
    }

    /// Removes or restores a link.
    pub async fn change_link(
        &self,
        link: LinkId,
        body: &ChangeLink,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/links/{link}/statuses"), body).await
    }

    /// What a pseudonym was asked.
    pub async fn pseudonym_requests(
        &self,
        signer: &Signer,
        pseudonym: &Pseudonym,
        page: &PageQuery,
    ) -> Result<Page<RequestView>, ClientError> {
        self.list_of(signer, pseudonym, "requests", page).await
    }

    /// What a pseudonym has consented to.
    pub async fn pseudonym_consents(
        &self,
        signer: &Signer,
        pseudonym: &Pseudonym,
        page: &PageQuery,
    ) -> Result<Page<ConsentView>, ClientError> {
        self.list_of(signer, pseudonym, "consents", page).await
    }

    /// The links of a pseudonym.
    pub async fn pseudonym_links(
        &self,
        signer: &Signer,
        pseudonym: &Pseudonym,
        page: &PageQuery,
    ) -> Result<Page<LinkView>, ClientError> {
        self.list_of(signer, pseudonym, "links", page).await
    }

    /// What was done, or tried, with a consent of a pseudonym.
    pub async fn consent_receipts(
        &self,
        signer: &Signer,
        pseudonym: &Pseudonym,
        consent: ConsentId,
        page: &PageQuery,
    ) -> Result<Page<UseReceipt>, ClientError> {
        let list = format!("consents/{consent}/receipts");
        self.list_of(signer, pseudonym, &list, page).await
    }

    async fn list_of<T: DeserializeOwned>(
        &self,
        signer: &Signer,
        pseudonym: &Pseudonym,
        list: &str,
        page: &PageQuery,
    ) -> Result<Page<T>, ClientError> {
        let path = format!("v1/pseudonyms/{}/{list}", pseudonym.surrogate_id());
        let who = Identified {
            signer,
            caller: pseudonym.into(),
        };
        self.get_as(who, &paged(&path, page)).await
    }
}
