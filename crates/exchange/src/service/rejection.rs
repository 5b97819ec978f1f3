//! Why the service component refuses, in the order in which it checks.

use crate::rejection::rejections;

rejections! {
    /// A refusal of the service component.
    ServiceRejection {
        /// The provider is not registered, or was deactivated.
        ProviderInactive = "provider-inactive", "the provider is not an active party";
        /// Not signed with the provider's current key.
        WrongKey = "wrong-key", "the statement is signed with another key than the one on record";
        /// The service belongs to another provider.
        NotTheProvider = "not-the-provider", "the service is offered by another provider";
        /// Versions count from 1 in steps of 1.
        VersionNotNext = "version-not-next", "the version does not follow the current one";
        /// More datasets, purposes or concepts than rules match in bounded time.
        OutlineTooLarge = "outline-too-large", "the outline of the description is too large";
        /// Two datasets or two purposes have one id, or a purpose requires nothing.
        OutlineInvalid = "outline-invalid", "the outline of the description contradicts itself";
    }
}
