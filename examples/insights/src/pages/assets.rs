//! What pages are made of besides words: style, script, and the graphs where they were built.

use std::sync::LazyLock;

use assent_crypto::digest::Digest;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file that does not change while the program runs.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
/// A year: the address changes with the content.
const CACHE: &str = "public, max-age=31536000, immutable";
/// The graphs; empty in a copy that was built without them.
const GRAPH: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/graph.js"));

static ASSETS: [Asset; 5] = [
    Asset {
        name: "mark.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../../assets/mark.svg"),
    },
    Asset {
        name: "style.css",
        media_type: STYLE,
        bytes: include_bytes!("../../assets/style.css"),
    },
    Asset {
        name: "news.js",
        media_type: SCRIPT,
        bytes: include_bytes!("../../assets/news.js"),
    },
    Asset {
        name: "graph.js",
        media_type: SCRIPT,
        bytes: GRAPH,
    },
    Asset {
        name: "graph.css",
        media_type: STYLE,
        bytes: include_bytes!(concat!(env!("OUT_DIR"), "/graph.css")),
    },
];

/// Addresses, each with a part of the digest of its content.
static ADDRESSES: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let address = |asset: &Asset| {
        let digest = Digest::of(asset.bytes).to_string();
        let mark = digest.get(..12).unwrap_or_default();
        (asset.name, format!("/assets/{}?{mark}", asset.name))
    };
    ASSETS.iter().map(address).collect()
});

/// Where a file is.
pub(super) fn address(name: &str) -> String {
    let mut known = ADDRESSES.iter();
    let found = known.find(|(known, _)| *known == name);
    found.map_or_else(String::new, |(_, address)| address.clone())
}

/// Whether the graphs were built.
pub(super) fn has_graphs() -> bool {
    !GRAPH.is_empty()
}

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let mut known = ASSETS.iter();
    let found = known.find(|asset| asset.name == name && !asset.bytes.is_empty());
    let Some(asset) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, asset.bytes).into_response()
}
