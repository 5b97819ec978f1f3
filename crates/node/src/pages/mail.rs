//! The letters of a node without a mail server, so that everything can be tried on one machine.
//!
//! They hold links that sign people in. So the page is for programs of this machine alone, and it is
//! gone as soon as a mail server is set. A request that came through a proxy, or that names another
//! host than this machine (as a page of elsewhere can make a browser do), finds nothing. Nor does any
//! at a node that is known by another name: a proxy that says nothing of itself may stand before it.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, Path as Segment, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use mail_parser::MessageParser;

use super::failure::PageFailure;
use super::frame::{Frame, page};
use super::texts::Texts;
use crate::mail::mailer::FOLDER;
use crate::node::Node;

/// How many letters are shown.
const SHOWN_MAX: usize = 30;
/// A letter as HTML stands in a frame of the page, and loads and runs nothing.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation";
/// What proxies add.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/mail", get(letters))
        .route("/mail/{letter}", get(html))
}

/// Whether this caller may read the letters.
pub(super) fn is_open(node: &Node, headers: &HeaderMap, peer: SocketAddr) -> bool {
    let is_direct = FORWARDED.iter().all(|name| !headers.contains_key(*name));
    node.config.mail_url.is_empty()
        && is_of_this_machine(&node.config.public_url)
        && peer.ip().to_canonical().is_loopback()
        && is_direct
        && headers.get(header::HOST).is_some_and(|host| {
            let uri: Option<Uri> = host.to_str().ok().and_then(|host| host.parse().ok());
            uri.is_some_and(|uri| uri.host().is_some_and(is_this_machine))
        })
}

/// Whether a node with this public URL is for people at this machine.
fn is_of_this_machine(public_url: &str) -> bool {
    let url: Option<Uri> = public_url.parse().ok();
    public_url.is_empty() || url.is_some_and(|url| url.host().is_some_and(is_this_machine))
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = address.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// A letter as it is shown.
struct Shown {
    to: String,
    subject: String,
    text: String,
    /// Where the same stands as HTML.
    html: String,
    /// Paths of this node that the letter links to.
    links: Vec<String>,
}

#[derive(Template)]
#[template(path = "mail/letters.html")]
struct LettersPage {
    frame: Frame,
    letters: Vec<Shown>,
}

async fn letters(
    State(node): State<Arc<Node>>,
    texts: Texts,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, PageFailure> {
    if !is_open(&node, &headers, peer) {
        return Err(PageFailure::not_found());
    }
    let (folder, base) = (
        node.config.data_dir.join(FOLDER),
        node.config.public_url.trim_end_matches('/').to_owned(),
    );
    let read = tokio::task::spawn_blocking(move || read(&folder, &base));
    let Ok(Ok(letters)) = read.await else {
        return Err(PageFailure::Internal);
    };
    let shown = LettersPage {
        frame: Frame::open(texts, "mail-title", "/mail"),
        letters,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The newest letters, newest first.
fn read(folder: &Path, base: &str) -> io::Result<Vec<Shown>> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut found = Vec::new();
    for file in files {
        let file = file?;
        // One that is erased meanwhile is not missed.
        if let Ok(written) = file.metadata().and_then(|about| about.modified()) {
            found.push((written, file.path()));
        }
    }
    found.sort_by_key(|(written, _): &(SystemTime, _)| std::cmp::Reverse(*written));
    let letters = found.iter().take(SHOWN_MAX);
    Ok(letters.filter_map(|(_, path)| shown(path, base)).collect())
}

fn shown(path: &Path, base: &str) -> Option<Shown> {
    let letter = &fs::read(path).ok()?;
    let name = path.file_name()?.to_str()?;
    let message = MessageParser::default().parse(letter)?;
    let text = message.body_text(0)?.trim().to_owned();
    let to = message.to().and_then(|to| to.first());
    let links = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix(base))
        .filter(|path| path.starts_with('/'))
        .map(str::to_owned)
        .collect();
    Some(Shown {
        to: to
            .and_then(|to| to.address())
            .unwrap_or_default()
            .to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        text,
        html: format!("/mail/{name}"),
        links,
    })
}

/// One letter as programs that read mail show it.
async fn html(
    State(node): State<Arc<Node>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Segment(name): Segment<String>,
    headers: HeaderMap,
) -> Result<Response, PageFailure> {
    let not_found = PageFailure::not_found;
    if !is_open(&node, &headers, peer) || !is_name(&name) {
        return Err(not_found());
    }
    let path = node.config.data_dir.join(FOLDER).join(name);
    let read = tokio::task::spawn_blocking(move || fs::read(path));
    let letter = read.await.map_err(|_| PageFailure::Internal)?;
    let letter = letter.map_err(|_| not_found())?;
    let message = MessageParser::default().parse(&letter);
    let html = message.and_then(|message| Some(message.body_html(0)?.into_owned()));
    let html = html.ok_or_else(not_found)?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, LETTER_POLICY),
    ];
    Ok((headers, html).into_response())
}

/// Whether this is the name of a letter and no way out of its folder.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let stem = name.strip_suffix(".eml");
    stem.is_some_and(|stem| !stem.contains("..") && stem.bytes().all(is_plain))
}
