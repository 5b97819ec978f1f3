//! Accounts: what the home operator of a person knows beside the ledger, how to take it away, and
//! what the operator does for a person who lost the signing key.

use assent_crypto::digest::{Digest, Salt};
use assent_model::ids::{ConsentId, LinkId, PartyId, StreamId, SurrogateId};
use assent_model::names::Language;
use assent_model::records::consent::ConsentStatus;
use assent_model::records::release::UseReceipt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::consents::{ConsentView, RequestView, SubmittedForm};
use super::contacts::ContactView;
use super::identity::PartyView;
use super::keyring::Keyring;
use super::links::LinkView;
use super::sign_in::BindingView;

/// `POST /v1/accounts/pseudonyms`, with a request proof of the party: one of its pseudonyms, or
/// the alias of one of its pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPseudonym {
    /// An `AccountPseudonym` statement, signed with the pseudonym's key.
    pub statement: String,
}

/// The pseudonym belongs to the account. What it was added to is not repeated here, because
/// answers can be kept for a while (`Idempotency-Key`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PseudonymAdded {
    /// The pseudonym.
    #[schema(value_type = String)]
    pub surrogate_id: SurrogateId,
}

/// A pseudonym of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PseudonymView {
    /// The pseudonym.
    #[schema(value_type = String)]
    pub surrogate_id: SurrogateId,
    /// The `AccountPseudonym` statement.
    pub statement: String,
}

/// `GET /v1/accounts/pseudonyms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PseudonymList {
    /// The pseudonyms, in the order in which they were added.
    pub pseudonyms: Vec<PseudonymView>,
}

/// `GET /v1/accounts/export`: everything that the node holds about a party, its pseudonyms and
/// its aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountExport {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// When it was made, in milliseconds since the epoch.
    pub exported_at: u64,
    /// The party.
    pub party: PartyView,
    /// Its confirmed contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactView>,
    /// Its keyring, as its devices encrypted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyring: Option<Keyring>,
    /// The passkeys that sign it in at a browser.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<PasskeyView>,
    /// The subjects of identity providers that may act for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<BindingView>,
    /// The pseudonyms that it has named as its own.
    pub pseudonyms: Vec<PseudonymView>,
    /// Their links with services.
    pub links: Vec<LinkView>,
    /// What they were asked.
    pub requests: Vec<RequestView>,
    /// What they consented to, each with its chain of status records; both records of a pair.
    pub consents: Vec<ConsentView>,
    /// The forms as they were submitted, with the notices that were shown.
    pub forms: Vec<KeptForm>,
    /// Every use of a consent, refusals included.
    #[schema(value_type = Vec<Object>)]
    pub receipts: Vec<UseReceipt>,
    /// Everything in the log about any of these, oldest first.
    pub activity: Vec<ActivityView>,
    /// The meters whose keys the operator keeps, paired or not any more. Who keeps their own has them
    /// in their wallet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meters: Vec<MeterView>,
    /// The homes that the person has named.
    pub homes: Vec<HomeView>,
    /// Whom the person lets look after them.
    pub delegates: Vec<DelegateView>,
    /// What these did.
    pub delegate_acts: Vec<ActView>,
    /// What the person was told, oldest first.
    pub notifications: Vec<NotificationView>,
}

/// A meter of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeterView {
    /// Its stream.
    #[schema(value_type = String)]
    pub stream_id: StreamId,
    /// What it was called when it was paired.
    pub label: String,
    /// The device.
    #[schema(value_type = String)]
    pub device: PartyId,
    /// The pseudonym that holds the stream.
    #[schema(value_type = String)]
    pub holder: SurrogateId,
    /// `open` or `closed`.
    pub status: String,
    /// The source's records of the consents that may read it.
    #[schema(value_type = Vec<String>)]
    pub granted: Vec<ConsentId>,
}

/// A home: a name for some of the links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HomeView {
    /// Names it here.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// The links that belong to it.
    #[schema(value_type = Vec<String>)]
    pub links: Vec<LinkId>,
}

/// Somebody who is let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DelegateView {
    /// Names it here.
    pub id: String,
    /// What the person calls the delegate.
    pub name: String,
    /// `see` or `see-and-pause`.
    pub scope: String,
    /// The one home that the delegate is let into; all where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// The delegate, once the invitation was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub delegate: Option<PartyId>,
}

/// What a delegate did, or what became of a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActView {
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// What the person called the delegate.
    pub name: String,
    /// The delegate, once there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub delegate: Option<PartyId>,
    /// `invited`, `accepted`, `opened`, `paused`, `left` or `removed`.
    pub did: String,
    /// To which consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub cr_id: Option<ConsentId>,
}

/// What a person was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationView {
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// What kind of thing, such as `first-access`.
    pub kind: String,
    /// The consent or request that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A passkey of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasskeyView {
    /// By which it is named here.
    pub passkey_id: String,
    /// How the person calls it.
    pub name: String,
    /// When it was made, in milliseconds since the epoch.
    pub made_at: u64,
    /// When it last signed in, in milliseconds since the epoch; never where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<u64>,
    /// Whether it signs in no more, because it may have been copied.
    pub stopped: bool,
}

/// The `format` of exports that this version writes.
pub const EXPORT_FORMAT: &str = "assent-account/1";

/// A submitted form at rest, with the salt that opens its commitment in the consent record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptForm {
    /// The form.
    #[schema(value_type = Object)]
    pub form: SubmittedForm,
    /// The salt.
    #[schema(value_type = String)]
    pub salt: Salt,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityView {
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// Where in the log.
    pub index: u64,
    /// To which party, link, request or consent.
    pub subject: String,
    /// What, such as `consent/status-changed`.
    pub event: String,
}

/// `POST /v1/accounts/erasure`, with a request proof of the party: erases everything about it,
/// its pseudonyms and its aliases that is not on the ledger. There is no way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseAccount {
    /// The party once more, so that nobody erases by mistake.
    #[schema(value_type = String)]
    pub party_id: PartyId,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Erased {
    /// How many sealed bodies.
    pub bodies: u64,
}

/// `POST /v1/accounts/lost-key/start`: sends a code to the address, if it is somebody's contact.
/// The answer does not tell.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartLostKey {
    /// The address.
    pub email: String,
    /// The language of the mail.
    #[schema(value_type = String)]
    pub language: Language,
}

impl std::fmt::Debug for StartLostKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StartLostKey(..)")
    }
}

/// A code was sent if the address is somebody's contact. The answer does not tell.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LostKeyStarted {
    /// Names what was asked for. The code is good together with it alone, so only for who asked.
    #[schema(value_type = String)]
    pub asked: Digest,
    /// Until when the code is good, in milliseconds since 1970.
    pub expires_at: u64,
}

impl std::fmt::Debug for LostKeyStarted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LostKeyStarted(..)")
    }
}

/// `POST /v1/accounts/lost-key/confirm`: has the operator pause or end consents.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmLostKey {
    /// From the answer to the request for the code.
    #[schema(value_type = String)]
    pub asked: Digest,
    /// The code from the mail.
    pub code: String,
    /// What to do.
    pub stop: Stop,
    /// Which consents: one record of each pair is enough. All that have not ended when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub consents: Option<Vec<ConsentId>>,
}

impl std::fmt::Debug for ConfirmLostKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConfirmLostKey(..)")
    }
}

/// What an operator does for a person who lost the signing key: it stops, and never lets go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Pauses.
    Disable,
    /// Ends for good.
    Withdraw,
}

impl Stop {
    /// The status that the operator signs.
    pub const fn status(self) -> ConsentStatus {
        match self {
            Self::Disable => ConsentStatus::Disabled,
            Self::Withdraw => ConsentStatus::Withdrawn,
        }
    }
}

/// What became of the consents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stopped {
    /// How many consents (a pair is one) were changed.
    pub changed: u64,
    /// How many were so already, or had ended.
    pub unchanged: u64,
}
