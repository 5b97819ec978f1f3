//! ISO/IEC TS 27560:2023 consent records and receipts as JSON-LD, in the shape that the W3C Data
//! Privacy Vocabulary (DPV 2) gives them: a `dpv:ConsentReceipt` around a `dpv:ConsentRecord`.

use assent_model::description::{ProcessingBasis, Provider, ServiceDescription};
use assent_model::time::Timestamp;
use assent_model::vocabulary::{CollectionMethod, Recipient, StorageDuration, StorageLocation};
use serde_json::{Value, json};

use super::{By, Change, Chosen, Happening, PurposeMissing, ReceiptSource, iso_8601, terms};
use crate::v1::consents::pick;

/// The media type of a receipt.
pub const MEDIA_TYPE: &str = "application/ld+json";

/// The receipt.
///
/// # Errors
/// The description does not have the purpose.
pub fn receipt(of: &ReceiptSource<'_>) -> Result<Value, PurposeMissing> {
    let cr_id = of.record.common_part.cr_id;
    let at = format!("{}/v1/consents/{cr_id}", of.node_url.trim_end_matches('/'));
    Ok(json!({
        "@context": context(),
        "@id": format!("{at}/receipt"),
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": format!("{cr_id}/receipt"),
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt",
        "dct:created": iso_8601(of.issued_at),
        "dct:publisher": { "@id": of.node_url },
        "dct:audience": { "@id": "dpv:DataSubject" },
        "dpv:hasRecordOfActivity": record(of, &at)?,
    }))
}

fn context() -> Value {
    let time = json!({ "@type": "http://www.w3.org/2001/XMLSchema#dateTime" });
    json!({
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "legal-eu": "https://w3id.org/dpv/legal/eu#",
        "loc": "https://w3id.org/dpv/loc#",
        "dcat:temporalResolution": { "@type": "http://www.w3.org/2001/XMLSchema#duration" },
        "dct:conformsTo": { "@type": "@id" },
        "dct:created": time,
        "dct:valid": time,
        "dpv:isExercisedAt": { "@type": "@id" },
        "dpv:isIndicatedAtTime": time,
    })
}

fn record(of: &ReceiptSource<'_>, at: &str) -> Result<Value, PurposeMissing> {
    let common = &of.record.common_part;
    let purpose = of.purpose()?;
    let mut record = json!({
        "@id": at,
        "@type": "dpv:ConsentRecord",
        "dct:identifier": common.cr_id,
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record",
        "dct:source": { "dct:identifier": of.record_digest, "dct:format": "application/jose" },
        "dpv:hasDataSubject": { "@type": "dpv:DataSubject", "dct:identifier": common.surrogate_id },
        "dpv:hasDataController": controller(of.controller()),
        "dpv:hasJurisdiction": { "@id": format!("loc:{}", of.controller().jurisdiction) },
        "dpv:hasApplicableLaw": { "@id": "legal-eu:law-GDPR" },
        "dpv:hasLegalBasis": { "@id": terms::legal_basis(purpose.legal_basis) },
        "dpv:hasProcess": process(of, purpose),
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice",
            "dct:identifier": common.notice.digest,
            "dct:language": common.notice.language,
            "dct:hasVersion": common.notice.version,
        },
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dpv:isExercisedAt": of.node_url,
        },
        "dpv:hasRight": rights(of),
        "dpv:hasConsentStatus": statuses(of),
    });
    if let Some(until) = common.valid_until {
        record["dct:valid"] = iso_8601(until).into();
    }
    Ok(record)
}

fn controller(provider: &Provider) -> Value {
    json!({
        "@type": "dpv:DataController",
        "dct:identifier": provider.party_id,
        "dpv:hasName": provider.name,
        "dpv:hasAddress": provider.address,
        "dpv:hasContact": provider.contact,
    })
}

fn process(of: &ReceiptSource<'_>, purpose: &ProcessingBasis) -> Value {
    let language = of.language();
    let data: Vec<Value> = of
        .chosen(purpose)
        .iter()
        .map(|chosen| datum(of, purpose, chosen))
        .collect();
    let operations: Vec<Value> = purpose
        .processing_categories
        .iter()
        .map(|category| json!({ "@id": terms::processing(*category) }))
        .collect();
    json!({
        "@type": "dpv:Process",
        "dct:title": pick(&purpose.name, language),
        "dct:description": pick(&purpose.description, language),
        "dpv:hasService": of.requester.name,
        "dpv:hasPurpose": {
            "@type": terms::purpose(purpose.category),
            "dct:identifier": purpose.purpose_id,
            "dct:title": pick(&purpose.name, language),
        },
        "dpv:hasProcessing": operations,
        "dpv:hasPersonalData": data,
        "dpv:hasRecipient": recipients(of, purpose),
        "dpv:hasStorageCondition": storage(of, purpose),
        "dpv:hasPolicy": { "@id": purpose.policy.policy_ref },
    })
}

fn datum(of: &ReceiptSource<'_>, purpose: &ProcessingBasis, chosen: &Chosen<'_>) -> Value {
    let kind = if purpose.special_categories {
        "dpv:SpecialCategoryPersonalData"
    } else {
        "dpv:PersonalData"
    };
    let necessity = if chosen.is_required {
        "dpv:Required"
    } else {
        "dpv:Optional"
    };
    let mut datum = json!({
        "@type": kind,
        "dct:identifier": chosen.concept,
        "dct:title": chosen.name,
        "dct:isPartOf": chosen.dataset,
        "dpv:hasNecessity": { "@id": necessity },
        "dpv:hasDataSource": data_source(of.source, purpose.collection_method),
    });
    // Neither TS 27560 nor DPV says how fine data is; DCAT 3, 6.6.5 does.
    if let Some(resolution) = chosen.resolution {
        datum["dcat:temporalResolution"] = terms::duration(resolution).into();
    }
    datum
}

fn data_source(source: Option<&ServiceDescription>, method: CollectionMethod) -> Value {
    if let Some(source) = source {
        return json!({
            "@type": "dpv:ThirdPartyDataSource",
            "dct:identifier": source.service_id,
            "dct:title": source.name,
            "dpv:hasDataController": controller(&source.provider),
        });
    }
    let term = match method {
        CollectionMethod::FromThePerson
        | CollectionMethod::Observed
        | CollectionMethod::FromADevice => "dpv:DataSubjectDataSource",
        CollectionMethod::FromAnotherService => "dpv:ThirdPartyDataSource",
        CollectionMethod::Derived => "dpv:DataControllerDataSource",
    };
    json!({ "@id": term })
}

fn recipients(of: &ReceiptSource<'_>, purpose: &ProcessingBasis) -> Vec<Value> {
    let kinds = purpose.recipients.iter().map(|recipient| {
        let title = match recipient {
            Recipient::Ours => return controller(of.controller()),
            Recipient::Delivery => "delivery services",
            Recipient::Same => "others with the same practices",
            Recipient::OtherRecipient => "others with other practices",
            Recipient::Unrelated => "unrelated third parties",
            Recipient::Public => "the public",
        };
        json!({ "@type": "dpv:ThirdParty", "dct:title": title })
    });
    let named = purpose.share_with.iter().map(|other| {
        json!({ "@type": "dpv:ThirdParty", "dpv:hasName": other.org_name, "dct:description": other.business_type })
    });
    kinds.chain(named).collect()
}

fn storage(of: &ReceiptSource<'_>, purpose: &ProcessingBasis) -> Value {
    let kind = match purpose.storage.duration {
        StorageDuration::Indefinitely => "dpv:EndlessDuration",
        StorageDuration::BusinessPractices
        | StorageDuration::LegalRequirement
        | StorageDuration::StatedPurpose => "dpv:UntilEventDuration",
    };
    let period = pick(&purpose.storage.period, of.language());
    let end = pick(&purpose.termination, of.language());
    json!([
        storage_location(purpose.storage.location),
        {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": { "@type": kind, "dct:title": period },
        },
        { "@type": "dpv:StorageDeletion", "dct:description": end },
    ])
}

fn storage_location(location: StorageLocation) -> Value {
    let kind = "dpv:StorageLocation";
    let title = match location {
        StorageLocation::Eu => {
            return json!({ "@type": kind, "dpv:hasLocation": { "@id": "loc:EU" } });
        }
        StorageLocation::ThirdCountries => {
            return json!({ "@type": kind, "dpv:hasLocation": { "@type": "dpv:ThirdCountry" } });
        }
        StorageLocation::ControllerServers | StorageLocation::OurServers => {
            "servers of the controller"
        }
        StorageLocation::ProcessorServers => "servers of a processor",
        StorageLocation::ThirdParty => "servers of a third party",
    };
    json!({ "@type": kind, "dct:title": title })
}

/// GDPR articles 7(3), 15 to 18, 20 and 77.
fn rights(of: &ReceiptSource<'_>) -> Vec<Value> {
    let provider = of.controller();
    let at_provider = [
        ("eu-gdpr:A15", "access"),
        ("eu-gdpr:A16", "rectification"),
        ("eu-gdpr:A17", "erasure"),
        ("eu-gdpr:A18", "restriction"),
        ("eu-gdpr:A20", "portability"),
    ];
    let withdrawal = json!({
        "@type": "eu-gdpr:A7-3",
        "dct:title": "withdrawal of consent",
        "dpv:isExercisedAt": of.node_url,
    });
    let complaint = json!({
        "@type": "eu-gdpr:A77",
        "dct:title": "complaint to the supervisory authority",
        "dpv:hasContact": provider.supervisory_authority,
    });
    let others = at_provider.map(|(term, title)| {
        json!({ "@type": term, "dct:title": title, "dpv:hasContact": provider.contact })
    });
    std::iter::once(withdrawal)
        .chain(others)
        .chain([complaint])
        .collect()
}

fn statuses(of: &ReceiptSource<'_>) -> Vec<Value> {
    let given = status(
        &["dpv:ConsentGiven", "dpv:ExpressedConsent"],
        "given by a statement signed with the person's key",
        of.given_at,
        By::Person,
    );
    std::iter::once(given)
        .chain(of.history.iter().map(happening))
        .collect()
}

fn happening(happening: &Happening) -> Value {
    let (term, how) = match happening.change {
        Change::Disabled => ("dpv:ConsentStatusInvalidForProcessing", "paused"),
        Change::Enabled => ("dpv:ConsentStatusValidForProcessing", "resumed"),
        Change::Narrowed => ("dpv:ConsentStatusValidForProcessing", "narrowed"),
        Change::Withdrawn => ("dpv:ConsentWithdrawn", "withdrawn"),
        Change::Superseded => (
            "dpv:ConsentStatusInvalidForProcessing",
            "superseded by another consent",
        ),
        Change::Expired => ("dpv:ConsentExpired", "ended as agreed"),
    };
    status(&[term], how, happening.at, happening.by)
}

fn status(terms: &[&str], how: &str, at: Timestamp, by: By) -> Value {
    let indicated_by = match by {
        By::Person => json!({ "@id": "dpv:DataSubject" }),
        By::Operator => {
            json!({ "@type": "dpv:DataProcessor", "dct:title": "the operator, for the person" })
        }
        By::Time => {
            json!({ "@type": "dpv:DataProcessor", "dct:title": "the ledger, at the time agreed" })
        }
    };
    json!({
        "@type": terms,
        "dpv:hasIndicationMethod": how,
        "dpv:isIndicatedAtTime": iso_8601(at),
        "dpv:isIndicatedBy": indicated_by,
    })
}
