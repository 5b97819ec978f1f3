//! Grants, namings and keys: what holder and device leave for each other and for readers.

use std::sync::Arc;

use assent_api::problem::{Code, Problem};
use assent_api::v1::streams::{ConsentStream, PutGrant};
use assent_crypto::base64url;
use assent_exchange::consent::state::{Consent, Role};
use assent_exchange::stream::state::{Stream, StreamStatus};
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::stream::{StreamGrant, StreamKeys, StreamNaming};
use assent_model::statement::{self, Verified};
use assent_model::time::{Span, Timestamp};
use assent_storage::Document;
use serde::{Deserialize, Serialize};

use super::{Channel, known, lessening, open};
use crate::http::failure::Failure;
use crate::node::Node;
use crate::release::decide::standing_refusal;
use crate::vaulted;

const KIND: &str = "stream-grant";
/// Finds the streams of a consent.
const NAMED: &str = "consent-stream";
/// The most grants at a stream, and the most streams that a consent is about.
const GRANTS_MAX: usize = 1024;
const STREAMS_MAX: usize = 32;
/// The longest sealed grant, in bytes.
const GRANT_BYTES_MAX: usize = 16 * 1024;
/// How many are read at a time.
const PAGE: u32 = 256;
/// How long a reader waits before it asks for keys again.
const ASK_AGAIN_AFTER: Span = Span::from_seconds(60);

/// A grant as the relay keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Granted {
    pub(crate) stream_id: StreamId,
    /// The source's record of the consent.
    pub(crate) cr_id: ConsentId,
    /// Sealed to the device.
    pub(crate) grant: String,
    pub(crate) naming: String,
    /// Sealed to the reader.
    pub(crate) keys: Option<String>,
    /// Whether the reader waits for keys.
    pub(crate) wants_keys: bool,
    asked_at: Timestamp,
}

impl Granted {
    fn id(&self) -> String {
        name(self.stream_id, self.cr_id)
    }

    /// From when on what was measured before the grant is given; `None` where nothing of it is.
    pub(crate) fn history_from(&self) -> Option<Timestamp> {
        // Checked when it was taken: a naming that does not verify would be damage of the store.
        let naming = statement::verify::<StreamNaming>(&self.naming).ok()?;
        naming.content().history_from
    }

    fn document(&self, node: &Node) -> Document {
        vaulted::document(
            node,
            KIND,
            self.id(),
            self.stream_id.to_string(),
            None,
            self,
        )
    }
}

fn name(stream: StreamId, consent: ConsentId) -> String {
    format!("{stream}/{consent}")
}

/// The grants at a stream.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn of_stream(node: &Node, id: StreamId) -> Result<Vec<Granted>, Failure> {
    let owner = id.to_string();
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = node.store.documents_of(KIND, &owner, &after, PAGE).await?;
        for stored in &page {
            all.push(vaulted::opened(node, stored)?);
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after.clone_from(&last.document.id),
            _ => return Ok(all),
        }
    }
}

/// The grant of a consent at a stream.
///
/// # Errors
/// There is none, or the store cannot be read.
pub(crate) async fn one(
    node: &Node,
    stream: StreamId,
    consent: ConsentId,
) -> Result<Granted, Failure> {
    let stored = node.store.document(KIND, &name(stream, consent)).await?;
    let stored = stored.ok_or_else(Failure::not_found)?;
    vaulted::opened(node, &stored)
}

/// Takes a grant of the holder.
///
/// # Errors
/// The stream is closed, the consent is not active, or the naming is not by who gave it.
pub(crate) async fn put(
    node: &Node,
    id: StreamId,
    consent: ConsentId,
    body: PutGrant,
) -> Result<(), Failure> {
    open(node, id).await?;
    check_naming(node, id, consent, &body.naming).await?;
    let sealed = base64url::decode(&body.grant);
    if !sealed.is_ok_and(|sealed| sealed.len() <= GRANT_BYTES_MAX) {
        return Err(Problem::new(Code::MalformedBody)
            .with_detail("grant")
            .into());
    }
    let channel = node.streams.channel(id);
    let _writing = channel.writing.lock().await;
    let all = of_stream(node, id).await?;
    let before = all.iter().find(|one| one.cr_id == consent);
    let owner = consent.to_string();
    let limit = u32::try_from(STREAMS_MAX).expect("few streams");
    let named = node.store.documents_of(NAMED, &owner, "", limit).await?;
    if before.is_none() && (all.len() >= GRANTS_MAX || named.len() >= STREAMS_MAX) {
        return Err(Code::TooManyGrants.into());
    }
    let is_same = before.is_some_and(|before| before.grant == body.grant);
    let granted = Granted {
        stream_id: id,
        cr_id: consent,
        keys: before.filter(|_| is_same).and_then(|one| one.keys.clone()),
        // The device sees that the grant is another, and hands keys over unasked.
        wants_keys: is_same && before.is_some_and(|before| before.wants_keys),
        asked_at: Timestamp::from_millis(0),
        grant: body.grant,
        naming: body.naming,
    };
    let found = Document {
        kind: NAMED.into(),
        id: format!("{consent}/{id}"),
        owner,
        expires_at: None,
        body: Vec::new(),
    };
    node.store
        .put_documents(vec![granted.document(node), found])
        .await?;
    look_again(node, id, &channel).await
}

/// Who gave the consent says that it is about this stream, and it is in force.
async fn check_naming(
    node: &Node,
    id: StreamId,
    cr_id: ConsentId,
    naming: &str,
) -> Result<(), Failure> {
    let naming = statement::verify::<StreamNaming>(naming)?;
    let envelope = naming.envelope();
    envelope
        .check(&node.chain, node.clock.now())
        .map_err(|rejection| Failure::rejected(rejection.into()))?;
    let consent = node.state.get::<Consent>(&cr_id).await?;
    let consent = consent.filter(|consent| matches!(consent.role, Role::Source { .. }));
    let consent = consent.ok_or_else(|| Failure::from(Code::NamingInvalid))?;
    let said = naming.content();
    let is_this = said.stream_id == id && said.cr_id == cr_id;
    if *naming.signer() != consent.key || !is_this {
        return Err(Code::NamingInvalid.into());
    }
    in_force(node, cr_id, &consent)
}

fn in_force(node: &Node, cr_id: ConsentId, consent: &Consent) -> Result<(), Failure> {
    match standing_refusal(node, cr_id, consent, node.clock.now()) {
        Some(refusal) => Err(Failure::refused(refusal.code(), refusal.title())),
        None => Ok(()),
    }
}

/// Notes what may be read less, and tells all who wait.
async fn look_again(node: &Node, id: StreamId, channel: &Channel) -> Result<(), Failure> {
    lessening::lessened(node, id).await?;
    channel.tell();
    Ok(())
}

/// Takes a grant away. Measurements that the device has sealed without knowing are held back.
///
/// # Errors
/// There is none, or the store does not take writes.
pub(crate) async fn delete(node: &Node, id: StreamId, consent: ConsentId) -> Result<(), Failure> {
    known(node, id).await?;
    let channel = node.streams.channel(id);
    let _writing = channel.writing.lock().await;
    if !remove(node, id, consent).await? {
        return Err(Failure::not_found());
    }
    look_again(node, id, &channel).await
}

async fn remove(node: &Node, id: StreamId, consent: ConsentId) -> Result<bool, Failure> {
    let found = format!("{consent}/{id}");
    node.store.delete_document(NAMED, &found).await?;
    let name = name(id, consent);
    Ok(node.store.delete_document(KIND, &name).await?)
}

/// Forgets all grants and keys of a stream that is closed. Its tails end.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn clear(node: &Node, id: StreamId) -> Result<(), Failure> {
    let channel = node.streams.channel(id);
    let _writing = channel.writing.lock().await;
    for granted in of_stream(node, id).await? {
        remove(node, id, granted.cr_id).await?;
    }
    lessening::forget(node, id).await?;
    channel.tell();
    Ok(())
}

/// Takes the keys that the device seals to a reader.
///
/// # Errors
/// They are not the device's for the grant that is there now, or there is none.
pub(crate) async fn put_keys(
    node: &Node,
    id: StreamId,
    consent: ConsentId,
    keys: &Verified<StreamKeys>,
) -> Result<(), Failure> {
    let stream = open(node, id).await?;
    let said = keys.content();
    let is_this = said.stream_id == id && said.cr_id == consent;
    let is_devices = *keys.signer() == stream.device_key && keys.envelope().aud == node.chain;
    if !is_this || !is_devices {
        return Err(Code::KeysInvalid.into());
    }
    let channel = node.streams.channel(id);
    let _writing = channel.writing.lock().await;
    let mut granted = one(node, id, consent).await?;
    if said.grant != StreamGrant::digest(&granted.grant) {
        return Err(Code::KeysInvalid.into());
    }
    granted.keys = Some(keys.compact().to_owned());
    granted.wants_keys = false;
    node.store
        .put_documents(vec![granted.document(node)])
        .await?;
    channel.tell();
    Ok(())
}

/// Notes that a reader waits for keys.
///
/// # Errors
/// The caller is not the reader, its consent is not in force, or it asked a moment ago.
pub(crate) async fn ask_keys(
    node: &Node,
    requester: PartyId,
    id: StreamId,
    consent: ConsentId,
) -> Result<(), Failure> {
    open(node, id).await?;
    of_requester(node, requester, consent).await?;
    let channel = node.streams.channel(id);
    let _writing = channel.writing.lock().await;
    let mut granted = one(node, id, consent).await?;
    if granted.wants_keys {
        return Ok(());
    }
    let now = node.clock.now();
    if now < granted.asked_at + ASK_AGAIN_AFTER {
        return Err(Code::RateLimited.into());
    }
    granted.wants_keys = true;
    granted.asked_at = now;
    node.store
        .put_documents(vec![granted.document(node)])
        .await?;
    channel.tell();
    Ok(())
}

/// A source's record whose requester calls, while it is in force.
async fn of_requester(
    node: &Node,
    requester: PartyId,
    cr_id: ConsentId,
) -> Result<Arc<Consent>, Failure> {
    let consent = node.state.get::<Consent>(&cr_id).await?;
    let consent = consent.ok_or_else(Failure::not_found)?;
    let Role::Source { counterpart, .. } = &consent.role else {
        return Err(Failure::not_found());
    };
    let sink = node.state.get::<Consent>(counterpart).await?;
    // Whoever is not the requester learns nothing about the consent.
    if sink.is_none_or(|sink| sink.provider != requester) {
        return Err(Failure::not_found());
    }
    in_force(node, cr_id, &consent)?;
    Ok(consent)
}

/// The streams that may be read under a source's record, for its requester.
///
/// # Errors
/// The caller is not the requester, or the consent is not in force.
pub(crate) async fn of_consent(
    node: &Node,
    requester: PartyId,
    cr_id: ConsentId,
) -> Result<Vec<ConsentStream>, Failure> {
    of_requester(node, requester, cr_id).await?;
    let limit = u32::try_from(STREAMS_MAX).expect("few streams");
    let owner = cr_id.to_string();
    let named = node.store.documents_of(NAMED, &owner, "", limit).await?;
    let mut streams = Vec::with_capacity(named.len());
    for stored in named {
        let id = stored.document.id.rsplit('/').next().unwrap_or_default();
        let id: StreamId = id.parse().map_err(|_| Failure::from(Code::Internal))?;
        let stream = node.state.get::<Stream>(&id).await?;
        let stream = stream.filter(|stream| stream.status == StreamStatus::Open);
        let Some(stream) = stream else { continue };
        let Ok(granted) = one(node, id, cr_id).await else {
            continue;
        };
        streams.push(ConsentStream {
            stream_id: id,
            device_key: stream.device_key,
            naming: granted.naming,
            keys: granted.keys,
        });
    }
    Ok(streams)
}
