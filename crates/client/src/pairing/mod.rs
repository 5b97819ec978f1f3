//! Pairing a device with a person who stands before it.
//!
//! The device shows a code, the person enters it, and both know that nobody stands between them:
//! [`Showing`] is the device's side, [`Entering`] the person's. The code goes into a key exchange
//! (SPAKE2, see [`assent_crypto::pake`]) that cannot be searched offline, however short it is, and
//! whose confirmations cover the [`Terms`]: both identities and their keys, the stream, and the root
//! of its channel. Who relays the messages can stop a pairing, and learns nothing of use.
//!
//! ```text
//!  device                         relay                          person
//!    │── Offer (under the nameplate) ──►│◄── enters the code ───────│
//!    │◄─────────────────────── Hello (share, holder) ──────────────│
//!    │── Answer (share, confirmation) ────────────────────────────►│ paired
//!    │◄─────────────── Confirm (confirmation, holding) ────────────│
//!  paired
//! ```
//!
//! [`Showing`] and [`Entering`] read no clock, wait for nobody and send nothing. [`show`] and [`enter`]
//! do all of it over a node, for whoever does not want to: time is passed to them as well.
//!
//! ```
//! use assent_client::pairing::{Entering, Holder, Offer, PairingCode, Showing};
//! use assent_crypto::digest::Digest;
//! use assent_crypto::signature::SigningKey;
//! use assent_model::ids::{PartyId, StreamId, SurrogateId};
//! use assent_model::time::Timestamp;
//!
//! let now = Timestamp::from_millis(1_700_000_000_000);
//! let (device, holder) = (SigningKey::generate(), SigningKey::generate());
//! let offer = Offer {
//!     device: PartyId::of(device.verifying_key()),
//!     device_key: *device.verifying_key(),
//!     stream: StreamId::random(),
//!     root: Digest::of(b"the first record of the channel"),
//!     label: "Meter in the hall, ending in 5507".to_owned(),
//! };
//! let mut shown = Showing::begin(PairingCode::random(), offer.clone(), now);
//!
//! // The person reads the code off the device, and the page finds the offer under its nameplate.
//! let code: PairingCode = shown.code().to_string().to_lowercase().parse()?;
//! let holder = Holder {
//!     id: SurrogateId::of(holder.verifying_key()),
//!     key: *holder.verifying_key(),
//! };
//! let (entering, hello) = Entering::begin(&code, offer, holder);
//! let answer = shown.answer(&hello, now)?;
//! let (paired, confirm) = entering.complete(&answer, "the holder's word")?;
//! assert_eq!(shown.complete(&confirm, now)?, paired);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod code;
mod enter;
mod entering;
mod show;
mod showing;
mod terms;

pub use assent_api::v1::pairings::{
    Answer, Confirm, Hello, Holder, Nameplate, Offer, PairingRefusal,
};
pub use code::{InvalidCode, PairingCode};
pub use enter::{EnterError, Mailbox, PATIENCE, RemoteMailbox, enter};
pub use entering::Entering;
pub use show::{Device, ShowError, Told, show};
pub use showing::{ATTEMPTS, LIFETIME_MILLIS, Showing};
pub use terms::Terms;

/// A pairing that both sides confirmed. Equal at both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// What they agreed on.
    pub terms: Terms,
    /// What the person says for the ledger: their word that they hold the stream, signed.
    pub holding: String,
}
