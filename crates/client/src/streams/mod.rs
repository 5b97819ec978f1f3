//! Consents at a stream: what a holder grants, what a device believes of it, what a reader checks.
//!
//! A relay stands between them and is believed by nobody. The holder signs a grant and seals it to
//! the device ([`granting`]). The device gets it back with the consent and with proof of where that
//! stands, and holds all of it against what it knew before ([`StreamTrust::verify`]). The reader
//! holds the stream against the consent that it has ([`named::check`]), so that nobody hangs another
//! household's meter on it.

mod bounds;
mod grant_check;
pub mod granting;
pub mod named;
mod standing;
mod trust;

pub use bounds::Bounds;
pub use granting::{Granting, Streamed, granted};
pub use named::{NamedStream, NamingFault};
pub use standing::{Standing, StandingFault, StandingGrant};
pub use trust::{StreamTrust, TrustError};

use assent_model::canonical;
use assent_model::ids::{ConsentId, StreamId};
use serde::Serialize;

/// What a sealed grant is bound to.
#[derive(Serialize)]
struct Binding {
    cr_id: ConsentId,
    stream_id: StreamId,
}

fn binding(stream_id: StreamId, cr_id: ConsentId) -> Vec<u8> {
    canonical::encode(&Binding { cr_id, stream_id })
}
