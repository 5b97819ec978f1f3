use std::collections::BTreeSet;

use assent_model::machine::StateKey;
use assent_model::names::{ChainId, ConceptId, DatasetId, Jti, Language, PurposeId};

fn check(text: &str, valid: bool) {
    let parsed = text.parse::<DatasetId>();
    assert_eq!(parsed.is_ok(), valid, "{text:?}");
    let json = serde_json::to_string(text).expect("JSON");
    let read = serde_json::from_str::<DatasetId>(&json);
    assert_eq!(read.is_ok(), valid, "{text:?}");
    if let (Ok(parsed), Ok(read)) = (parsed, read) {
        assert_eq!(parsed, read);
        assert_eq!(parsed.as_str(), text);
        assert_eq!(parsed.to_string(), text);
        assert_eq!(serde_json::to_string(&parsed).expect("JSON"), json);
    }
}

#[test]
fn a_name_has_safe_characters() {
    check("a", true);
    check("urn:example/energy.P1_v5-2", true);
    check("", false);
    check("two words", false);
    check("tab\t", false);
    check("new\nline", false);
    check("quote\"", false);
    check("per%cent", false);
    check("plus+", false);
    check("é", false);
    check("ａ", false);
    check("nul\0", false);
}

#[test]
fn a_name_has_a_length() {
    let fits = |length: usize| {
        let text = "x".repeat(length);
        (
            text.parse::<ChainId>().is_ok(),
            text.parse::<Jti>().is_ok(),
            text.parse::<ConceptId>().is_ok(),
            text.parse::<PurposeId>().is_ok(),
            text.parse::<Language>().is_ok(),
        )
    };
    assert_eq!(fits(35), (true, true, true, true, true));
    assert_eq!(fits(36), (true, true, true, true, false));
    assert_eq!(fits(64), (true, true, true, true, false));
    assert_eq!(fits(65), (false, false, true, false, false));
    assert_eq!(fits(96), (false, false, true, false, false));
    assert_eq!(fits(97), (false, false, false, false, false));
    check(&"x".repeat(64), true);
    check(&"x".repeat(65), false);
}

#[test]
fn a_name_is_text_and_nothing_else() {
    for json in ["1", "null", "[\"a\"]", "{\"a\":1}"] {
        assert!(serde_json::from_str::<DatasetId>(json).is_err(), "{json}");
    }
    let escaped = serde_json::from_str::<DatasetId>("\"\\u0061\"");
    assert_eq!(escaped.ok(), "a".parse().ok());
}

#[test]
fn a_wrong_name_is_not_repeated_in_the_error() {
    let error = "Ann Smith".parse::<DatasetId>().expect_err("two words");
    assert!(!error.to_string().contains("Ann"));
    assert!(error.to_string().contains("1 to 64 characters"));
}

#[test]
fn numbers_used_once_are_fresh_names() {
    let drawn: BTreeSet<Jti> = (0..100).map(|_| Jti::random()).collect();
    assert_eq!(drawn.len(), 100);
    for jti in drawn {
        assert_eq!(jti.as_str().len(), 32);
        assert_eq!(jti.as_str().parse(), Ok(jti.clone()));
    }
}

#[test]
fn a_state_key_is_kind_and_id() {
    let key = StateKey::new("party", "prt_a");
    assert_eq!(key.as_str(), "party/prt_a");
    assert_eq!(StateKey::from_stored("party/prt_a".into()), key);
}
