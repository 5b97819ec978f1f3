//! `/v1/log/tile/{level}/{index}[.p/{width}]`: tiles of the log, spelled as C2SP tlog-tiles has it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http::failure::Failure;
use crate::node::Node;

/// How many hashes a full tile holds.
const FULL: u16 = 256;
/// The length of a hash in bytes.
const HASH: usize = 32;

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new().route("/log/tile/{level}/{*index}", get(tile))
}

/// Which tile, and how many of its hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    index: u64,
    width: u16,
}

impl Wanted {
    /// Reads `x001/x234/067` or `x001/x234/067.p/8`. There is one spelling for each tile.
    fn read(path: &str) -> Option<Self> {
        let (groups, width) = match path.split_once(".p/") {
            None => (path, FULL),
            Some((groups, width)) => (groups, partial_width(width)?),
        };
        let mut index: u64 = 0;
        let mut rest = groups;
        while let Some((group, tail)) = rest.split_once('/') {
            index = appended(index, group.strip_prefix('x')?)?;
            // A leading group of zeros would be a second spelling.
            if index == 0 {
                return None;
            }
            rest = tail;
        }
        Some(Self {
            index: appended(index, rest)?,
            width,
        })
    }
}

fn partial_width(text: &str) -> Option<u16> {
    let width = text
        .parse()
        .ok()
        .filter(|width| (1..FULL).contains(width))?;
    (width.to_string() == text).then_some(width)
}

fn appended(index: u64, group: &str) -> Option<u64> {
    let is_group = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let digits: u64 = group.parse().ok().filter(|_| is_group)?;
    index.checked_mul(1000)?.checked_add(digits)
}

async fn tile(
    State(node): State<Arc<Node>>,
    Path((level, index)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let parsed: Option<u8> = level.parse().ok();
    let level = parsed
        .filter(|parsed| parsed.to_string() == level)
        .ok_or_else(Failure::not_found)?;
    let wanted = Wanted::read(&index).ok_or_else(Failure::not_found)?;
    let tiles = node.store.tiles(&[(level, wanted.index)]).await?;
    let mut hashes = tiles
        .into_iter()
        .next()
        .ok_or_else(Failure::not_found)?
        .hashes;
    let length = usize::from(wanted.width) * HASH;
    if hashes.len() < length {
        return Err(Failure::not_found());
    }
    hashes.truncate(length);
    // A tile never changes: it only gets wider under another name.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, hashes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<(u64, u16)>) {
        let read = Wanted::read(path).map(|wanted| (wanted.index, wanted.width));
        assert_eq!(read, expected, "{path}");
    }

    #[test]
    fn tiles_have_one_spelling() {
        check("000", Some((0, 256)));
        check("067", Some((67, 256)));
        check("x001/x234/067", Some((1_234_067, 256)));
        check("x001/000", Some((1000, 256)));
        check("067.p/8", Some((67, 8)));
        check("x001/067.p/255", Some((1067, 255)));
        for wrong in [
            "",
            "67",
            "0067",
            "x067",
            "001/067",
            "x000/067",
            "067.p/0",
            "067.p/256",
            "067.p/08",
            "067/",
            "x1/067",
            "+67",
        ] {
            check(wrong, None);
        }
    }
}
