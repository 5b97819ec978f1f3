//! Closed lists that descriptions choose from. Spelled in kebab-case on the wire.

use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All values, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
        }
    )*};
}

vocabulary! {
    /// The ground of law for a purpose (GDPR article 6(1)).
    LegalBasis {
        /// Article 6(1)(a).
        Consent,
        /// Article 6(1)(b).
        Contract,
        /// Article 6(1)(c).
        LegalObligation,
        /// Article 6(1)(d).
        VitalInterest,
        /// Article 6(1)(e).
        PublicInterest,
        /// Article 6(1)(f).
        LegitimateInterest,
    }

    /// Where data is kept.
    StorageLocation {
        /// On servers of the controller.
        ControllerServers,
        /// Within the European Union.
        Eu,
        /// In third countries.
        ThirdCountries,
        /// On servers of the service itself.
        OurServers,
        /// On servers of a processor.
        ProcessorServers,
        /// At a third party.
        ThirdParty,
    }

    /// For how long data is kept.
    StorageDuration {
        /// As the business practises.
        BusinessPractices,
        /// As the law requires.
        LegalRequirement,
        /// As long as the stated purpose needs.
        StatedPurpose,
        /// Without end.
        Indefinitely,
    }

    /// Who receives data (as in P3P).
    Recipient {
        /// The service and its agents.
        Ours,
        /// Delivery services.
        Delivery,
        /// Others with the same practices.
        Same,
        /// Others with other practices.
        OtherRecipient,
        /// Unrelated third parties.
        Unrelated,
        /// The public.
        Public,
    }

    /// How data comes to the service.
    CollectionMethod {
        /// The person enters it.
        FromThePerson,
        /// It is observed while the service is used.
        Observed,
        /// A device measures it.
        FromADevice,
        /// Another service hands it over.
        FromAnotherService,
        /// It is derived from other data.
        Derived,
    }

    /// How fine a stream is, from coarse to fine.
    Resolution {
        /// A value for each day.
        Day,
        /// A value for each quarter of an hour.
        QuarterHour,
        /// Each value as it is measured, every second or every few.
        Second,
    }

    /// What a value is.
    ValueKind {
        /// Characters.
        Text,
        /// A number with a unit.
        Quantity,
        /// An instant.
        Time,
        /// A picture.
        Image,
        /// Moving pictures.
        Video,
        /// Sound.
        Audio,
    }

    /// Why a purpose exists (terms of the W3C Data Privacy Vocabulary).
    PurposeCategory {
        /// `dpv:ServiceProvision`.
        ServiceProvision,
        /// `dpv:ServicePersonalisation`.
        ServicePersonalisation,
        /// `dpv:ServiceOptimisation`.
        ServiceOptimisation,
        /// `dpv:RequestedServiceProvision`.
        RequestedServiceProvision,
        /// `dpv:ResearchAndDevelopment`.
        ResearchAndDevelopment,
        /// `dpv:Marketing`.
        Marketing,
        /// `dpv:FraudPreventionAndDetection`.
        FraudPreventionAndDetection,
        /// `dpv:LegalCompliance`.
        LegalCompliance,
        /// `dpv:PublicBenefit`.
        PublicBenefit,
        /// `dpv:CustomerManagement`.
        CustomerManagement,
        /// `dpv:Payment`.
        PaymentManagement,
        /// `dpv:Security`.
        EnforceSecurity,
    }

    /// What is done with data (terms of the W3C Data Privacy Vocabulary).
    ProcessingCategory {
        /// `dpv:Collect`.
        Collect,
        /// `dpv:Obtain`.
        Obtain,
        /// `dpv:Record`.
        Record,
        /// `dpv:Store`.
        Store,
        /// `dpv:Structure`.
        Structure,
        /// `dpv:Adapt`.
        Adapt,
        /// `dpv:Analyse`.
        Analyse,
        /// `dpv:Combine`.
        Combine,
        /// `dpv:Consult`.
        Consult,
        /// `dpv:Profiling`.
        Profile,
        /// `dpv:Use`.
        Use,
        /// `dpv:Disclose`.
        Disclose,
        /// `dpv:Share`.
        Share,
        /// `dpv:Transfer`.
        Transfer,
        /// `dpv:Anonymise`.
        Anonymise,
        /// `dpv:Pseudonymise`.
        Pseudonymise,
        /// `dpv:Erase`.
        Erase,
    }
}
