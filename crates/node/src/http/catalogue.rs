//! Every problem code with its words: what the pages under `/problems/` and the reference say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assent_api::problem::{Code, status};
use assent_crypto::jws::JwsError;
use assent_exchange::consent::rejection::ConsentRejection;
use assent_exchange::identity::rejection::IdentityRejection;
use assent_exchange::link::rejection::LinkRejection;
use assent_exchange::rejection::Rejection;
use assent_exchange::release::rejection::ReleaseRejection;
use assent_exchange::service::rejection::ServiceRejection;
use assent_exchange::stream::rejection::StreamRejection;
use assent_model::statement::ClaimsRejection;

use super::failure::PAYLOAD_UNREADABLE;
use crate::release::decide::Refusal;

/// The words for each code: blocks of code, meaning and remedy.
const TEXTS: &str = include_str!("pages/problems.txt");

/// A problem code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// The title of the problem.
    pub title: String,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// All codes, by code.
static ENTRIES: LazyLock<BTreeMap<&'static str, Entry>> = LazyLock::new(entries);

/// All codes in alphabetical order.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    ENTRIES.values()
}

/// A code.
pub(super) fn find(code: &str) -> Option<&'static Entry> {
    ENTRIES.get(code)
}

fn entries() -> BTreeMap<&'static str, Entry> {
    let texts = texts();
    let mut entries = BTreeMap::new();
    for (code, status, title) in codes() {
        let (meaning, remedy) = texts.get(code).copied().unwrap_or_default();
        // Where components share a code, the words of the first stand for it.
        entries.entry(code).or_insert(Entry {
            code,
            status,
            title,
            meaning,
            remedy,
        });
    }
    entries
}

/// Every code that an answer can carry, with status and title.
fn codes() -> Vec<(&'static str, u16, String)> {
    let beside = Code::ALL
        .iter()
        .map(|code| (code.as_str(), code.status(), code.title().to_owned()));
    let refused = rejections()
        .into_iter()
        .map(|one| (one.code(), status(one), sentence(&one.to_string())));
    let forbidden = Code::Forbidden.status();
    let released = Refusal::ALL
        .iter()
        .map(|one| (one.code(), forbidden, one.title().to_owned()));
    beside.chain(refused).chain(released).collect()
}

/// Every refusal by the rules.
fn rejections() -> Vec<Rejection> {
    let claims = ClaimsRejection::ALL.iter().copied().map(Rejection::Claims);
    let identity = IdentityRejection::ALL
        .iter()
        .copied()
        .map(Rejection::Identity);
    let service = ServiceRejection::ALL
        .iter()
        .copied()
        .map(Rejection::Service);
    let link = LinkRejection::ALL.iter().copied().map(Rejection::Link);
    let consent = ConsentRejection::ALL
        .iter()
        .copied()
        .map(Rejection::Consent);
    let release = ReleaseRejection::ALL
        .iter()
        .copied()
        .map(Rejection::Release);
    let stream = StreamRejection::ALL.iter().copied().map(Rejection::Stream);
    [Rejection::ChainNotOpen, Rejection::StatementTooLarge]
        .into_iter()
        .chain(claims)
        .chain(identity)
        .chain(service)
        .chain(link)
        .chain(consent)
        .chain(release)
        .chain(stream)
        .collect()
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The blocks of the text file, by code.
fn texts() -> BTreeMap<&'static str, (&'static str, &'static str)> {
    let is_block = |block: &&str| !block.starts_with('#') && !block.trim().is_empty();
    TEXTS
        .split("\n\n")
        .filter(is_block)
        .map(|block| {
            let mut lines = block.trim().lines();
            let mut line = || lines.next().unwrap_or_default();
            (line(), (line(), line()))
        })
        .collect()
}

/// The reference: one section a code, as Markdown.
pub fn reference() -> String {
    let section = |entry: &Entry| {
        let Entry {
            code,
            status,
            title,
            meaning,
            remedy,
        } = entry;
        let details = if *code == Code::StatementInvalid.as_str() {
            details()
        } else {
            String::new()
        };
        format!(
            "\n## `{code}`\n\n{status}. {title}.\n\n{meaning}\n{details}\n*What to do:* {remedy}\n"
        )
    };
    let sections: String = all().map(section).collect();
    format!("{INTRODUCTION}{sections}")
}

/// What `detail` can say about a statement.
fn details() -> String {
    let row = |error: &JwsError| format!("| `{}` | {error} |\n", error.code());
    let rows: String = JwsError::ALL.iter().map(row).collect();
    format!(
        "\n| `detail` | meaning |\n|---|---|\n{rows}| `{PAYLOAD_UNREADABLE}` | the payload is not the canonical \
         encoding of the wanted family, or has other fields |\n"
    )
}

const INTRODUCTION: &str = "# Problems

<!-- Made from the code; the test `problems` of assent-node says how to make it again. -->

Every answer that is not a success is a problem (RFC 9457, `application/problem+json`):

| member | meaning |
|---|---|
| `type` | the page that explains the code, `/problems/{code}`, relative to the node |
| `title` | the same words for the same code |
| `status` | the HTTP status |
| `code` | the stable code: programs decide by it |
| `detail` | what is wrong with this request in particular; never personal data |
| `errors` | where it is wrong: a list of `pointer` (RFC 6901) and `detail` |
| `request_id` | finds the request in the log of the node; also in the header `x-request-id` |

A request that is answered with a problem has changed nothing. Codes are never given another meaning; new ones may be
added.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_and_every_explanation_has_a_code() {
        let unexplained: Vec<_> = all()
            .filter(|entry| entry.meaning.is_empty() || entry.remedy.is_empty())
            .map(|entry| entry.code)
            .collect();
        assert!(
            unexplained.is_empty(),
            "add to crates/node/src/http/pages/problems.txt: {unexplained:?}"
        );
        let stale: Vec<_> = texts()
            .into_keys()
            .filter(|code| find(code).is_none())
            .collect();
        assert!(
            stale.is_empty(),
            "remove from crates/node/src/http/pages/problems.txt: {stale:?}"
        );
        let blocks = TEXTS
            .split("\n\n")
            .filter(|block| !block.starts_with('#'))
            .count();
        assert_eq!(blocks, texts().len(), "a code is explained twice");
    }

    #[test]
    fn a_code_has_one_status() {
        for (code, status, _) in codes() {
            assert_eq!(find(code).map(|entry| entry.status), Some(status), "{code}");
        }
    }

    #[test]
    fn texts_are_sentences() {
        for Entry {
            code,
            meaning,
            remedy,
            ..
        } in all()
        {
            for text in [meaning, remedy] {
                assert!(text.ends_with('.') || text.ends_with('…'), "{code}: {text}");
                assert!(!text.contains(['<', '>', '&']), "{code}: {text}");
            }
        }
    }
}
