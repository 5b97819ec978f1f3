//! The reader's side: the streams that may be read under a consent.

use assent_api::v1::consents::ConsentView;
use assent_api::v1::streams::ConsentStream;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::{ConsentId, StreamId, SurrogateId};
use assent_model::names::ChainId;
use assent_model::records::consent::{ConsentRecord, RolePart};
use assent_model::records::stream::{StreamKeys, StreamNaming};
use assent_model::statement::{self, Verified};
use assent_model::time::Timestamp;

/// A stream that who gave the consent has named.
#[derive(Debug, Clone)]
pub struct NamedStream {
    /// The stream.
    pub stream_id: StreamId,
    /// The key that signs its records, as the relay says; [`check`] has compared the keys with it.
    pub device_key: VerifyingKey,
    /// From when on it may be read what was measured before the grant; `None` where nothing of it.
    pub history_from: Option<Timestamp>,
    /// The keys that the device gave for this consent; [`crate::channel::keys::open`] opens them.
    pub keys: Option<Verified<StreamKeys>>,
}

/// Why a stream is not read under a consent. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NamingFault {
    /// The record is not a valid source's record for this pair.
    #[error("the record is not the source's record of the pair")]
    Record,
    /// The naming is not signed by who gave the consent, or names something else.
    #[error("who gave the consent did not name this stream")]
    Naming,
    /// The keys are not the device's, or for something else.
    #[error("the keys are not those of the stream's device for this consent")]
    Keys,
}

/// Checks that a stream was named for a consent, by who gave it. `source` is the source's record as
/// the node shows it, `sink` the reader's own, which it has checked
/// ([`chain_check::check`](crate::chain_check::check)).
///
/// # Errors
/// The first thing that does not hold.
pub fn check(
    stream: &ConsentStream,
    source: &ConsentView,
    sink: &ConsentRecord,
    chain: &ChainId,
) -> Result<NamedStream, NamingFault> {
    let record =
        statement::verify::<ConsentRecord>(&source.record).map_err(|_| NamingFault::Record)?;
    let is_this = record.envelope().aud == *chain && is_pair(&record, sink);
    if !is_this {
        return Err(NamingFault::Record);
    }
    let cr_id = record.content().common_part.cr_id;
    let naming =
        statement::verify::<StreamNaming>(&stream.naming).map_err(|_| NamingFault::Naming)?;
    let said = naming.content();
    let is_named = naming.signer() == record.signer()
        && naming.envelope().aud == *chain
        && said.stream_id == stream.stream_id
        && said.cr_id == cr_id;
    if !is_named {
        return Err(NamingFault::Naming);
    }
    let keys = stream.keys.as_deref();
    let keys = keys.map(|compact| read_keys(compact, stream, cr_id, chain));
    Ok(NamedStream {
        stream_id: stream.stream_id,
        device_key: stream.device_key,
        history_from: said.history_from,
        keys: keys.transpose()?,
    })
}

/// Whether the source's record is the one that the sink's record names, signed with the key of the
/// alias that it names too.
fn is_pair(record: &Verified<ConsentRecord>, sink: &ConsentRecord) -> bool {
    let source = record.content();
    let RolePart::Sink {
        source_cr_id,
        source_surrogate_id,
        ..
    } = &sink.role_specific_part
    else {
        return false;
    };
    let common = &source.common_part;
    matches!(source.role_specific_part, RolePart::Source { .. })
        && common.cr_id == *source_cr_id
        && common.surrogate_id == *source_surrogate_id
        && SurrogateId::of(record.signer()) == *source_surrogate_id
}

fn read_keys(
    compact: &str,
    stream: &ConsentStream,
    cr_id: ConsentId,
    chain: &ChainId,
) -> Result<Verified<StreamKeys>, NamingFault> {
    let keys = statement::verify::<StreamKeys>(compact).map_err(|_| NamingFault::Keys)?;
    let said = keys.content();
    let is_this = said.stream_id == stream.stream_id && said.cr_id == cr_id;
    if is_this && *keys.signer() == stream.device_key && keys.envelope().aud == *chain {
        Ok(keys)
    } else {
        Err(NamingFault::Keys)
    }
}
