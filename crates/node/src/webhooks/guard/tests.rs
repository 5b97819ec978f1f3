//! The whole table of addresses that a webhook must not reach.

use std::sync::Mutex;

use super::*;

fn check(address: &str, expected: Result<(), Refused>) {
    let answer = Guard::new(false).check(address).map(drop);
    assert_eq!(answer, expected, "{address}");
}

#[test]
fn addresses_of_the_public_internet_pass() {
    for address in [
        "https://example.com/hooks",
        "https://example.com:8443/hooks?x=1",
        "https://93.184.215.14/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
        "https://[64:ff9b::5db8:d70e]/",
        "https://[2002:5db8:d70e::1]/",
        "https://[::ffff:93.184.215.14]/",
        "https://127.0.0.1.example.com/",
        "https://localhost.example.com/",
        "https://notlocal/",
    ] {
        check(address, Ok(()));
    }
}

#[test]
fn what_is_not_a_plain_https_address_is_refused() {
    for (address, why) in [
        ("", Refused::NotAUrl),
        ("example.com", Refused::NotAUrl),
        ("/hooks", Refused::NotAUrl),
        ("https://", Refused::NotAUrl),
        ("https://[::1", Refused::NotAUrl),
        ("https://1.2.3.256/", Refused::NotAUrl),
        ("mailto:someone@example.com", Refused::NotAUrl),
        ("file:///etc/passwd", Refused::NotAUrl),
        ("file://example.com/etc/passwd", Refused::NotHttps),
        ("http://example.com/", Refused::NotHttps),
        ("ftp://example.com/", Refused::NotHttps),
        ("gopher://example.com/", Refused::NotHttps),
        ("unix://example.com/", Refused::NotHttps),
        ("https://user@example.com/", Refused::UserInfo),
        ("https://:secret@example.com/", Refused::UserInfo),
        ("https://example.com@127.0.0.1/", Refused::UserInfo),
        ("https://example.com/#part", Refused::Fragment),
    ] {
        check(address, Err(why));
    }
    check(
        &format!("https://example.com/{}", "a".repeat(URL_BYTES_MAX)),
        Err(Refused::NotAUrl),
    );
}

/// Every spelling that the URL standard knows, of every network that is not public.
const NOT_PUBLIC: &[&str] = &[
    // IPv4: unspecified, private, CGNAT, loopback, link-local, metadata, documentation …
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    // … and in other spellings: decimal, octal, hexadecimal, short, with a dot at the end.
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "127.0.0.1.",
    "2852039166",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "3232235521",
    // Full-width digits and dots are the same host after IDNA.
    "１２７.0.0.1",
    "127。0。0。1",
    // IPv6: unspecified, loopback, unique local, metadata, link-local, site-local, multicast …
    "[::]",
    "[::1]",
    "[fc00::1]",
    "[fd00::1]",
    "[fd00:ec2::254]",
    "[fdff:ffff::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[2001::1]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[5f00::1]",
    "[4000::1]",
    "[64:ff9b:1::1]",
    // … and what has an IPv4 address in it: mapped, compatible, translated, 6to4, NAT64.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2002:c0a8:1::1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b::10.0.0.1]",
    // Names that stay on the machine or in the network.
    "localhost",
    "localhost.",
    "LOCALHOST",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
    "router.home.arpa",
];

#[test]
fn addresses_that_are_not_public_are_refused() {
    for host in NOT_PUBLIC {
        check(&format!("https://{host}/"), Err(Refused::NotPublic));
    }
}

#[test]
fn networks_end_where_they_end() {
    for address in [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "168.63.129.15",
        "168.63.129.17",
        "2001:200::",
        "2001:db9::",
        "3ffe:ffff::",
        "3fff:1000::",
        "2000::",
        "2003::",
    ] {
        assert!(is_public(address.parse().expect(address)), "{address}");
    }
}

#[test]
fn development_lets_private_addresses_pass_but_no_other_scheme() {
    let guard = Guard::new(true);
    assert!(guard.check("http://127.0.0.1:8080/hooks").is_ok());
    assert!(guard.check("https://192.168.1.1/").is_ok());
    assert_eq!(
        guard.check("file:///etc/passwd").map(drop),
        Err(Refused::NotAUrl)
    );
    assert_eq!(
        guard.check("ftp://127.0.0.1/").map(drop),
        Err(Refused::NotHttps)
    );
    assert_eq!(
        guard.check("http://me:secret@127.0.0.1/").map(drop),
        Err(Refused::UserInfo)
    );
}

/// A resolver that gives these answers, one after the other.
fn answers(answers: &[&[&str]]) -> Lookup {
    let parse = |address: &&str| address.parse::<IpAddr>().expect("a test's address");
    let answers = answers
        .iter()
        .map(|answer| answer.iter().map(parse).collect::<Vec<_>>());
    let answers = Mutex::new(answers.rev().collect::<Vec<_>>());
    Arc::new(move |_| {
        let answer = answers.lock().expect("no test panics here").pop();
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no more answers")) })
    })
}

async fn resolved(guard: &Guard) -> Result<Vec<IpAddr>, String> {
    let name = "hooks.example".parse().expect("a name");
    match guard.resolve(name).await {
        Ok(addresses) => Ok(addresses.map(|address| address.ip()).collect()),
        Err(error) => Err(error.to_string()),
    }
}

#[tokio::test]
async fn a_name_that_changes_its_answer_is_checked_each_time() {
    let guard = Guard::with_lookup(
        false,
        answers(&[&["93.184.215.14"], &["127.0.0.1"], &["::1"]]),
    );
    assert_eq!(
        resolved(&guard).await,
        Ok(vec!["93.184.215.14".parse().expect("an address")])
    );
    assert_eq!(
        resolved(&guard).await,
        Err(LookupError::Refused(Refused::NotPublic).to_string())
    );
    assert_eq!(
        resolved(&guard).await,
        Err(LookupError::Refused(Refused::NotPublic).to_string())
    );
    assert!(
        resolved(&guard).await.is_err(),
        "a resolver that fails is not a way around it"
    );
}

#[tokio::test]
async fn one_private_address_among_public_ones_condemns_the_answer() {
    for answer in [
        ["93.184.215.14", "10.0.0.1"],
        ["10.0.0.1", "93.184.215.14"],
        ["::ffff:10.0.0.1", "::1"],
    ] {
        let guard = Guard::with_lookup(false, answers(&[&answer]));
        assert_eq!(
            resolved(&guard).await,
            Err(LookupError::Refused(Refused::NotPublic).to_string()),
            "{answer:?}"
        );
    }
    let guard = Guard::with_lookup(false, answers(&[&[]]));
    assert!(resolved(&guard).await.is_err(), "no address at all");
}
