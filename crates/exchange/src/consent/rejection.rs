//! Why the consent component refuses, in the order in which it checks.

use crate::rejection::rejections;

rejections! {
    /// A refusal of the consent component.
    ConsentRejection {
        /// No such request.
        RequestUnknown = "request-unknown", "there is no request with this id";
        /// The request was answered or has expired.
        RequestClosed = "request-closed", "the request is no longer open";
        /// No such consent.
        ConsentUnknown = "consent-unknown", "there is no consent with this id";
        /// The consent is withdrawn, superseded or expired: final.
        ConsentEnded = "consent-ended", "the consent has ended";
        /// The records are not the one or two that are needed, or of other roles.
        PairIncomplete = "pair-incomplete", "the records are not the one or two that are needed";
        /// The records say different things than the request or than each other.
        PairInconsistent = "pair-inconsistent",
            "the records do not agree with the request or with each other";
        /// A provider (of the service, or of the source) is not registered, or was deactivated.
        ProviderInactive = "provider-inactive", "the provider is not an active party";
        /// The pseudonym is not the one that was asked, or not the one of the signing key.
        PseudonymMismatch = "pseudonym-mismatch", "the pseudonym does not match";
        /// The statement is not signed with the key on record for who it speaks for.
        WrongKey = "wrong-key", "the statement is signed with another key than the one on record";
        /// The id of the request is in use.
        RequestIdTaken = "request-id-taken", "a request with this id exists";
        /// The service is not registered.
        ServiceUnknown = "service-unknown", "there is no service with this id";
        /// The service belongs to another provider.
        NotTheProvider = "not-the-provider", "the service is offered by another provider";
        /// A named description is not the current one: conditions changed, so the person must be
        /// asked anew.
        DescriptionSuperseded = "description-superseded",
            "the description of the service is not the current one";
        /// A service that uses its own data names no source.
        SourceIsRequester = "source-is-requester", "the source is the service that asks";
        /// No such link.
        LinkUnknown = "link-unknown", "there is no service link with this id";
        /// The link is with another service or pseudonym.
        LinkMismatch = "link-mismatch", "the service link is with another service or pseudonym";
        /// The link was removed.
        LinkRemoved = "link-removed", "the service link was removed";
        /// The description has no such purpose.
        PurposeUnknown = "purpose-unknown", "the service has no purpose with this id";
        /// The purpose does not rest on consent.
        PurposeNotByConsent = "purpose-not-by-consent", "the purpose is not based on consent";
        /// The time to answer lies in the past.
        AnswerTimePassed = "answer-time-passed", "the time to answer has passed";
        /// The usage rules are not those of the purpose.
        UsageRulesMismatch = "usage-rules-mismatch", "the usage rules are not those of the purpose";
        /// Not who holds the key by the record of the link.
        CustodyMismatch = "custody-mismatch", "the key is held by somebody else by the record of the link";
        /// The key that must prove possession is not the requester's.
        HolderKeyMismatch = "holder-key-mismatch",
            "the proof-of-possession key is not the requester's current key";
        /// The token key is not the chain's.
        TokenKeyMismatch = "token-key-mismatch",
            "the token issuer key is not the one of this chain";
        /// The status record does not continue the chain.
        ChainBroken = "chain-broken", "the status record does not continue the chain";
        /// The resource set is larger than before. Widening needs a new consent.
        ResourceSetWidened = "resource-set-widened",
            "a status record cannot widen the resource set";
        /// The resource set holds something that was not offered.
        ConceptNotOffered = "concept-not-offered",
            "the resource set holds a concept that was not offered";
        /// Neither source nor service holds a concept that the purpose requires; or the person left
        /// one out.
        RequiredConceptMissing = "required-concept-missing",
            "a concept that the purpose requires is missing";
        /// A concept that the purpose requires is held by streams of another resolution alone.
        ResolutionMissing = "resolution-missing",
            "no stream of the source has the resolution that the purpose requires";
        /// The validity is empty, over, or longer than offered.
        ValidityInvalid = "validity-invalid", "the period of validity is not possible";
        /// A new consent must start active.
        FirstStatusNotActive = "first-status-not-active", "a consent starts active";
        /// The id of the consent is in use.
        ConsentIdTaken = "consent-id-taken", "a consent with this id exists";
        /// There is a consent in force for this purpose; name it to supersede it, or narrow it.
        ConsentExists = "consent-exists",
            "a consent for this purpose is in force; supersede or narrow it";
        /// The consent to supersede is not the one in force, or its chain has moved on.
        SupersedesMismatch = "supersedes-mismatch",
            "the consent to supersede is not the one in force";
        /// The record changes nothing.
        StatusUnchanged = "status-unchanged", "the status record changes nothing";
        /// The link carries as many active consents as one command can pause when it is removed.
        LinkFull = "link-full", "no more consents can be active on the service link";
        /// The service does not owe an acknowledgement.
        AcknowledgementNotOwed = "acknowledgement-not-owed", "no acknowledgement is owed";
        /// The acknowledgement names another record than the one that ended the consent.
        AcknowledgementMismatch = "acknowledgement-mismatch",
            "the acknowledgement names another record";
        /// The time has not come.
        NotDue = "not-due", "it is not due yet";
    }
}
