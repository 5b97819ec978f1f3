//! What pages load: style sheet, scripts, pictures. Built into the binary, and served under names
//! that carry a hash of the content, so that browsers keep them for good.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
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

/// The script of the wallet. Empty in a node that was built without it.
const WALLET: Asset = Asset {
    name: "wallet.js",
    media_type: "text/javascript; charset=utf-8",
    bytes: include_bytes!(concat!(env!("OUT_DIR"), "/wallet.js")),
};
/// The same compressed (RFC 1952).
const WALLET_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/wallet.js.gz"));

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
        name: "copy.js",
        media_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../../assets/copy.js"),
    },
    Asset {
        name: "mark.svg",
        media_type: "image/svg+xml",
        bytes: include_bytes!("../../assets/mark.svg"),
    },
    WALLET,
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

/// The address of the wallet, unless this node was built without it.
pub(super) fn wallet() -> Option<String> {
    (!WALLET.bytes.is_empty()).then(|| address(WALLET.name))
}

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>, wanted: HeaderMap) -> Response {
    let Some(asset) = BY_SERVED_NAME.get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, FOR_GOOD),
        (header::VARY, "accept-encoding"),
    ];
    if asset.name == WALLET.name && takes_gzip(&wanted) {
        let encoding = [(header::CONTENT_ENCODING, "gzip")];
        return (headers, encoding, WALLET_GZIP).into_response();
    }
    (headers, asset.bytes).into_response()
}

/// Whether a browser takes what is compressed (RFC 9110, section 12.5.3).
fn takes_gzip(wanted: &HeaderMap) -> bool {
    let lines = wanted.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|coding| coding.split_once(';').unwrap_or((coding, "q=1")));
    codings.any(|(coding, weight)| {
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        coding.trim().eq_ignore_ascii_case("gzip")
            && matches!(weight, Some(Ok(weight)) if weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(line: &'static str, expected: bool) {
        let mut wanted = HeaderMap::new();
        wanted.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
        assert_eq!(takes_gzip(&wanted), expected, "{line}");
    }

    #[test]
    fn what_is_compressed_goes_to_who_takes_it() {
        check("gzip, deflate, br, zstd", true);
        check("br;q=1.0, GZIP;q=0.8", true);
        check("br, gzip;q=0", false);
        check("identity", false);
        check("", false);
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
