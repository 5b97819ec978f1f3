//! E-mail addresses, as far as this node writes to them.

use std::fmt;

use assent_crypto::digest::{Digest, hmac_sha256};
use assent_crypto::domains;

/// The longest address (RFC 5321, section 4.5.3.1.3, less its brackets).
const LENGTH_MAX: usize = 254;
/// The longest part before the `@` (section 4.5.3.1.1).
const LOCAL_LENGTH_MAX: usize = 64;
/// What the part before the `@` may hold beside letters and digits, unquoted (RFC 5322, `atext`
/// and dots).
const LOCAL_MARKS: &[u8] = b".!#$%&'*+-/=?^_`{|}~";

/// An address in lower case. Two that differ in case only are one: mail systems that tell them
/// apart are of the past, people who type them differently are not.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailAddress(String);

/// The address is not shown, because what is formatted ends up in logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

impl EmailAddress {
    /// Reads an address of plain ASCII: no quotes, no comments, no line ends, nothing that could
    /// leave the header that it stands in.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let is_address = text.len() <= LENGTH_MAX && is_local(local) && is_domain(domain);
        is_address.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as its owner recognises it and nobody else learns it: of the part before the `@`
    /// the first letter alone.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').expect("an address has an @");
        let first: String = local.chars().take(1).collect();
        format!("{first}\u{2026}@{domain}")
    }

    /// The name under which the address is found: without the key nobody can tell from it which
    /// address it is of, nor try out addresses.
    pub fn index(&self, index_key: &[u8; 32]) -> Digest {
        hmac_sha256(index_key, domains::CONTACT_INDEX, &[self.0.as_bytes()])
    }
}

fn is_local(local: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || LOCAL_MARKS.contains(&byte);
    (1..=LOCAL_LENGTH_MAX).contains(&local.len())
        && local.bytes().all(is_plain)
        && local.split('.').all(|atom| !atom.is_empty())
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let parsed = EmailAddress::parse(text);
        assert_eq!(
            parsed.as_ref().map(EmailAddress::as_str),
            expected,
            "{text:?}"
        );
    }

    #[test]
    fn only_plain_addresses_are_read() {
        check("ann@example.org", Some("ann@example.org"));
        check("Ann.B+meter@Example.ORG", Some("ann.b+meter@example.org"));
        check("o'neill@sub.example.org", Some("o'neill@sub.example.org"));
        check("dev@localhost", Some("dev@localhost"));
        check("", None);
        check("ann", None);
        check("@example.org", None);
        check("ann@", None);
        check("ann@b@example.org", None);
        check("ann..b@example.org", None);
        check(".ann@example.org", None);
        check("ann@example..org", None);
        check("ann@-example.org", None);
        check("ann@exa mple.org", None);
        check("\"ann b\"@example.org", None);
        check("ånn@example.org", None);
        check(&format!("{}@example.org", "a".repeat(65)), None);
        check(&format!("a@{}org", "label.".repeat(50)), None);
    }

    #[test]
    fn nothing_leaves_its_header() {
        for text in [
            "ann@example.org\r\nBcc: eve@example.org",
            "ann@example.org\n",
            "ann\r@example.org",
            "ann@example.org, eve@example.org",
            "ann@example.org>",
            "Ann <ann@example.org>",
            "ann@example.org\0",
            "ann@example.org;eve",
            "(c)ann@example.org",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_address_does_not_show_itself() {
        let address = EmailAddress::parse("ann@example.org").expect("an address");
        assert!(!format!("{address:?}").contains("ann"));
    }

    #[test]
    fn a_masked_address_tells_its_owner_and_nobody_else() {
        let masked = |text: &str| EmailAddress::parse(text).expect("an address").masked();
        assert_eq!(masked("Ann.B+meter@example.org"), "a\u{2026}@example.org");
        assert_eq!(masked("a@example.org"), "a\u{2026}@example.org");
    }

    #[test]
    fn case_does_not_matter_to_the_index_and_the_key_does() {
        let index = |text: &str, key: u8| {
            EmailAddress::parse(text)
                .expect("an address")
                .index(&[key; 32])
        };
        assert_eq!(index("Ann@Example.org", 1), index("ann@example.ORG", 1));
        assert_ne!(index("ann@example.org", 1), index("ann@example.org", 2));
        assert_ne!(index("ann@example.org", 1), index("bob@example.org", 1));
    }
}
