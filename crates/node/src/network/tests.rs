//! Who is believed about where a request comes from.

#![expect(clippy::unwrap_used, reason = "tests")]

use axum::http::{HeaderName, HeaderValue};

use super::*;

const PROXIES: &str = "10.0.0.0/8, 192.0.2.1, fd00::/8";

/// A request of `peer` with these headers is counted as one of `expected`.
fn check(peer: &str, sent: &[(&str, &str)], expected: &str) {
    let mut headers = HeaderMap::new();
    for (name, value) in sent {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let proxies: TrustedProxies = PROXIES.parse().unwrap();
    let found = proxies.network(peer.parse().unwrap(), &headers);
    let expected = Network::of(expected.parse().unwrap());
    assert_eq!(found, expected, "{peer} {sent:?}");
}

const XFF: &str = "x-forwarded-for";
const RFC: &str = "forwarded";

/// Attack: whoever connects says to be somebody else.
#[test]
fn nobody_who_is_not_trusted_says_who_they_are() {
    check("203.0.113.9", &[(XFF, "198.51.100.1")], "203.0.113.9");
    check("203.0.113.9", &[(RFC, "for=198.51.100.1")], "203.0.113.9");
    check("203.0.113.9", &[(XFF, "10.0.0.1")], "203.0.113.9");
    check("192.0.2.2", &[(XFF, "198.51.100.1")], "192.0.2.2");
    let nobody = TrustedProxies::default();
    let mut headers = HeaderMap::new();
    headers.append(XFF, HeaderValue::from_static("198.51.100.1"));
    let loopback = IpAddr::from([127, 0, 0, 1]);
    assert_eq!(nobody.network(loopback, &headers), Network::of(loopback));
}

#[test]
fn the_word_of_a_trusted_proxy_counts() {
    check("10.1.2.3", &[], "10.1.2.3");
    check("10.1.2.3", &[(XFF, "198.51.100.1")], "198.51.100.1");
    check("192.0.2.1", &[(XFF, "198.51.100.1:4711")], "198.51.100.1");
    check("fd00::1", &[(XFF, "[2001:db8::1]:4711")], "2001:db8::1");
    check("fd00::1", &[(XFF, "2001:db8::1")], "2001:db8::1");
    check("::ffff:10.1.2.3", &[(XFF, "198.51.100.1")], "198.51.100.1");
    check(
        "10.1.2.3",
        &[(RFC, "for=198.51.100.1;proto=https")],
        "198.51.100.1",
    );
    check(
        "10.1.2.3",
        &[(RFC, "proto=https; By=10.0.0.1; For=\"[2001:db8::1]:4711\"")],
        "2001:db8::1",
    );
    let both = [(XFF, "198.51.100.1"), (RFC, "for=198.51.100.1")];
    check("10.1.2.3", &both, "198.51.100.1");
}

/// Attack: write the beginning of a header that a proxy adds to.
#[test]
fn what_stands_before_the_nearest_stranger_counts_for_nothing() {
    check(
        "10.1.2.3",
        &[(XFF, "198.51.100.7, 203.0.113.9")],
        "203.0.113.9",
    );
    check(
        "10.1.2.3",
        &[(XFF, "198.51.100.7, 203.0.113.9, 10.9.9.9, 192.0.2.1")],
        "203.0.113.9",
    );
    let lines = [(XFF, "198.51.100.7"), (XFF, "203.0.113.9")];
    check("10.1.2.3", &lines, "203.0.113.9");
    check(
        "10.1.2.3",
        &[(RFC, "for=198.51.100.7, for=203.0.113.9")],
        "203.0.113.9",
    );
    // A comma in quotes parts nothing, and a quote that does not end hides no later hop as an address.
    check(
        "10.1.2.3",
        &[(RFC, "for=\"198.51.100.7, for=203.0.113.9")],
        "10.1.2.3",
    );
    check(
        "10.1.2.3",
        &[(RFC, "by=\"a,for=198.51.100.7\";for=203.0.113.9")],
        "203.0.113.9",
    );
    check(
        "10.1.2.3",
        &[(RFC, "for=198.51.100.7;for=203.0.113.9")],
        "10.1.2.3",
    );
}

/// Attack: send the header that the proxy does not write, and hands on.
#[test]
fn two_headers_that_disagree_count_for_nothing() {
    let spoofed = [(XFF, "203.0.113.9"), (RFC, "for=198.51.100.7")];
    check("10.1.2.3", &spoofed, "10.1.2.3");
    let spoofed = [(XFF, "198.51.100.7"), (RFC, "for=203.0.113.9")];
    check("10.1.2.3", &spoofed, "10.1.2.3");
    let spoofed = [(XFF, "203.0.113.9"), (RFC, "for=unknown")];
    check("10.1.2.3", &spoofed, "10.1.2.3");
}

#[test]
fn a_hop_without_an_address_ends_the_way_back() {
    for hop in [
        "unknown",
        "_hidden",
        "",
        "198.51.100",
        "ann",
        "1.2.3.4.5",
        "[::1",
    ] {
        check("10.1.2.3", &[(XFF, hop)], "10.1.2.3");
        check("10.1.2.3", &[(RFC, &format!("for={hop}"))], "10.1.2.3");
        let behind = format!("198.51.100.7, {hop}, 10.9.9.9");
        check("10.1.2.3", &[(XFF, &behind)], "10.9.9.9");
    }
    check("10.1.2.3", &[(RFC, "proto=https")], "10.1.2.3");
    check("10.1.2.3", &[(XFF, "\u{e5}")], "10.1.2.3");
    check(
        "10.1.2.3",
        &[(XFF, "198.51.100.1"), (XFF, "\u{e5}")],
        "10.1.2.3",
    );
}

/// Attack: take another address of one's own network for each request.
#[test]
fn all_addresses_of_a_subscriber_are_one() {
    let of = |text: &str| Network::of(text.parse().unwrap());
    assert_eq!(
        of("2001:db8:1:2::1"),
        of("2001:db8:1:2:ffff:ffff:ffff:ffff")
    );
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_ne!(of("198.51.100.1"), of("198.51.100.2"));
    assert_eq!(of("::ffff:198.51.100.1"), of("198.51.100.1"));
    assert_ne!(of("::ffff:198.51.100.1"), of("::ffff:198.51.100.2"));
}

#[test]
fn networks_are_read_and_written() {
    let read = |text: &str| text.parse().map(|read: TrustedProxies| read.to_string());
    assert_eq!(read(""), Ok(String::new()));
    assert_eq!(read(PROXIES), Ok("10.0.0.0/8,192.0.2.1/32,fd00::/8".into()));
    assert_eq!(read("10.1.2.3/8"), Ok("10.0.0.0/8".into()));
    for bad in [
        "10.0.0.0/33",
        "ann",
        "10.0.0.0/8,",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/8 fd00::/8",
    ] {
        assert_eq!(read(bad), Err(NotNetworks), "{bad}");
    }
}
