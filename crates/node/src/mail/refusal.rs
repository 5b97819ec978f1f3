//! What a mail server's refusal is about. A letter is given up only where its recipient or the letter
//! itself is refused for good: a server that wants another password today takes the letter tomorrow.

use std::error::Error as _;

use lettre::transport::smtp;

use super::mailer::NotTaken;

/// What became of a letter that the server did not take.
pub(super) fn of(error: &smtp::Error) -> NotTaken {
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    error
        .status()
        .map_or(NotTaken::Nothing, |code| about(u16::from(code), &text))
}

/// Reply codes (RFC 5321, section 4.2.3; RFC 4954, section 6; RFC 7504) and the enhanced status code at
/// the beginning of the text (RFC 3463), where there is one.
fn about(code: u16, text: &str) -> NotTaken {
    match code {
        421 | 454 | 500..=504 | 521 | 523 | 530 | 534 | 535 | 538 => NotTaken::Nothing,
        500..=599 if is_about_letter(text) => NotTaken::ForGood,
        _ => NotTaken::ForNow,
    }
}

fn is_about_letter(text: &str) -> bool {
    match enhanced(text) {
        // About the address of the sender: that is the operator's to mend.
        Some((1, 7 | 8)) => false,
        Some((1 | 2 | 6, _) | (3, 4)) => true,
        // Without an enhanced code nobody can tell: some servers say 550 of a node that may not relay.
        Some(_) | None => false,
    }
}

/// Subject and detail.
fn enhanced(text: &str) -> Option<(u16, u16)> {
    let (class, rest) = text.split_whitespace().next()?.split_once('.')?;
    let (subject, detail) = rest.split_once('.')?;
    let is_permanent = class == "5";
    is_permanent.then_some((subject.parse().ok()?, detail.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: u16, text: &str, expected: &str) {
        let found = match about(code, text) {
            NotTaken::ForGood => "for good",
            NotTaken::ForNow => "for now",
            NotTaken::Nothing => "nothing is taken",
            NotTaken::Folder(_) => "no server",
        };
        assert_eq!(found, expected, "{code} {text}");
    }

    #[test]
    fn only_what_is_about_the_letter_ends_it() {
        check(550, "5.1.1 no such mailbox", "for good");
        check(553, "5.1.3 bad address syntax", "for good");
        check(552, "5.3.4 message too big", "for good");
        check(550, "5.2.1 mailbox disabled", "for good");
        check(554, "5.6.0 unreadable message", "for good");
        check(556, "5.1.10 domain takes no mail", "for good");
        check(550, "no such mailbox", "for now");
        check(550, "relay not permitted", "for now");
        check(553, "sorry, not in my list (#5.7.1)", "for now");
        check(550, "5.7.1 relaying denied", "for now");
        check(554, "5.7.1 client host rejected", "for now");
        check(554, "no service here", "for now");
        check(550, "5.1.8 bad sender address", "for now");
        check(553, "5.1.7 bad sender address", "for now");
        check(555, "5.5.4 parameters not recognised", "for now");
        check(451, "4.7.1 greylisted", "for now");
        check(452, "4.2.2 mailbox full", "for now");
        check(450, "5.1.1 says one thing and another", "for now");
    }

    #[test]
    fn a_server_that_refuses_the_node_takes_nothing() {
        check(
            535,
            "5.7.8 authentication credentials invalid",
            "nothing is taken",
        );
        check(530, "5.7.0 must issue STARTTLS first", "nothing is taken");
        check(534, "5.7.9 mechanism too weak", "nothing is taken");
        check(538, "5.7.11 encryption required", "nothing is taken");
        check(421, "4.3.2 shutting down", "nothing is taken");
        check(454, "4.7.0 TLS not available", "nothing is taken");
        check(502, "not implemented", "nothing is taken");
        check(521, "5.3.2 takes no mail", "nothing is taken");
    }
}
