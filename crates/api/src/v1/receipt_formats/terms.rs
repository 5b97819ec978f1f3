//! Our vocabulary in terms of the W3C Data Privacy Vocabulary, version 2.

use assent_model::vocabulary::{LegalBasis, ProcessingCategory, PurposeCategory, Resolution};

/// The time between two values of a stream, as a duration of XML Schema.
pub(super) const fn duration(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Second => "PT1S",
        Resolution::QuarterHour => "PT15M",
        Resolution::Day => "P1D",
    }
}

/// A purpose.
pub(super) const fn purpose(category: PurposeCategory) -> &'static str {
    match category {
        PurposeCategory::ServiceProvision => "dpv:ServiceProvision",
        PurposeCategory::ServicePersonalisation => "dpv:ServicePersonalisation",
        PurposeCategory::ServiceOptimisation => "dpv:ServiceOptimisation",
        PurposeCategory::RequestedServiceProvision => "dpv:RequestedServiceProvision",
        PurposeCategory::ResearchAndDevelopment => "dpv:ResearchAndDevelopment",
        PurposeCategory::Marketing => "dpv:Marketing",
        PurposeCategory::FraudPreventionAndDetection => "dpv:FraudPreventionAndDetection",
        PurposeCategory::LegalCompliance => "dpv:LegalCompliance",
        PurposeCategory::PublicBenefit => "dpv:PublicBenefit",
        PurposeCategory::CustomerManagement => "dpv:CustomerManagement",
        PurposeCategory::PaymentManagement => "dpv:PaymentManagement",
        PurposeCategory::EnforceSecurity => "dpv:EnforceSecurity",
    }
}

/// An operation on data.
pub(super) const fn processing(category: ProcessingCategory) -> &'static str {
    match category {
        ProcessingCategory::Collect => "dpv:Collect",
        ProcessingCategory::Obtain => "dpv:Obtain",
        ProcessingCategory::Record => "dpv:Record",
        ProcessingCategory::Store => "dpv:Store",
        ProcessingCategory::Structure => "dpv:Structure",
        ProcessingCategory::Adapt => "dpv:Adapt",
        ProcessingCategory::Analyse => "dpv:Analyse",
        ProcessingCategory::Combine => "dpv:Combine",
        ProcessingCategory::Consult => "dpv:Consult",
        ProcessingCategory::Profile => "dpv:Profiling",
        ProcessingCategory::Use => "dpv:Use",
        ProcessingCategory::Disclose => "dpv:Disclose",
        ProcessingCategory::Share => "dpv:Share",
        ProcessingCategory::Transfer => "dpv:Transfer",
        ProcessingCategory::Anonymise => "dpv:Anonymise",
        ProcessingCategory::Pseudonymise => "dpv:Pseudonymise",
        ProcessingCategory::Erase => "dpv:Erase",
    }
}

/// A ground of law.
pub(super) const fn legal_basis(basis: LegalBasis) -> &'static str {
    match basis {
        LegalBasis::Consent => "eu-gdpr:A6-1-a",
        LegalBasis::Contract => "eu-gdpr:A6-1-b",
        LegalBasis::LegalObligation => "eu-gdpr:A6-1-c",
        LegalBasis::VitalInterest => "eu-gdpr:A6-1-d",
        LegalBasis::PublicInterest => "eu-gdpr:A6-1-e",
        LegalBasis::LegitimateInterest => "eu-gdpr:A6-1-f",
    }
}
