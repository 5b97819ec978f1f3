//! What the operator does for a person who lost the signing key: pauses or ends consents. Never
//! gives or resumes one: the request has no word for it, and the rules refuse the operator's key.

use std::collections::BTreeSet;
use std::sync::Arc;

use assent_api::problem::Code;
use assent_api::v1::accounts::{ConfirmLostKey, LostKeyStarted, StartLostKey, Stop, Stopped};
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use assent_exchange::command::Command;
use assent_exchange::consent::command::{ConsentCommand, StatusChange};
use assent_exchange::consent::state::{Consent, Status};
use assent_model::ids::{ConsentId, StatusRecordId};
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord};
use assent_model::statement::{self, Envelope, Verified};
use assent_model::time::Span;

use super::{Belongings, belongings};
use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::{self, OneTimeCode, Recipient, Subject};
use crate::http::failure::Failure;
use crate::mail;
use crate::mail::catalogue::Letter;
use crate::network::Network;
use crate::node::Node;
use crate::release::stopping;

/// How long the operator's statements can be submitted: they are, at once.
const STATEMENT_LIFETIME: Span = Span::from_minutes(5);

/// Makes a code for an address, and sends it if the address is somebody's contact. Whether it is,
/// is looked up after the answer, so that no answer tells.
///
/// # Errors
/// The address cannot be written to, or codes were asked for too often.
pub fn start(
    node: &Arc<Node>,
    network: Network,
    body: &StartLostKey,
) -> Result<LostKeyStarted, Failure> {
    let address = EmailAddress::parse(&body.email).ok_or(Code::EmailInvalid)?;
    let now = node.clock.now();
    let index = address.index(&node.index_key);
    node.contacts.lost_keys.take(index, network, now)?;
    let recipient = Recipient {
        address,
        language: body.language.clone(),
    };
    let asked = Digest::of(&random_bytes::<32>());
    let subject = Subject::LostKey(asked);
    let code = node.contacts.codes.issue(subject, recipient.clone(), now)?;
    tokio::spawn(send_if_known(Arc::clone(node), recipient, code));
    Ok(LostKeyStarted {
        asked,
        expires_at: (now + code::LIFETIME).as_millis(),
    })
}

async fn send_if_known(node: Arc<Node>, recipient: Recipient, code: OneTimeCode) {
    // A store that fails has said so; the person asks again.
    if let Ok(Some(party)) = contacts::owner_of(&node, &recipient.address).await {
        node.contacts
            .post
            .tell(party, &recipient, Letter::LostKeyCode(code));
    }
}

/// Pauses or ends consents of the person whose contact the address is, with the operator's key.
///
/// # Errors
/// The code is wrong or spent, a consent is not the person's, or the store does not take writes.
pub async fn confirm(node: &Arc<Node>, body: &ConfirmLostKey) -> Result<Stopped, Failure> {
    let subject = Subject::LostKey(body.asked);
    let recipient = node
        .contacts
        .codes
        .redeem(&subject, &body.code, node.clock.now())?;
    // Codes are only sent to known addresses, but the contact may have gone since.
    let owner = contacts::owner_of(node, &recipient.address).await?;
    let party = owner.ok_or_else(|| Failure::from(Code::CodeSpent))?;
    let belongings = belongings(node, party).await?;
    let wanted = wanted(&belongings, body.consents.as_deref())?;
    let mut stopped = Stopped {
        changed: 0,
        unchanged: 0,
    };
    let mut done = BTreeSet::new();
    for cr_id in wanted {
        let consent = node
            .state
            .get::<Consent>(&cr_id)
            .await?
            .ok_or_else(Failure::not_found)?;
        let is_other_half = consent
            .role
            .counterpart()
            .is_some_and(|other| done.contains(&other));
        if is_other_half || !done.insert(cr_id) {
            continue;
        }
        if is_done(node, &consent, body.stop) {
            stopped.unchanged += 1;
        } else {
            submit(node, cr_id, &consent, body.stop.status()).await?;
            stopped.changed += 1;
        }
    }
    if stopped.changed > 0 {
        mail::write_to(node, party, Letter::ConsentsStopped).await?;
    }
    Ok(stopped)
}

/// The consents that were named, or all. One that is not the person's is as good as none.
fn wanted(
    belongings: &Belongings,
    named: Option<&[ConsentId]>,
) -> Result<BTreeSet<ConsentId>, Failure> {
    let Some(named) = named else {
        return Ok(belongings.consents.clone());
    };
    let named: BTreeSet<ConsentId> = named.iter().copied().collect();
    if named.is_subset(&belongings.consents) {
        Ok(named)
    } else {
        Err(Failure::not_found())
    }
}

fn is_done(node: &Node, consent: &Consent, stop: Stop) -> bool {
    let is_paused = matches!(consent.status, Status::Disabled { .. });
    consent.has_ended(node.clock.now()) || stop == Stop::Disable && is_paused
}

async fn submit(
    node: &Arc<Node>,
    cr_id: ConsentId,
    consent: &Consent,
    status: ConsentStatus,
) -> Result<(), Failure> {
    let counterpart = match consent.role.counterpart() {
        None => None,
        Some(id) => {
            let other = node
                .state
                .get::<Consent>(&id)
                .await?
                .ok_or_else(Failure::not_found)?;
            Some(record(node, id, &other, status))
        }
    };
    let change = StatusChange {
        primary: record(node, cr_id, consent, status),
        counterpart,
    };
    let changes = [change.clone()];
    let command = Command::Consent(ConsentCommand::Change(change));
    stopping::submit(node, command, &changes).await?;
    Ok(())
}

/// The next status record of a consent, signed by the operator.
fn record(
    node: &Node,
    cr_id: ConsentId,
    consent: &Consent,
    consent_status: ConsentStatus,
) -> Verified<ConsentStatusRecord> {
    let record = ConsentStatusRecord {
        record_id: StatusRecordId::random(),
        cr_id,
        surrogate_id: consent.surrogate,
        consent_status,
        resource_set: consent.resource_set.clone(),
        prev: consent.head,
    };
    let signer = *node.operator_key.verifying_key();
    let now = node.clock.now();
    let envelope = Envelope::new(node.chain.clone(), signer, now, STATEMENT_LIFETIME, record);
    statement::sign(envelope, &node.operator_key)
}
