//! Cursor pagination over lists that only grow at the end.

use assent_api::problem::Code;
use serde::Deserialize;

use crate::http::failure::Failure;
use crate::node::Node;

/// The most items on a page, and how many when the caller does not say.
const LIMIT_MAX: u64 = 100;
const LIMIT: u64 = 20;

/// Which page.
#[derive(Debug, Deserialize)]
pub(super) struct PageQuery {
    cursor: Option<String>,
    limit: Option<u64>,
}

/// The members of a list on one page, and the cursor of the next.
pub(super) struct Members {
    pub(super) ids: Vec<String>,
    pub(super) next: Option<String>,
}

impl PageQuery {
    /// Reads one page of `list`.
    pub(super) async fn members(&self, node: &Node, list: &str) -> Result<Members, Failure> {
        let limit = self.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
        let after = self.cursor.as_deref().map(str::parse).transpose();
        let after: Option<u64> = after.map_err(|_| Failure::from(Code::MalformedTarget))?;
        let mut rows = node.store.listing(list, after, limit + 1).await?;
        let has_more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).expect("a page is small"));
        let next = rows.last().filter(|_| has_more).map(|(position, _)| position.to_string());
        Ok(Members { ids: rows.into_iter().map(|(_, member)| member).collect(), next })
    }
}

impl Members {
    /// The members as ids of one kind.
    pub(super) fn typed<T: std::str::FromStr>(&self) -> Result<Vec<T>, Failure> {
        self.ids.iter().map(|id| id.parse().map_err(|_| Failure::from(Code::Internal))).collect()
    }
}
