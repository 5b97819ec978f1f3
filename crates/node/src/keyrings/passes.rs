//! Passes of devices without keys whose page another site serves. Such a page has no session here: a code
//! that was mailed to the person gives it a pass instead, which reads the encrypted keyring and has the
//! device wait, and does nothing else. Passes are in memory alone, as digests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assent_api::problem::Code;
use assent_api::v1::devices::{AskPass, ConfirmPass, DevicePass, PassAsked};
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_model::time::{Span, Timestamp};

use crate::contacts;
use crate::contacts::address::EmailAddress;
use crate::contacts::code::{self, OneTimeCode, Recipient, Subject};
use crate::http::failure::Failure;
use crate::mail::catalogue::Letter;
use crate::network::Network;
use crate::node::Node;

/// How long a pass is good: longer than a device waits.
const LIFETIME: Span = Span::from_minutes(15);
/// The most passes that are good at a time.
const PASSES_MAX: usize = 10_000;

type Good = BTreeMap<Digest, (PartyId, Timestamp)>;

/// The passes that are good.
#[derive(Debug, Default)]
pub struct Passes {
    good: Mutex<Good>,
}

impl Passes {
    fn good(&self, now: Timestamp) -> MutexGuard<'_, Good> {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.retain(|_, (_, expires_at)| now < *expires_at);
        good
    }

    fn issue(&self, party: PartyId, now: Timestamp) -> Result<DevicePass, Failure> {
        let secret = random_bytes::<32>();
        let expires_at = now + LIFETIME;
        let mut good = self.good(now);
        if good.len() >= PASSES_MAX {
            return Err(Code::RateLimited.into());
        }
        good.insert(Digest::of(&secret), (party, expires_at));
        Ok(DevicePass {
            party_id: party,
            pass: base64url::encode(&secret),
            expires_at: expires_at.as_millis(),
        })
    }

    /// Whose pass it is, if it is good.
    pub fn party(&self, pass: &str, now: Timestamp) -> Option<PartyId> {
        let secret = base64url::decode(pass).ok()?;
        self.good(now)
            .get(&Digest::of(&secret))
            .map(|(party, _)| *party)
    }

    /// Ends the passes of a party.
    pub fn forget(&self, party: PartyId) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        good.retain(|_, (of, _)| *of != party);
    }
}

/// Makes a code for an address, and sends it if the address is somebody's contact. Whether it is, is
/// looked up after the answer, so that no answer tells. Nobody who knows an address voids the code of
/// somebody else: it is good for who asked.
///
/// # Errors
/// The address cannot be written to, or codes were asked for too often.
pub fn ask(node: &Arc<Node>, network: Network, body: &AskPass) -> Result<PassAsked, Failure> {
    let address = EmailAddress::parse(&body.email).ok_or(Code::EmailInvalid)?;
    let (contacts, now) = (&node.contacts, node.clock.now());
    contacts
        .passes
        .take(address.index(&node.index_key), network, now)?;
    let recipient = Recipient {
        address,
        language: body.language.clone(),
    };
    let asked = Digest::of(&random_bytes::<32>());
    let code = contacts
        .codes
        .issue(Subject::Pass(asked), recipient.clone(), now)?;
    tokio::spawn(send_if_known(Arc::clone(node), recipient, code));
    Ok(PassAsked {
        asked,
        expires_at: (now + code::LIFETIME).as_millis(),
    })
}

async fn send_if_known(node: Arc<Node>, recipient: Recipient, code: OneTimeCode) {
    // A store that fails has said so; the person asks again.
    if let Ok(Some(party)) = contacts::owner_of(&node, &recipient.address).await {
        let letter = Letter::PassCode(code);
        node.contacts.post.tell(party, &recipient, letter);
    }
}

/// Gives a pass for the code.
///
/// # Errors
/// The code is wrong or spent, or too many passes are good.
pub async fn confirm(node: &Node, body: &ConfirmPass) -> Result<DevicePass, Failure> {
    let (now, subject) = (node.clock.now(), Subject::Pass(body.asked));
    let recipient = node.contacts.codes.redeem(&subject, &body.code, now)?;
    // Codes are only sent to known addresses, but the contact may have gone since.
    let owner = contacts::owner_of(node, &recipient.address).await?;
    node.keyrings
        .passes
        .issue(owner.ok_or(Code::CodeSpent)?, now)
}
