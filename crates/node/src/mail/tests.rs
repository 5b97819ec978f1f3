//! Every letter in every language says all there is to say, and nothing gets into a header.

use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::time::Timestamp;

use super::catalogue::{Letter, Places, Wording, texts};
use super::message::{Sender, message};
use super::post::About;
use super::topics::{self, Topic};
use crate::contacts::address::EmailAddress;
use crate::contacts::code::{Codes, OneTimeCode, Recipient, Subject};
use crate::pages::texts::Texts;

const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const LINK: &str = "https://node.example/?a=1&b=\"2\"";
const KEY: [u8; 32] = [7; 32];

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

/// One of each.
fn letters() -> Vec<Letter> {
    let path = || "/there/it/is".to_owned();
    vec![
        Letter::ContactCode(code()),
        Letter::ContactConfirmed,
        Letter::ContactRemoved,
        Letter::LostKeyCode(code()),
        Letter::SignIn(path()),
        Letter::SignUpCode(code()),
        Letter::SignUpKnown(path()),
        Letter::ConsentRequested(path()),
        Letter::ConsentGiven {
            path: path(),
            cr_id: ConsentId::random(),
            notice: Digest::of(b"a notice"),
        },
        Letter::ConditionsChanged(path()),
        Letter::AcknowledgementMissed(path()),
        Letter::AcknowledgementOverdue(path()),
        Letter::EndpointFailing {
            path: path(),
            days: 4,
        },
        Letter::EndpointOff(path()),
        Letter::ConsentsStopped,
    ]
}

fn sender() -> Sender {
    let mailbox = "Assent <no-reply@node.example>".parse().expect("a sender");
    Sender {
        mailbox,
        link: "https://node.example".into(),
        index_key: KEY,
    }
}

fn written(letter: &Letter, texts: &Texts, node: &str) -> Wording {
    let places = Places { node, stop: None };
    letter.plan().wording(texts, places)
}

fn formatted(letter: &Letter, about: About, language: &str) -> (String, String) {
    let message = message(&sender(), about, &recipient(language), letter, BEGIN);
    let formatted = message.expect("a message").formatted();
    let formatted = String::from_utf8(formatted).expect("text");
    let (headers, body) = formatted.split_once("\r\n\r\n").expect("a body");
    (headers.to_owned(), body.replace("=\r\n", ""))
}

#[test]
fn every_letter_is_made_from_its_own_words_in_every_language() {
    let mut texts_seen = BTreeSet::new();
    let mut subjects = BTreeSet::new();
    for letter in letters() {
        for texts in Texts::languages() {
            let Wording {
                subject,
                text,
                html,
            } = written(&letter, &texts, "https://node.example");
            assert!((10..=70).contains(&subject.chars().count()), "{subject}");
            for said in [&subject, &text, &html] {
                let is_whole = !said.contains(['{', '}', '\u{2068}']) && !said.contains("Unknown");
                assert!(is_whole, "{}: {said}", texts.tag());
            }
            assert!(html.contains(&format!("<html lang=\"{}\">", texts.tag())));
            assert!(
                texts_seen.insert(text),
                "{subject}: two letters say the same"
            );
            assert!(subjects.insert(subject), "two subjects are the same");
        }
    }
}

#[test]
fn a_subject_tells_a_locked_screen_nothing() {
    for letter in letters() {
        let subject = written(&letter, &Texts::fallback(), "https://node.example").subject;
        assert!(
            !subject.contains("https") && !subject.contains("cns_"),
            "{subject}"
        );
        assert!(
            !subject.chars().any(|letter| letter.is_ascii_digit()),
            "{subject}"
        );
    }
}

#[test]
fn a_region_speaks_its_language_and_strangers_english() {
    for (tag, expected) in [
        ("nl", "nl"),
        ("nl-BE", "nl"),
        ("NL", "nl"),
        ("da-DK", "da"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("dav", "en"),
    ] {
        let language = tag.parse().expect("a language");
        assert_eq!(texts(&language).tag(), expected, "{tag}");
    }
}

#[test]
fn text_and_html_say_the_same_and_html_is_escaped() {
    let letter = Letter::ContactCode(code());
    let Letter::ContactCode(code) = &letter else {
        unreachable!("it was just made")
    };
    let wording = written(&letter, &Texts::fallback(), LINK);
    for shown in [&wording.text, &wording.html] {
        assert!(shown.contains(&code.to_string()));
        assert!(shown.contains("10 minutes"));
    }
    assert!(wording.text.contains(LINK));
    assert!(!wording.html.contains(LINK));
    let letter = written(&Letter::SignIn("\"><b>".into()), &Texts::fallback(), LINK);
    assert!(!letter.html.contains("<b>"));
    assert!(
        letter
            .text
            .lines()
            .any(|line| line == format!("{LINK}\"><b>"))
    );
}

#[test]
fn letters_load_nothing_and_name_nobody() {
    for letter in letters() {
        for texts in Texts::languages() {
            let html = written(&letter, &texts, "https://node.example").html;
            for loaded in [
                "<img", "<link", "<script", "url(", "src=", "<iframe", "<form",
            ] {
                assert!(!html.contains(loaded), "{loaded}");
            }
            let addresses = html.matches("https://").count();
            assert_eq!(addresses, html.matches("https://node.example").count());
            assert!(html.matches("href=").count() <= 1, "one link at most");
            assert!(!html.contains("ann@"));
        }
    }
}

#[test]
fn a_message_has_the_headers_that_it_should_have() {
    let about = About::Address(Digest::ZERO);
    let (headers, body) = formatted(&Letter::ContactCode(code()), about, "da");
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

#[test]
fn only_letters_that_can_be_turned_off_say_how() {
    let party = PartyId::from_bytes([3; 20]);
    for letter in letters() {
        let topic = letter.plan().topic;
        let (headers, body) = formatted(&letter, About::Account(party), "en");
        let (to_nobody, _) = formatted(&letter, About::Address(Digest::ZERO), "en");
        assert!(!to_nobody.contains("List-Unsubscribe"));
        let Some(topic) = topic else {
            assert!(!headers.contains("List-Unsubscribe"), "{headers}");
            continue;
        };
        let path = topics::stop_path(&KEY, party, topic);
        let line = format!("\r\nList-Unsubscribe: <https://node.example{path}>\r\n");
        assert!(headers.contains(&line), "{headers}");
        let line = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        assert!(headers.contains(line), "{headers}");
        assert!(body.contains(&path), "the foot has it too: {body}");
    }
}

#[test]
fn nobody_else_can_make_an_address_that_turns_letters_off() {
    let party = PartyId::from_bytes([3; 20]);
    let path = topics::stop_path(&KEY, party, Topic::Requests);
    let names: Vec<&str> = path.split('/').skip(2).collect();
    let read = |key, topic, party, mark| topics::read_stop_path(key, topic, party, mark);
    let found = read(&KEY, names[0], names[1], names[2]);
    assert_eq!(found, Some((party, Topic::Requests)));
    let other = PartyId::from_bytes([4; 20]).to_string();
    let none = Digest::ZERO.to_string();
    assert_eq!(read(&KEY, "conditions", names[1], names[2]), None);
    assert_eq!(read(&KEY, "nothing", names[1], names[2]), None);
    assert_eq!(read(&KEY, names[0], &other, names[2]), None);
    assert_eq!(read(&KEY, names[0], names[1], &none), None);
    assert_eq!(read(&[8; 32], names[0], names[1], names[2]), None);
}
