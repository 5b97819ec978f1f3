//! The relay of a node.

use std::sync::Arc;

use assent_api::v1::streams::AnchorView;
use assent_client::chain_check::CheckedConsent;
use assent_client::http::{StreamAccess, StreamTail, TailEvent};
use assent_client::streams::named::{self, NamingFault};
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::consent::RolePart;
use assent_model::records::stream::StreamAnchor;
use async_trait::async_trait;

use super::relay::{Coming, NamedStream, Relay, RelayError, Tail};
use crate::now;
use crate::provider::Provider;

/// Streams at the node that the organisation is registered at.
#[derive(Debug)]
pub struct NodeRelay {
    provider: Arc<Provider>,
}

impl NodeRelay {
    /// The streams at the node of this organisation.
    pub fn new(provider: Arc<Provider>) -> Self {
        Self { provider }
    }
}

#[async_trait]
impl Relay for NodeRelay {
    async fn stream(&self, consent: &CheckedConsent) -> Result<Option<NamedStream>, RelayError> {
        let (client, signer) = (&self.provider.client, self.provider.signer());
        let source_id = source(consent)?;
        let requester = self.provider.identified(&signer);
        let offered = client.consent_streams(requester, source_id).await?;
        if offered.streams.is_empty() {
            return Ok(None);
        }
        let source = client.consent(source_id).await?;
        let mut fault = None;
        for stream in &offered.streams {
            match named::check(stream, &source, consent.record(), self.provider.chain()) {
                Ok(named) => return Ok(Some(named)),
                Err(found) => fault = fault.or(Some(found)),
            }
        }
        fault.map_or(Ok(None), |fault| Err(RelayError::NotNamed(fault)))
    }

    async fn ask_keys(&self, consent: &CheckedConsent, stream: StreamId) -> Result<(), RelayError> {
        let signer = self.provider.signer();
        let requester = self.provider.identified(&signer);
        let asked = self
            .provider
            .client
            .ask_stream_keys(requester, stream, source(consent)?);
        Ok(asked.await?)
    }

    async fn tail(
        &self,
        consent: &CheckedConsent,
        stream: StreamId,
        from: u64,
    ) -> Result<Box<dyn Tail>, RelayError> {
        let token = self.provider.token(consent.cr_id()).await?;
        let access = StreamAccess {
            key: &self.provider.keys.signing,
            token: &token,
            stream,
            cr_id: source(consent)?,
            now: now(),
        };
        let tail = self.provider.client.tail(access, from).await?;
        Ok(Box::new(NodeTail(tail)))
    }

    async fn anchored(&self, stream: StreamId) -> Result<Option<StreamAnchor>, RelayError> {
        let view = self.provider.client.stream(stream).await?;
        let anchor = |anchor: AnchorView| StreamAnchor {
            stream_id: stream,
            sequence: anchor.sequence,
            head: anchor.head,
        };
        Ok(view.anchor.map(anchor))
    }
}

struct NodeTail(StreamTail);

#[async_trait]
impl Tail for NodeTail {
    async fn next(&mut self) -> Coming {
        match self.0.next().await {
            Ok(Some(TailEvent::Record { bytes, .. })) => Coming::Record(bytes),
            Ok(Some(TailEvent::Ended(code))) => Coming::Ended(code),
            Ok(None) | Err(_) => Coming::HungUp,
        }
    }
}

/// The source's record of the pair.
fn source(consent: &CheckedConsent) -> Result<ConsentId, RelayError> {
    match &consent.record().role_specific_part {
        RolePart::Sink { source_cr_id, .. } => Ok(*source_cr_id),
        _ => Err(RelayError::NotNamed(NamingFault::Record)),
    }
}
