//! Addresses that people go back to.

use reqwest::Url;

use super::Pushed;
use crate::node::Node;

/// Why somebody comes back without the answer that was wanted (RFC 6749, section 4.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The person said no.
    Denied,
    /// It was answered before, or at another place.
    AlreadyAnswered,
    /// The time for an answer is over.
    Expired,
}

impl Refused {
    /// The stable word for programs.
    const fn code(self) -> &'static str {
        match self {
            Self::Denied => "access_denied",
            Self::AlreadyAnswered => "already_answered",
            Self::Expired => "request_expired",
        }
    }
}

/// Where a person goes back to without what was wanted.
pub(crate) fn refused(node: &Node, pushed: &Pushed, why: Refused) -> String {
    back(node, pushed, ("error", why.code()))
}

/// The address to go back to, with what the service is told.
pub(super) fn back(node: &Node, pushed: &Pushed, told: (&str, &str)) -> String {
    let mut url = Url::parse(&pushed.redirect_uri).expect("what was pushed is an address");
    url.query_pairs_mut()
        .append_pair(told.0, told.1)
        .append_pair("state", &pushed.state)
        .append_pair("iss", node.config.public_url.trim_end_matches('/'));
    url.into()
}

/// Whether people may be sent to an address at all: with TLS or on this machine, and without a
/// name, a password or a fragment in it.
pub(super) fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_private = url.scheme() == "https" || url.scheme() == "http" && is_local;
    let is_plain = url.username().is_empty() && url.password().is_none();
    is_private && is_plain && url.fragment().is_none() && address.is_ascii()
}

impl Pushed {
    /// The origin that the person came from and goes back to, as browsers spell it (RFC 6454), with
    /// the host in ASCII.
    pub(crate) fn origin(&self) -> String {
        let url = Url::parse(&self.redirect_uri).expect("what was pushed is an address");
        url.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn people_are_sent_to_safe_addresses_only() {
        let check = |address: &str, expected| assert_eq!(is_safe(address), expected, "{address}");
        check("https://bright-energy.example/thanks?from=assent", true);
        check("http://127.0.0.1:8099/back", true);
        check("http://localhost/back", true);
        check("http://[::1]/back", true);
        check("http://bright-energy.example/thanks", false);
        check("https://bright-energy.example/thanks#here", false);
        check("https://bright-energy.example@evil.example/", false);
        check("http://localhost.evil.example/", false);
        check("https://br\u{456}ght.example/", false);
        check("javascript:alert(1)//https://", false);
        check("data:text/html,x", false);
        check("//evil.example", false);
        check("", false);
    }
}
