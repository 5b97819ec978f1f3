//! Why the link component refuses, in the order in which it checks.

use crate::rejection::rejections;

rejections! {
    /// A refusal of the link component.
    LinkRejection {
        /// No such link.
        LinkUnknown = "link-unknown", "there is no service link with this id";
        /// The service is not registered.
        ServiceUnknown = "service-unknown", "there is no service with this id";
        /// The service belongs to another provider.
        NotTheProvider = "not-the-provider", "the service is offered by another provider";
        /// The named description is not the current one.
        DescriptionSuperseded = "description-superseded",
            "the description of the service is not the current one";
        /// The provider is not registered, or was deactivated.
        ProviderInactive = "provider-inactive", "the provider is not an active party";
        /// Not signed with the key that this takes.
        WrongKey = "wrong-key", "the statement is signed with another key than the one on record";
        /// The pseudonym is not derived from the signing key.
        PseudonymMismatch = "pseudonym-mismatch", "the pseudonym is not the one of the signing key";
        /// The service signed something else than the person.
        CountersignatureMismatch = "countersignature-mismatch",
            "the countersignature is for another record";
        /// The key that must prove possession is not the provider's.
        HolderKeyMismatch = "holder-key-mismatch",
            "the proof-of-possession key is not the provider's current key";
        /// The id is in use.
        LinkIdTaken = "link-id-taken", "a link with this id exists";
        /// The status record does not continue the chain.
        ChainBroken = "chain-broken", "the status record does not continue the chain";
        /// The link has that status already.
        StatusUnchanged = "status-unchanged", "the link has this status already";
        /// A consent is not paused with the removal, or not resumed with the restoration.
        ConsentsIncomplete = "consents-incomplete",
            "the consents of the link are not all paused or resumed with it";
    }
}
