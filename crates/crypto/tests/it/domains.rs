//! The list of domains keeps purposes apart only while it has these properties.

use assent_crypto::domains::ALL;

#[test]
fn no_domain_is_another_or_the_start_of_another() {
    for (i, one) in ALL.iter().enumerate() {
        for (j, other) in ALL.iter().enumerate() {
            assert!(
                i == j || !other.as_str().starts_with(one.as_str()),
                "{one:?} {other:?}"
            );
        }
    }
}

#[test]
fn every_domain_is_versioned_printable_ascii() {
    for domain in ALL {
        let name = domain
            .as_str()
            .strip_prefix("assent/v1/")
            .expect("product and version");
        let is_plain = |c: char| c.is_ascii_lowercase() || c == '-' || c == '/';
        assert!(!name.is_empty() && name.chars().all(is_plain), "{domain:?}");
    }
}
