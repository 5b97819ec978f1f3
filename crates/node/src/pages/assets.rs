//! What pages load: style sheet, scripts, pictures. Built into the binary, and served under names
//! that carry a hash of the content, so that browsers keep them for good.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How many bytes of the digest stand in a name.
const HASH_BYTES: usize = 9;
/// The name never comes to mean another content.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// An asset as it was built in.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "style.css",
        media_type: "text/css; charset=utf-8",
        bytes: include_bytes!("../../assets/style.css"),
    },
    Asset {
        name: "editor.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../assets/editor.js"),
    },
    Asset {
        name: "passkey.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../assets/passkey.js"),
    },
    Asset {
        name: "mark.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../../assets/mark.svg"),
    },
];

/// Every asset by the name that it is served under.
static BY_SERVED_NAME: LazyLock<BTreeMap<String, &'static Asset>> = LazyLock::new(|| {
    let served = |asset: &'static Asset| (served_name(asset), asset);
    ASSETS.iter().map(served).collect()
});

fn served_name(asset: &Asset) -> String {
    let digest = Digest::of(asset.bytes);
    let hash = base64url::encode(&digest.as_bytes()[..HASH_BYTES]);
    let (stem, extension) = asset
        .name
        .rsplit_once('.')
        .expect("assets have an extension");
    format!("{stem}.{hash}.{extension}")
}

/// The address of an asset.
///
/// # Panics
/// There is no such asset.
pub(super) fn address(name: &str) -> String {
    let found = BY_SERVED_NAME.iter().find(|(_, asset)| asset.name == name);
    let (served, _) = found.expect("templates name assets that there are");
    format!("/assets/{served}")
}

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match BY_SERVED_NAME.get(&name) {
        Some(asset) => {
            let headers = [
                (header::CONTENT_TYPE, asset.media_type),
                (header::CACHE_CONTROL, FOR_GOOD),
            ];
            (headers, asset.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
