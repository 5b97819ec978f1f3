//! Cursor pagination over lists that only grow at the end.

use assent_api::problem::Code;
use serde::Deserialize;

use crate::http::failure::Failure;
use crate::node::Node;

/// The most items on a page, and how many when the caller does not say.
const LIMIT_MAX: u32 = 100;
const LIMIT: u32 = 20;

/// Which page.
#[derive(Debug, Deserialize)]
pub(super) struct PageQuery {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The members of a list on one page, and the cursor of the next.
pub(super) struct Members {
    pub(super) ids: Vec<String>,
    pub(super) next: Option<String>,
}

impl PageQuery {
    /// Where the page before ended.
    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The most items on the page.
    pub(super) fn limit(&self) -> u32 {
        self.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX)
    }

    /// Reads one page of `list`.
    pub(super) async fn members(&self, node: &Node, list: &str) -> Result<Members, Failure> {
        let limit = self.limit();
        let after = self.cursor().map(after).transpose()?;
        let mut rows = node.store.listing(list, after, limit + 1).await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows
            .last()
            .filter(|_| has_more)
            .map(|(position, member)| format!("{position}~{member}"));
        Ok(Members {
            ids: rows.into_iter().map(|(_, member)| member).collect(),
            next,
        })
    }
}

impl Members {
    /// The members as ids of one kind.
    pub(super) fn typed<T: std::str::FromStr>(&self) -> Result<Vec<T>, Failure> {
        self.ids
            .iter()
            .map(|id| id.parse().map_err(|_| Failure::from(Code::Internal)))
            .collect()
    }
}

/// Where a page goes on: the last member of the page before.
fn after(cursor: &str) -> Result<(u64, &str), Failure> {
    let (position, member) = cursor.split_once('~').ok_or(Code::MalformedTarget)?;
    let position = position
        .parse()
        .map_err(|_| Failure::from(Code::MalformedTarget))?;
    Ok((position, member))
}
