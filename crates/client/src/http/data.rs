//! Fetching data from a source.

use assent_crypto::signature::SigningKey;
use assent_model::time::Timestamp;
use reqwest::Url;
use reqwest::header::AUTHORIZATION;

use super::{ClientError, attempt, check_secure, http_client, json};
use crate::document::SealedDocument;
use crate::sink::{self, InvalidTarget};

/// Why a document could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that data can be fetched from.
    #[error(transparent)]
    Target(#[from] InvalidTarget),
    /// The source did not answer with a document.
    #[error("the source gives no document")]
    Client(#[from] ClientError),
}

/// A client of sources.
#[derive(Debug, Clone)]
pub struct DataClient {
    http: reqwest::Client,
}

impl DataClient {
    /// A client.
    ///
    /// # Errors
    /// The TLS set-up fails.
    pub fn new() -> Result<Self, ClientError> {
        Ok(Self {
            http: http_client()?,
        })
    }

    /// Fetches a document with a token and a proof that `key` holds it. Never tried again: each
    /// attempt is a release that the person sees.
    ///
    /// # Errors
    /// The address is not acceptable, or the source gives no document.
    pub async fn fetch(
        &self,
        key: &SigningKey,
        token: &str,
        url: &str,
        now: Timestamp,
    ) -> Result<SealedDocument, FetchError> {
        let proof = sink::dpop_proof(key, token, "GET", url, now)?;
        let url = Url::parse(url).map_err(|_| InvalidTarget)?;
        check_secure(&url)?;
        let request = self
            .http
            .get(url)
            .header(AUTHORIZATION, sink::authorization(token))
            .header("DPoP", proof);
        Ok(json(&attempt(request).await?)?)
    }
}
