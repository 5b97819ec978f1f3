use assent_model::vocabulary::{
    CollectionMethod, LegalBasis, ProcessingCategory, PurposeCategory, Recipient, StorageDuration,
    StorageLocation, ValueKind,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn check<T: Copy + PartialEq + std::fmt::Debug + Serialize + DeserializeOwned>(all: &[T]) {
    let mut spelled = Vec::new();
    for value in all {
        let json = serde_json::to_string(value).expect("JSON");
        assert_eq!(serde_json::from_str::<T>(&json).ok(), Some(*value));
        let text = json.trim_matches('"').to_owned();
        let is_kebab = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        assert!(text.bytes().all(is_kebab), "{text}");
        spelled.push(text);
    }
    spelled.sort_unstable();
    spelled.dedup();
    assert_eq!(spelled.len(), all.len());
    assert!(serde_json::from_str::<T>("\"something-else\"").is_err());
}

#[test]
fn every_word_has_one_spelling() {
    check(CollectionMethod::ALL);
    check(LegalBasis::ALL);
    check(ProcessingCategory::ALL);
    check(PurposeCategory::ALL);
    check(Recipient::ALL);
    check(StorageDuration::ALL);
    check(StorageLocation::ALL);
    check(ValueKind::ALL);
}

#[test]
fn the_six_grounds_of_law_are_those_of_the_regulation() {
    assert_eq!(LegalBasis::ALL.len(), 6);
    let consent = serde_json::to_string(&LegalBasis::Consent).expect("JSON");
    assert_eq!(consent, "\"consent\"");
}
