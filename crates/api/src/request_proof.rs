//! How a caller shows who it is: one signed statement a request.
//!
//! `Authorization: Assent <compact JWS>`, where the JWS is a statement (see
//! `assent_model::statement`) of family `assent-request+jwt` whose content binds method, target
//! and body. It is good for one request: the node remembers each `jti` until it expires.

use assent_crypto::digest::Digest;
use assent_crypto::jws::Typ;
use assent_model::ids::{PartyId, SurrogateId};
use assent_model::statement::Content;
use serde::{Deserialize, Serialize};

/// The scheme of the `Authorization` header.
pub const SCHEME: &str = "Assent";

/// What a request proof says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestProof {
    /// Who calls.
    pub actor: Actor,
    /// The HTTP method, in capitals.
    pub htm: String,
    /// Path and query of the request target, as sent.
    pub htu: String,
    /// SHA-256 of the body; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Digest>,
}

impl Content for RequestProof {
    const TYP: Typ = Typ("assent-request+jwt");
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A registered party, with its current signing key.
    Party(PartyId),
    /// A pseudonym, with the key that it is derived from.
    Surrogate(SurrogateId),
}
