//! Tests of the public behaviour of the crate, one module for each of its own.

mod base64url;
mod digest;
mod domains;
mod dpop;
mod forge;
mod jws;
mod jws_peers;
mod pake;
mod sealing;
mod secrets;
mod signature;
mod signature_rule;
mod strict_json;
mod vault;
