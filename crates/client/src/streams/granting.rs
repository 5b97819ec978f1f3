//! The holder's side: a grant, sealed to the device, and the word that ties a consent to a stream.

use std::collections::BTreeMap;

use assent_api::v1::streams::PutGrant;
use assent_crypto::base64url;
use assent_crypto::domains::SEAL_STREAM_GRANT;
use assent_crypto::sealing::{self, SealingKey};
use assent_crypto::signature::SigningKey;
use assent_model::description::ServiceDescription;
use assent_model::names::DatasetId;
use assent_model::records::consent::ResourceSet;
use assent_model::records::stream::{StreamGrant, StreamNaming};
use assent_model::vocabulary::Resolution;

use super::binding;
use crate::statements::Signer;

/// With which keys a person grants a stream.
#[derive(Debug, Clone, Copy)]
pub struct Granting<'k> {
    /// The key that holds the stream.
    pub holder: &'k SigningKey,
    /// The key that signed the source's record of the consent.
    pub consent: &'k SigningKey,
    /// The device's.
    pub device: &'k SealingKey,
}

/// What of a consent comes as streams.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Streamed {
    /// The datasets that are streams.
    pub resource_set: ResourceSet,
    /// How fine each of them is.
    pub resolutions: BTreeMap<DatasetId, Resolution>,
}

impl Streamed {
    /// What a consent covers of the streams of its source: `source` is the description that the source's
    /// record names. What else the person consented to is nothing that a device has to hear of. A
    /// description that contradicts itself has no streams: with two datasets of one id, what the person
    /// read of the one could be granted of the other.
    pub fn of(source: &ServiceDescription, consented: &ResourceSet) -> Self {
        let mut streamed = Self::default();
        if source.check().is_err() {
            return streamed;
        }
        for dataset in &source.datasets {
            let concepts = consented.get(&dataset.dataset_id);
            if let (Some(resolution), Some(concepts)) = (dataset.resolution, concepts) {
                let id = dataset.dataset_id.clone();
                streamed.resource_set.insert(id.clone(), concepts.clone());
                streamed.resolutions.insert(id, resolution);
            }
        }
        streamed
    }

    /// Whether there is nothing to grant.
    pub fn is_empty(&self) -> bool {
        self.resource_set.is_empty()
    }
}

/// What a holder puts at the relay: the grant, which the device alone can read, and the naming.
pub fn granted(signer: &Signer, keys: Granting<'_>, grant: StreamGrant) -> PutGrant {
    let (stream_id, cr_id) = (grant.stream_id, grant.cr_id);
    let naming = StreamNaming {
        stream_id,
        cr_id,
        history_from: grant.history_from,
    };
    let signed = signer.sign(keys.holder, grant);
    let sealed = sealing::seal(
        keys.device,
        SEAL_STREAM_GRANT.as_bytes(),
        &binding(stream_id, cr_id),
        signed.compact().as_bytes(),
    );
    let naming = signer.sign(keys.consent, naming);
    PutGrant {
        grant: base64url::encode(&sealed),
        naming: naming.compact().to_owned(),
    }
}
