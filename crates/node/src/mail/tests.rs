//! Letters: every language says all there is to say, and nothing gets into a header.

use assent_crypto::digest::Digest;
use assent_model::time::Timestamp;

use super::catalogue::{Letter, Tongue};
use super::message::{Sender, message};
use crate::contacts::address::EmailAddress;
use crate::contacts::code::{Codes, OneTimeCode, Recipient, Subject};

const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const LINK: &str = "https://node.example/?a=1&b=\"2\"";

fn recipient(language: &str) -> Recipient {
    Recipient {
        address: EmailAddress::parse("ann@example.org").expect("an address"),
        language: language.parse().expect("a language"),
    }
}

fn code() -> OneTimeCode {
    let codes = Codes::new([1; 32]);
    let subject = Subject::LostKey(Digest::ZERO);
    codes
        .issue(subject, recipient("en"), BEGIN)
        .expect("room for a code")
}

fn letters() -> [Letter; 8] {
    [
        Letter::ContactCode(code()),
        Letter::ContactConfirmed,
        Letter::ContactRemoved,
        Letter::LostKeyCode(code()),
        Letter::SignIn("/sign-in/link/token".into()),
        Letter::SignUpCode(code()),
        Letter::SignUpKnown("/sign-in/link/token".into()),
        Letter::ConsentsStopped,
    ]
}

fn sender() -> Sender {
    let mailbox = "Assent <no-reply@node.example>".parse().expect("a sender");
    Sender {
        mailbox,
        link: LINK.into(),
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn every_language_fills_in_the_same() {
    for letter in letters() {
        let english = placeholders(letter.text(Tongue::English));
        assert!(
            english
                .iter()
                .all(|name| ["code", "link", "minutes"].contains(name))
        );
        for tongue in Tongue::ALL {
            let text = letter.text(tongue);
            assert_eq!(placeholders(text), english, "{tongue:?}: {text}");
            assert_eq!(text.matches(['{', '}']).count(), 2 * english.len());
            let subject = text.lines().next().unwrap_or_default();
            assert!((10..=60).contains(&subject.len()), "{subject}");
            assert!(
                placeholders(subject).is_empty(),
                "a subject is shown on locked screens"
            );
        }
    }
}

#[test]
fn every_language_is_a_language_of_its_own() {
    for letter in letters() {
        let texts = Tongue::ALL.map(|tongue| letter.text(tongue));
        assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2]);
    }
}

#[test]
fn a_region_speaks_its_language_and_strangers_english() {
    for (tag, expected) in [
        ("nl", Tongue::Dutch),
        ("nl-BE", Tongue::Dutch),
        ("NL", Tongue::Dutch),
        ("da-DK", Tongue::Danish),
        ("en-GB", Tongue::English),
        ("fr", Tongue::English),
        ("dav", Tongue::English),
    ] {
        assert_eq!(
            Tongue::of(&tag.parse().expect("a language")),
            expected,
            "{tag}"
        );
    }
}

#[test]
fn text_and_html_say_the_same_and_html_is_escaped() {
    let letter = Letter::ContactCode(code());
    let Letter::ContactCode(code) = &letter else {
        unreachable!("it was just made")
    };
    let wording = letter.wording(Tongue::English, LINK);
    for shown in [&wording.text, &wording.html] {
        assert!(shown.contains(&code.to_string()));
        assert!(shown.contains("10 minutes"));
    }
    assert!(wording.text.contains(LINK));
    assert!(!wording.html.contains(LINK));
    assert!(
        wording
            .html
            .contains("href=\"https://node.example/?a=1&amp;b=&quot;2&quot;\"")
    );
}

#[test]
fn letters_load_nothing_and_name_nobody() {
    for letter in letters() {
        for tongue in Tongue::ALL {
            let html = letter.wording(tongue, "https://node.example").html;
            for loaded in ["<img", "<link", "<script", "url(", "src="] {
                assert!(!html.contains(loaded));
            }
            assert_eq!(
                html.matches("https://").count(),
                2,
                "the link and its text, nothing else"
            );
            assert!(!html.contains("ann"));
        }
    }
}

#[test]
fn a_message_has_the_headers_that_it_should_have() {
    let message = message(
        &sender(),
        &recipient("da"),
        &Letter::ContactCode(code()),
        BEGIN,
    );
    let formatted = message.expect("a message").formatted();
    let formatted = String::from_utf8(formatted).expect("text");
    let (headers, body) = formatted.split_once("\r\n\r\n").expect("headers and body");
    let mut names: Vec<&str> = headers
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    let expected = [
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ];
    assert_eq!(names, expected);
    assert!(headers.contains("To: ann@example.org\r\n"));
    assert!(headers.contains("Content-Type: multipart/alternative;"));
    assert!(body.contains("Content-Type: text/plain; charset=utf-8"));
    assert!(body.contains("Content-Type: text/html; charset=utf-8"));
}
