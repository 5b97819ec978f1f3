//! The letters of the household, at the page that a node without a mail server shows them on.

use std::time::Duration;

use super::browser::{Browser, Page};
use crate::failure::Failure;

/// The subject of a letter with a link to sign in.
pub(super) const SIGN_IN: &str = "Your link to sign in";
/// Letters are sent by a task of their own, soon.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// The code in the newest letter with this subject.
pub(super) async fn code(browser: &mut Browser, subject: &str) -> Result<String, Failure> {
    find(browser, subject, |letter| {
        let is_code = |word: &&str| {
            word.len() == 9
                && word.bytes().enumerate().all(|(place, byte)| match place {
                    4 => byte == b'-',
                    _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
                })
        };
        letter.split_whitespace().find(is_code).map(str::to_owned)
    })
    .await
}

/// How many letters have this subject.
pub(super) async fn count(browser: &mut Browser, subject: &str) -> Result<usize, Failure> {
    let page = browser.open("/mail").await?.page()?;
    Ok(page.html.matches(&heading(subject)).count())
}

/// The first link in the newest letter with this subject, once there are more than so many.
pub(super) async fn link_after(
    browser: &mut Browser,
    subject: &str,
    known: usize,
) -> Result<String, Failure> {
    for _ in 0..TRIES {
        if count(browser, subject).await? > known {
            return find(browser, subject, |letter| {
                Page::of(letter).link("class=\"button\"")
            })
            .await;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(missing(subject))
}

fn heading(subject: &str) -> String {
    format!("<h2>{subject}</h2>")
}

fn missing(subject: &str) -> Failure {
    Failure::problem(format!("no letter says \"{subject}\""))
}

async fn find(
    browser: &mut Browser,
    subject: &str,
    read: impl Fn(&str) -> Option<String>,
) -> Result<String, Failure> {
    let heading = heading(subject);
    for _ in 0..TRIES {
        let page = browser.open("/mail").await?.page()?;
        let mut letters = page.html.split("<article").skip(1);
        let letter = letters.find(|letter| letter.contains(&heading));
        if let Some(found) = letter.and_then(&read) {
            return Ok(found);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(missing(subject))
}
