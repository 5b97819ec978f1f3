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
//! Nothing here reads a clock, waits or sends.
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
mod entering;
mod messages;
mod showing;

pub use code::{InvalidCode, PairingCode};
pub use entering::Entering;
pub use messages::{Answer, Confirm, Hello, Holder, Offer, Terms};
pub use showing::{ATTEMPTS, LIFETIME_MILLIS, Showing};

/// Why a message does not go on with a pairing. The code of each, in kebab case, is
/// [`PairingRefusal::code`]; the variants are in the order in which they are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairingRefusal {
    /// The code has paired the device already.
    #[error("the code was used")]
    AlreadyPaired,
    /// Too many codes were entered. The device shows another code.
    #[error("too many attempts: the device shows another code")]
    TooManyAttempts,
    /// The code was shown too long ago. The device shows another.
    #[error("the code has expired: the device shows another")]
    Expired,
    /// A confirmation comes without an attempt, or after another attempt has begun.
    #[error("no attempt waits for this")]
    NoAttempt,
    /// The other side's share is none, or was sent back to who made it.
    #[error("not a share of the other side")]
    InvalidShare,
    /// Another code was entered, or somebody changed a message on its way.
    #[error("the code is another, or a message was changed on its way")]
    NotConfirmed,
}

impl PairingRefusal {
    /// Every refusal, in the order of checking.
    pub const ALL: [Self; 6] = [
        Self::AlreadyPaired,
        Self::TooManyAttempts,
        Self::Expired,
        Self::NoAttempt,
        Self::InvalidShare,
        Self::NotConfirmed,
    ];

    /// The stable code of this refusal.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyPaired => "already-paired",
            Self::TooManyAttempts => "too-many-attempts",
            Self::Expired => "expired",
            Self::NoAttempt => "no-attempt",
            Self::InvalidShare => "invalid-share",
            Self::NotConfirmed => "not-confirmed",
        }
    }
}

/// A pairing that both sides confirmed. Equal at both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// What they agreed on.
    pub terms: Terms,
    /// What the person says for the ledger: their word that they hold the stream, signed.
    pub holding: String,
}
