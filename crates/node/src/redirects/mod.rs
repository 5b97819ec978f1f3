//! People whom a service sends here and who go back with an answer.
//!
//! A service pushes what it wants and gets a link that is good for one answer; the person goes back
//! to an address that the signed description names, and nowhere else, with a code that only the
//! service that pushed can redeem, once. The store knows links and codes by keyed hashes, and keeps sealed what they lead to.

mod address;
mod code;
mod pushing;

use assent_crypto::base64url;
use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains::Domain;
use assent_crypto::random::random_bytes;
use assent_model::ids::{PartyId, RequestId};
use assent_model::records::service::DescriptionRef;
use assent_model::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use address::{Refused, refused};
pub(crate) use code::{answered, redeem_consent, redeem_link};
pub(crate) use pushing::{Opened, open, push_consent, push_link};

use crate::node::Node;

/// How long a link is good.
const LINK_LIFETIME: Span = Span::from_minutes(60);
/// How long a code is good: its service has the person's browser open.
const CODE_LIFETIME: Span = Span::from_minutes(5);

/// What a service wants of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// An answer to a consent request.
    Answer(RequestId),
    /// A link.
    Link {
        /// With which service.
        service: DescriptionRef,
        /// The commitment to the person's account there.
        account: Digest,
    },
}

/// What was pushed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pushed {
    /// What is wanted.
    pub(crate) wanted: Wanted,
    /// By whom.
    pub(crate) provider: PartyId,
    redirect_uri: String,
    state: String,
    code_challenge: Digest,
}

/// A secret of 32 random bytes, spelled for addresses.
fn secret() -> String {
    base64url::encode(&random_bytes::<32>())
}

/// Where the store keeps what a secret leads to.
fn place(node: &Node, domain: Domain, secret: &str) -> String {
    hmac_sha256(&node.index_key, domain, &[secret.as_bytes()]).to_string()
}

/// Whether something kept until `end` is still good.
fn is_good(node: &Node, end: Option<Timestamp>) -> bool {
    end.is_some_and(|end| node.clock.now() < end)
}
