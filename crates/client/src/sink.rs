//! What a service does to get data under a consent: show its key, fetch, open.

use assent_api::v1::releases::DpopClaims;
use assent_crypto::digest::Digest;
use assent_crypto::jws;
use assent_crypto::signature::SigningKey;
use assent_model::canonical;
use assent_model::names::{DatasetId, Jti};
use assent_model::time::Timestamp;

use crate::source::target;

/// The placeholder in a data endpoint.
const DATASET: &str = "{dataset}";

/// The address is not one that data can be fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address of the data is not valid")]
pub struct InvalidTarget;

/// The value of the `Authorization` header.
pub fn authorization(token: &str) -> String {
    format!("DPoP {token}")
}

/// The value of the `DPoP` header (RFC 9449, section 4.2): that the holder of `key` uses `token`
/// for one request. Good for a minute and one use.
///
/// # Errors
/// `url` is not a whole address.
pub fn dpop_proof(
    key: &SigningKey,
    token: &str,
    method: &str,
    url: &str,
    now: Timestamp,
) -> Result<String, InvalidTarget> {
    let claims = DpopClaims {
        htm: method.to_owned(),
        htu: target(url).ok_or(InvalidTarget)?.into(),
        ath: Digest::of(token.as_bytes()).to_string(),
        iat: now.as_seconds(),
        jti: Jti::random(),
    };
    Ok(jws::sign_dpop(key, &canonical::encode(&claims)))
}

/// The address of a dataset at the data endpoint of a service description.
pub fn data_url(endpoint: &str, dataset: &DatasetId) -> String {
    // Of the characters of a dataset id, only the slash means something in a path.
    endpoint.replace(DATASET, &dataset.as_str().replace('/', "%2F"))
}
