//! `/v1/streams` and `/v1/consents/{cr_id}/streams`, as a relay serves them.

#![expect(
    clippy::missing_errors_doc,
    reason = "every method fails as ClientError says"
)]

use assent_api::v1::Outcome;
use assent_api::v1::streams::{
    AnchorStream, ConsentStreams, PutGrant, PutKeys, RECORDS_MEDIA_TYPE, RecordsTaken,
    StandingView, join_records, split_records,
};
use assent_crypto::signature::SigningKey;
use assent_ledger::status_map::StatusProof;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::time::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};

use super::{ClientError, Identified, NodeClient, Repeat, encode, json};
use crate::sink;

/// With what a requester reads a stream.
#[derive(Debug, Clone, Copy)]
pub struct StreamAccess<'a> {
    /// The requester's signing key, to which the token is bound.
    pub key: &'a SigningKey,
    /// A token for the sink's record of the consent.
    pub token: &'a str,
    /// The stream.
    pub stream: StreamId,
    /// The source's record of the consent.
    pub cr_id: ConsentId,
    /// Now.
    pub now: Timestamp,
}

impl NodeClient {
    /// Puts an anchor of a stream into the ledger, as its device.
    pub async fn anchor_stream(
        &self,
        stream: StreamId,
        body: &AnchorStream,
    ) -> Result<Outcome, ClientError> {
        self.post(&format!("v1/streams/{stream}/anchors"), body)
            .await
    }

    /// Uploads records, as the device that signed them. The same records again are taken again.
    pub async fn put_records(
        &self,
        device: Identified<'_>,
        stream: StreamId,
        records: &[&[u8]],
    ) -> Result<RecordsTaken, ClientError> {
        let body = join_records(records.iter().copied());
        let path = format!("v1/streams/{stream}/records");
        let request = || {
            let request = self.request(Method::PUT, &path, Some(&body), Some(device))?;
            // Takes the place of the media type that other bodies have.
            let media_type = HeaderValue::from_static(RECORDS_MEDIA_TYPE);
            Ok(request.headers(HeaderMap::from_iter([(CONTENT_TYPE, media_type)])))
        };
        json(&self.send(Repeat::Harmless, request).await?)
    }

    /// Records from a number on, as the device reads its own.
    pub async fn own_records(
        &self,
        device: Identified<'_>,
        stream: StreamId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, ClientError> {
        let path = format!("v1/streams/{stream}/records?from={from}&limit={limit}");
        let request = || self.request(Method::GET, &path, None, Some(device));
        apart(&self.send(Repeat::Harmless, request).await?)
    }

    /// Records from a number on, as a requester reads them.
    pub async fn read_records(
        &self,
        access: StreamAccess<'_>,
        from: u64,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, ClientError> {
        let StreamAccess { stream, cr_id, .. } = access;
        let path = format!("v1/streams/{stream}/records?from={from}&limit={limit}&cr_id={cr_id}");
        let request = || self.with_access(access, &path);
        apart(&self.send(Repeat::Harmless, request).await?)
    }

    /// A request that shows token and key (RFC 9449).
    pub(super) fn with_access(
        &self,
        access: StreamAccess<'_>,
        path: &str,
    ) -> Result<RequestBuilder, ClientError> {
        let url = self.base.join(path).map_err(|_| ClientError::BadAddress)?;
        let proof = sink::dpop_proof(access.key, access.token, "GET", url.as_str(), access.now)
            .map_err(|_| ClientError::BadAddress)?;
        let request = self.http.get(url);
        Ok(request
            .header(AUTHORIZATION, sink::authorization(access.token))
            .header("DPoP", proof))
    }

    /// What the device may go by. With `after`, the mark of an answer before, it waits for up to 20
    /// seconds until there is something else to say.
    pub async fn standing(
        &self,
        device: Identified<'_>,
        stream: StreamId,
        after: Option<&str>,
    ) -> Result<StandingView<StatusProof>, ClientError> {
        let after = after.map(|mark| format!("?after={mark}"));
        let after = after.unwrap_or_default();
        self.get_as(device, &format!("v1/streams/{stream}/standing{after}"))
            .await
    }

    /// Hands a reader its keys, as the device.
    pub async fn put_stream_keys(
        &self,
        device: Identified<'_>,
        stream: StreamId,
        cr_id: ConsentId,
        body: &PutKeys,
    ) -> Result<(), ClientError> {
        let path = format!("v1/streams/{stream}/keys/{cr_id}");
        self.put_only(device, &path, encode(body)).await
    }

    /// Grants a consent at a stream, as its holder.
    pub async fn put_grant(
        &self,
        holder: Identified<'_>,
        stream: StreamId,
        cr_id: ConsentId,
        body: &PutGrant,
    ) -> Result<(), ClientError> {
        let path = format!("v1/streams/{stream}/grants/{cr_id}");
        self.put_only(holder, &path, encode(body)).await
    }

    /// Takes a grant back, as the holder of the stream.
    pub async fn delete_grant(
        &self,
        holder: Identified<'_>,
        stream: StreamId,
        cr_id: ConsentId,
    ) -> Result<(), ClientError> {
        self.delete_as(holder, &format!("v1/streams/{stream}/grants/{cr_id}"))
            .await
    }

    /// The streams that may be read under the source's record of a consent, as the requester.
    pub async fn consent_streams(
        &self,
        requester: Identified<'_>,
        cr_id: ConsentId,
    ) -> Result<ConsentStreams, ClientError> {
        self.get_as(requester, &format!("v1/consents/{cr_id}/streams"))
            .await
    }

    /// Asks the device for keys, as a requester that has lost its own or has none yet.
    pub async fn ask_stream_keys(
        &self,
        requester: Identified<'_>,
        stream: StreamId,
        cr_id: ConsentId,
    ) -> Result<(), ClientError> {
        let path = format!("v1/streams/{stream}/keys/{cr_id}/requests");
        let request = || self.request(Method::POST, &path, None, Some(requester));
        self.send(Repeat::Harmless, request).await.map(|_| ())
    }

    /// Puts something whose place is all there is to say about it afterwards.
    async fn put_only(
        &self,
        who: Identified<'_>,
        path: &str,
        body: Vec<u8>,
    ) -> Result<(), ClientError> {
        let request = || self.request(Method::PUT, path, Some(&body), Some(who));
        self.send(Repeat::Harmless, request).await.map(|_| ())
    }
}

fn apart(body: &[u8]) -> Result<Vec<Vec<u8>>, ClientError> {
    let records = split_records(body).map_err(|_| ClientError::UnexpectedAnswer {
        status: StatusCode::OK.as_u16(),
    })?;
    Ok(records.into_iter().map(<[u8]>::to_vec).collect())
}
