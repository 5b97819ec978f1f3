//! A sealed document opens for the sink alone, and only as what it is.

use assent_client::document::SealedDocument;
use assent_crypto::sealing::OpeningKey;
use assent_model::ids::{ConsentId, ReceiptId};

use crate::cast::{DATASET, name};
use crate::source::Guarded;

const CONTENT: &[u8] = br#"{"used":17}"#;

/// A document, and who may open it as what.
struct Parcel {
    document: SealedDocument,
    opening: OpeningKey,
    cr_id: ConsentId,
    dataset: &'static str,
}

#[track_caller]
fn check(change: impl FnOnce(&mut Parcel), expected: Result<&[u8], &str>) {
    let mut guarded = Guarded::new();
    let release = guarded.release();
    let opening = OpeningKey::from_seed(guarded.cast.requester.keys.opening.seed());
    let mut parcel = Parcel {
        document: release.seal_document(opening.sealing_key(), CONTENT),
        opening,
        cr_id: guarded.pair.sink_id(),
        dataset: DATASET,
    };
    change(&mut parcel);
    let dataset = name(parcel.dataset);
    let opened = parcel
        .document
        .open(&parcel.opening, parcel.cr_id, &dataset);
    let opened = opened.as_deref().map_err(|error| error.code());
    assert_eq!(opened, expected);
}

#[test]
fn a_document_is_bound_to_consent_dataset_and_receipt() {
    check(|_| {}, Ok(CONTENT));
    check(|p| p.cr_id = ConsentId::random(), Err("consent-mismatch"));
    check(|p| p.dataset = "others", Err("dataset-mismatch"));
    check(
        |p| p.opening = OpeningKey::generate(),
        Err("document-unopenable"),
    );
    check(
        |p| p.document.receipt_id = ReceiptId::random(),
        Err("document-unopenable"),
    );
    check(
        |p| {
            p.dataset = "others";
            p.document.dataset_id = name("others");
        },
        Err("document-unopenable"),
    );
    check(
        |p| {
            p.cr_id = ConsentId::random();
            p.document.cr_id = p.cr_id;
        },
        Err("document-unopenable"),
    );
    check(|p| p.document.sealed.push('='), Err("document-unopenable"));
}

#[test]
fn a_document_survives_its_json_form() {
    check(
        |p| {
            let text = serde_json::to_string(&p.document).unwrap();
            p.document = serde_json::from_str(&text).unwrap();
        },
        Ok(CONTENT),
    );
}
