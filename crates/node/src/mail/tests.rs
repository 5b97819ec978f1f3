//! Every letter in every language says all there is to say, and nothing gets into a header.

use std::collections::BTreeSet;

use assent_crypto::digest::Digest;
use assent_model::ids::ConsentId;
use assent_model::time::Timestamp;

use super::catalogue::{Letter, Notice, Wording, texts};
use super::message::{Sender, message};
use crate::contacts::address::EmailAddress;
use crate::contacts::code::{Codes, OneTimeCode, Recipient, Subject};
use crate::notifications::Kind;
use crate::pages::texts::Texts;

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

/// One of each.
fn letters() -> Vec<Letter> {
    let path = || "/there/it/is".to_owned();
    let notice = |kind: Kind| {
        Letter::Notice(Notice {
            kind,
            path: path(),
            off: (!kind.is_security()).then(|| "/notifications/off".to_owned()),
        })
    };
    let plain = vec![
        Letter::ContactCode(code()),
        Letter::ContactConfirmed,
        Letter::ContactRemoved,
        Letter::LostKeyCode(code()),
        Letter::PassCode(code()),
        Letter::SignIn(path()),
        Letter::SignUpCode(code()),
        Letter::SignUpKnown(path()),
        Letter::ConsentGiven {
            path: path(),
            cr_id: ConsentId::random(),
            notice: Digest::of(b"a notice"),
        },
        Letter::AcknowledgementOverdue(path()),
        Letter::EndpointFailing {
            path: path(),
            days: 4,
        },
        Letter::EndpointOff(path()),
        Letter::PasskeyAdded,
        Letter::PasskeyStopped,
        Letter::ConsentsStopped,
        Letter::DeviceAdded,
        Letter::RecoveryKitMade,
        Letter::KeyPasskeyAdded,
        Letter::DeviceRemoved,
        Letter::Invitation(path()),
    ];
    plain.into_iter().chain(Kind::ALL.map(notice)).collect()
}

fn sender() -> Sender {
    let mailbox = "Assent <no-reply@node.example>".parse().expect("a sender");
    Sender {
        mailbox,
        link: "https://node.example".into(),
    }
}

fn written(letter: &Letter, texts: &Texts, node: &str) -> Wording {
    letter.plan().wording(texts, node)
}

fn formatted(letter: &Letter, language: &str) -> (String, String) {
    let message = message(&sender(), &recipient(language), letter, BEGIN);
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
    let (headers, body) = formatted(&Letter::ContactCode(code()), "da");
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
    for letter in letters() {
        let (headers, body) = formatted(&letter, "en");
        let Some(off) = letter.plan().off else {
            assert!(!headers.contains("List-Unsubscribe"), "{headers}");
            continue;
        };
        let line = format!("\r\nList-Unsubscribe: <https://node.example{off}>\r\n");
        assert!(headers.contains(&line), "{headers}");
        let line = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        assert!(headers.contains(line), "{headers}");
        assert!(body.contains(&off), "the foot has it too: {body}");
    }
}
