//! Problems (RFC 9457): one table from code to status, and a page for each code.

use assent_exchange::consent::rejection::ConsentRejection;
use assent_exchange::identity::rejection::IdentityRejection;
use assent_exchange::link::rejection::LinkRejection;
use assent_exchange::rejection::Rejection;
use assent_exchange::release::rejection::ReleaseRejection;
use assent_exchange::service::rejection::ServiceRejection;
use assent_exchange::stream::rejection::StreamRejection;
use assent_model::statement::ClaimsRejection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The page that explains the code, relative to the node: `/problems/{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same words for the same code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code, kebab-case.
    pub code: String,
    /// What is wrong with this request in particular. Never holds personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What is wrong with which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// To find the request in the logs of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// A JSON Pointer (RFC 6901) into the body.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    /// The problem of this code.
    pub fn new(code: Code) -> Self {
        Self::of(code.as_str(), code.title().into(), code.status())
    }

    /// The problem of a refusal by the rules.
    pub fn rejected(rejection: Rejection) -> Self {
        Self::of(rejection.code(), rejection.to_string(), status(rejection))
    }

    fn of(code: &str, title: String, status: u16) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title,
            status,
            code: code.into(),
            detail: None,
            errors: Vec::new(),
            request_id: None,
        }
    }

    /// The same problem, saying what is wrong in particular.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// What can go wrong before or beside the rules.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// The same words for the same code.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    /// Not JSON of the wanted shape.
    MalformedBody = "malformed-body", 400, "The body is not JSON of the expected shape";
    /// The target cannot be read.
    MalformedTarget = "malformed-target", 400, "The path or query of the request cannot be read";
    /// A signed statement breaks the profile, or its signature does not verify.
    StatementInvalid = "statement-invalid", 400, "A signed statement is not valid";
    /// The idempotency key cannot be read.
    IdempotencyKeyInvalid = "idempotency-key-invalid", 400, "The idempotency key is not one";
    /// No valid request proof.
    Unauthenticated = "unauthenticated", 401, "The request carries no valid proof of who calls";
    /// A request proof was used before.
    ProofReplayed = "proof-replayed", 401, "The proof of who calls was used before";
    /// The caller may not do this.
    Forbidden = "forbidden", 403, "The caller may not do this";
    /// Signed in too long ago for what takes away keys or ways in.
    SignInAgain = "sign-in-again", 403, "Signing in was too long ago for this";
    /// A passkey that signs nobody in here.
    PasskeyRefused = "passkey-refused", 403, "The passkey does not sign in here";
    /// A passkey that may have been copied.
    PasskeyStopped = "passkey-stopped", 403, "The passkey was stopped, because it may have been copied";
    /// An identity provider that does not vouch for who came back from it.
    ProviderRefused = "provider-refused", 403, "The identity provider does not vouch for this";
    /// No such thing.
    NotFound = "not-found", 404, "There is nothing here";
    /// The method is not offered here.
    MethodNotAllowed = "method-not-allowed", 405, "The method is not offered here";
    /// The number used once was used with other content.
    StatementReused = "statement-reused", 409, "A number used once was used in another statement";
    /// The idempotency key is in use by a request that is still running.
    IdempotencyInFlight = "idempotency-in-flight", 409, "A request with this idempotency key is still running";
    /// An account that still has consents.
    ErasureConsentsActive = "erasure-consents-active", 409, "Consents of the account have not ended: withdraw them first";
    /// A pseudonym that belongs to another account.
    PseudonymTaken = "pseudonym-taken", 409, "The pseudonym belongs to another account";
    /// A subject that acts for another party.
    SubjectTaken = "subject-taken", 409, "The subject acts for another party";
    /// As many subjects act for a party as may.
    TooManyBindings = "too-many-bindings", 409, "As many subjects act for the party as may";
    /// A passkey that is known already.
    PasskeyTaken = "passkey-taken", 409, "The passkey is known already";
    /// An account has as many passkeys as it may have.
    TooManyPasskeys = "too-many-passkeys", 409, "The account has as many passkeys as it may have";
    /// A service has as many webhooks as it may have.
    TooManyWebhooks = "too-many-webhooks", 409, "The service has as many webhooks as it may have";
    /// As many devices of a person wait for keys as may.
    TooManyDevices = "too-many-devices", 409, "As many devices wait for keys as may at a time";
    /// Another device shows a code with the same nameplate.
    NameplateTaken = "nameplate-taken", 409, "Another device shows a code with this nameplate";
    /// Somebody else is entering the code.
    PairingBusy = "pairing-busy", 409, "Somebody is entering this code at the moment";
    /// Not the message that the other side waits for.
    PairingTurn = "pairing-turn", 409, "It is not the turn of this message";
    /// A device that signed two histories, or a relay that has another.
    StreamForked = "stream-forked", 409, "Another record has this number, or this is not what follows on it";
    /// An upload that leaves records out.
    RecordsMissing = "records-missing", 409, "Records are missing before these";
    /// A stream or consent has as many grants as it may have.
    TooManyGrants = "too-many-grants", 409, "The stream or the consent has as many grants as it may have";
    /// Records that are not kept any more.
    RecordsGone = "records-gone", 410, "The records are not kept any more";
    /// A one-time link or code has been used or has expired.
    CodeSpent = "code-spent", 410, "The code was used or has expired";
    /// A pairing code that was used, or entered too often.
    PairingSpent = "pairing-spent", 410, "The pairing code was used, or was entered too often";
    /// What was begun at a browser has ended, has expired, or was begun at another.
    CeremonySpent = "ceremony-spent", 410, "What was begun at this browser has ended or has expired";
    /// `If-Match` does not match.
    PreconditionFailed = "precondition-failed", 412, "The thing was changed by somebody else";
    /// The body is larger than the node accepts.
    BodyTooLarge = "body-too-large", 413, "The body is larger than this node accepts";
    /// A media type other than JSON.
    UnsupportedMediaType = "unsupported-media-type", 415, "The body must be application/json";
    /// A body beside a command does not match its commitment.
    CommitmentMismatch = "commitment-mismatch", 422, "A body does not match the commitment in the signed statement";
    /// A form without the statement about age that its notice asks for.
    AgeUnconfirmed = "age-unconfirmed", 422, "The statement about age is not confirmed";
    /// A description breaks the schema, or its outline is not the signed one.
    DescriptionInvalid = "description-invalid", 422, "The service description is not valid";
    /// A sealing key whose possession is not shown.
    ChallengeFailed = "challenge-failed", 422, "Possession of the sealing key is not shown";
    /// A webhook address that this node does not call.
    CallbackRefused = "callback-refused", 422, "The callback address is not acceptable";
    /// Not the code that was sent.
    CodeWrong = "code-wrong", 422, "The code is not the one that was sent";
    /// Not the verifier that the challenge was made from.
    VerifierWrong = "verifier-wrong", 422, "The verifier is not the one that the challenge was made from";
    /// A place that the description does not name.
    RedirectUnregistered = "redirect-unregistered", 422, "The description does not name this address for people to return to";
    /// An issuer that is no identity provider of this node.
    ProviderUnknown = "provider-unknown", 422, "This node has no such identity provider";
    /// Not a subject of an identity provider.
    SubjectInvalid = "subject-invalid", 422, "This is not a subject of an identity provider";
    /// An authenticator that cannot find the account by itself.
    PasskeyUnsuitable = "passkey-unsuitable", 422, "The authenticator cannot find the account by itself";
    /// An irreversible request that does not name what it is about a second time.
    ConfirmationMismatch = "confirmation-mismatch", 422, "The confirmation names something else";
    /// A keyring that breaks the bounds.
    KeyringInvalid = "keyring-invalid", 422, "The keyring is not one that this node keeps";
    /// What a device offers is none.
    OfferInvalid = "offer-invalid", 422, "The device does not offer what can be shown";
    /// Bytes that are no records of the device of this stream.
    RecordInvalid = "record-invalid", 422, "These are not records of the device of this stream";
    /// A stream that who gave the consent has not named.
    NamingInvalid = "naming-invalid", 422, "Who gave the consent did not name this stream";
    /// Keys that are not the device's for this grant.
    KeysInvalid = "keys-invalid", 422, "These are not keys of the device of this stream for this consent";
    /// Not an e-mail address that this node can write to.
    EmailInvalid = "email-invalid", 422, "This is not an e-mail address that the node can write to";
    /// The idempotency key was used with another body.
    IdempotencyMismatch = "idempotency-mismatch", 422, "The idempotency key was used with another request";
    /// Too many requests.
    RateLimited = "rate-limited", 429, "Too many requests";
    /// A bug of the node.
    Internal = "internal", 500, "The node failed";
    /// The node has stopped writing: its disk failed or is full.
    StoreUnavailable = "store-unavailable", 503, "The node cannot write at the moment";
    /// An identity provider that gives no answer.
    ProviderUnavailable = "provider-unavailable", 503, "The identity provider does not answer";
    /// The node is starting or stopping, or has too much to do.
    Unavailable = "unavailable", 503, "The node is not ready";
}

/// The status of a refusal by the rules. Exhaustive, so that a new rule needs a status.
pub const fn status(rejection: Rejection) -> u16 {
    match rejection {
        Rejection::ChainNotOpen => 503,
        Rejection::StatementTooLarge => 422,
        Rejection::Claims(rejection) => claims(rejection),
        Rejection::Identity(rejection) => identity(rejection),
        Rejection::Service(rejection) => service(rejection),
        Rejection::Link(rejection) => link(rejection),
        Rejection::Consent(rejection) => consent(rejection),
        Rejection::Release(rejection) => release(rejection),
        Rejection::Stream(rejection) => stream(rejection),
    }
}

const fn claims(rejection: ClaimsRejection) -> u16 {
    match rejection {
        ClaimsRejection::WrongAudience
        | ClaimsRejection::LifetimeInvalid
        | ClaimsRejection::IssuedInFuture
        | ClaimsRejection::Expired => 400,
    }
}

const fn identity(rejection: IdentityRejection) -> u16 {
    match rejection {
        IdentityRejection::PartyUnknown => 404,
        IdentityRejection::WrongKey => 403,
        IdentityRejection::ChainOpen
        | IdentityRejection::PartyIdTaken
        | IdentityRejection::WalletKnown
        | IdentityRejection::PartyDeactivated => 409,
        IdentityRejection::PartyMismatch
        | IdentityRejection::PossessionUnproven
        | IdentityRejection::KeysEqual => 422,
    }
}

const fn service(rejection: ServiceRejection) -> u16 {
    match rejection {
        ServiceRejection::WrongKey
        | ServiceRejection::NotTheProvider
        | ServiceRejection::ProviderInactive => 403,
        ServiceRejection::VersionNotNext => 409,
        ServiceRejection::OutlineInvalid | ServiceRejection::OutlineTooLarge => 422,
    }
}

const fn link(rejection: LinkRejection) -> u16 {
    match rejection {
        LinkRejection::ServiceUnknown | LinkRejection::LinkUnknown => 404,
        LinkRejection::WrongKey
        | LinkRejection::NotTheProvider
        | LinkRejection::ProviderInactive => 403,
        LinkRejection::DescriptionSuperseded
        | LinkRejection::LinkIdTaken
        | LinkRejection::ChainBroken
        | LinkRejection::StatusUnchanged
        | LinkRejection::ConsentsIncomplete => 409,
        LinkRejection::PseudonymMismatch
        | LinkRejection::CountersignatureMismatch
        | LinkRejection::HolderKeyMismatch => 422,
    }
}

const fn consent(rejection: ConsentRejection) -> u16 {
    match rejection {
        ConsentRejection::RequestUnknown
        | ConsentRejection::ServiceUnknown
        | ConsentRejection::LinkUnknown
        | ConsentRejection::ConsentUnknown => 404,
        ConsentRejection::WrongKey
        | ConsentRejection::NotTheProvider
        | ConsentRejection::ProviderInactive => 403,
        ConsentRejection::RequestIdTaken
        | ConsentRejection::RequestClosed
        | ConsentRejection::DescriptionSuperseded
        | ConsentRejection::LinkRemoved
        | ConsentRejection::ConsentIdTaken
        | ConsentRejection::ConsentExists
        | ConsentRejection::SupersedesMismatch
        | ConsentRejection::ConsentEnded
        | ConsentRejection::ChainBroken
        | ConsentRejection::StatusUnchanged
        | ConsentRejection::AcknowledgementNotOwed
        | ConsentRejection::LinkFull
        | ConsentRejection::NotDue => 409,
        ConsentRejection::LinkMismatch
        | ConsentRejection::PseudonymMismatch
        | ConsentRejection::PurposeUnknown
        | ConsentRejection::PurposeNotByConsent
        | ConsentRejection::RequiredConceptMissing
        | ConsentRejection::ResolutionMissing
        | ConsentRejection::AnswerTimePassed
        | ConsentRejection::PairIncomplete
        | ConsentRejection::PairInconsistent
        | ConsentRejection::UsageRulesMismatch
        | ConsentRejection::CustodyMismatch
        | ConsentRejection::HolderKeyMismatch
        | ConsentRejection::TokenKeyMismatch
        | ConsentRejection::ConceptNotOffered
        | ConsentRejection::ValidityInvalid
        | ConsentRejection::FirstStatusNotActive
        | ConsentRejection::ResourceSetWidened
        | ConsentRejection::SourceIsRequester
        | ConsentRejection::AcknowledgementMismatch => 422,
    }
}

const fn stream(rejection: StreamRejection) -> u16 {
    match rejection {
        StreamRejection::StreamUnknown => 404,
        StreamRejection::WrongKey
        | StreamRejection::DeviceInactive
        | StreamRejection::NotADevice => 403,
        StreamRejection::StreamClosed
        | StreamRejection::StreamIdTaken
        | StreamRejection::DevicePaired
        | StreamRejection::AnchorNotLater => 409,
        StreamRejection::HoldingUnproven => 422,
    }
}

const fn release(rejection: ReleaseRejection) -> u16 {
    match rejection {
        ReleaseRejection::WrongKey => 403,
        ReleaseRejection::BatchEmpty | ReleaseRejection::ReceiptInvalid => 422,
    }
}
