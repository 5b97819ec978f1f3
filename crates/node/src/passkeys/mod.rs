//! Passkeys: keys of an authenticator that sign somebody in (Web Authentication, level 3).
//!
//! They sign nothing else: no record of a consent, no command. What the node keeps of one is sealed,
//! found by a keyed hash of the credential's id, and erased with the account. Authenticators know an
//! account by a keyed hash of the party, so that what they store names nobody.

mod keeping;
mod signing_in;

use assent_api::problem::Code;
use assent_crypto::digest::hmac_sha256;
use assent_crypto::domains;
use assent_model::ids::PartyId;
use serde_json::Value;
use webauthn_rs::prelude::{
    CreationChallengeResponse, PasskeyRegistration, RegisterPublicKeyCredential, Url, Uuid,
    WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use self::keeping::Kept;
use crate::http::failure::Failure;
use crate::mail::{self, catalogue::Letter};
use crate::node::Node;

pub(crate) use keeping::{KIND, list, remove};
pub(crate) use signing_in::{begin, recognise};

/// More than somebody has authenticators.
const PASSKEYS_MAX: u32 = 16;
/// How long a name is, in characters.
const NAME_MAX: usize = 60;
/// How authenticators call the site.
const SITE_NAME: &str = "Assent";

/// The site that passkeys are for.
pub struct Passkeys {
    site: Option<Webauthn>,
}

impl Passkeys {
    /// Passkeys for where people reach the node. Browsers have them for names only: at a bare address
    /// there are none.
    pub fn new(public_url: &str) -> Self {
        let site = Url::parse(public_url).ok().and_then(|origin| {
            let name = origin.domain()?;
            let site = WebauthnBuilder::new(name, &origin).ok()?;
            site.rp_name(SITE_NAME).build().ok()
        });
        Self { site }
    }

    /// Whether there can be passkeys.
    pub(crate) const fn are_offered(&self) -> bool {
        self.site.is_some()
    }

    fn site(&self) -> Result<&Webauthn, Failure> {
        self.site.as_ref().ok_or_else(Failure::not_found)
    }
}

/// Begins to make a passkey for a party: what the browser is asked, and what is kept until it answers.
/// `account` is what authenticators show beside the name of the site.
///
/// # Errors
/// The party has as many as it may have, or the store cannot be read.
pub(crate) async fn prepare(
    node: &Node,
    party: PartyId,
    account: &str,
) -> Result<(Value, PasskeyRegistration), Failure> {
    let known = keeping::all(node, party).await?;
    if known.len() >= PASSKEYS_MAX as usize {
        return Err(Code::TooManyPasskeys.into());
    }
    let known = known.iter().map(|(_, kept)| kept.passkey.cred_id().clone());
    let handle = handle_of(node, party);
    let begun = node.passkeys.site()?.start_passkey_registration(
        handle,
        account,
        account,
        Some(known.collect()),
    );
    let (asked, state) = begun.map_err(|error| refused(&error))?;
    Ok((options(&asked), state))
}

/// What the browser is asked. Signing in asks for no address, so the authenticator has to find the key
/// by itself (a discoverable credential); the library asks for the contrary.
fn options(asked: &CreationChallengeResponse) -> Value {
    let mut asked = serde_json::to_value(asked).expect("options have a JSON form");
    asked["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
    asked
}

/// Keeps the passkey that an authenticator has made, and writes to the person that there is one.
///
/// # Errors
/// The answer is not one to what was asked, the authenticator cannot find the key by itself, the key
/// is known already, or the store does not take writes.
pub(crate) async fn keep(
    node: &Node,
    party: PartyId,
    state: &PasskeyRegistration,
    name: &str,
    answer: &RegisterPublicKeyCredential,
) -> Result<(), Failure> {
    let is_found = answer.extensions.cred_props.as_ref();
    if is_found.is_some_and(|props| props.rk == Some(false)) {
        return Err(Code::PasskeyUnsuitable.into());
    }
    let id = id_of(node, &answer.raw_id);
    if node.store.document(KIND, &id).await?.is_some() {
        return Err(Code::PasskeyTaken.into());
    }
    let made = node.passkeys.site()?;
    let passkey = made.finish_passkey_registration(answer, state);
    let passkey = passkey.map_err(|error| refused(&error))?;
    let kept = Kept::new(named(name), node.clock.now(), passkey);
    if !keeping::add(node, party, &kept).await? {
        return Err(Code::PasskeyTaken.into());
    }
    mail::write_to(node, party, Letter::PasskeyAdded).await?;
    Ok(())
}

/// A name that a person typed, cut where it is too long.
fn named(typed: &str) -> String {
    typed.chars().take(NAME_MAX).collect()
}

/// Under which name authenticators keep the passkeys of a party: the same for all of them, and nothing
/// to anybody else.
fn handle_of(node: &Node, party: PartyId) -> Uuid {
    let party = party.to_string();
    let digest = hmac_sha256(&node.index_key, domains::PASSKEY_USER, &[party.as_bytes()]);
    let (bytes, _) = digest
        .as_bytes()
        .split_first_chunk()
        .expect("32 bytes begin with 16");
    Uuid::from_bytes(*bytes)
}

/// What an authenticator says does not hold. Why is for nobody but the operator.
fn refused(error: &WebauthnError) -> Failure {
    tracing::debug!(?error, "a passkey is refused");
    Code::PasskeyRefused.into()
}

/// The id by which a passkey is kept and named: the store does not say in clear which credential it is.
fn id_of(node: &Node, credential: &[u8]) -> String {
    hmac_sha256(&node.index_key, domains::PASSKEY, &[credential]).to_string()
}
