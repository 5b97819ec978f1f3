//! What proxies write about who came to them, from the first hop to the last. A hop that names no address
//! is `None`.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};

/// A hop.
type Hop = Option<IpAddr>;

/// `X-Forwarded-For`: addresses with commas between them.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Vec<Hop> {
    let lines = lines(headers, "x-forwarded-for");
    lines
        .flat_map(|line| match line {
            Some(line) => line.split(',').map(address).collect(),
            None => vec![None],
        })
        .collect()
}

/// `Forwarded` (RFC 7239): elements with commas between them, each with a parameter `for`.
pub(super) fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let lines = lines(headers, header::FORWARDED.as_str());
    lines
        .flat_map(|line| match line {
            Some(line) => split(line, ',').into_iter().map(element).collect(),
            None => vec![None],
        })
        .collect()
}

/// The lines of a header in their order; `None` for one that is no text.
fn lines<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = Option<&'h str>> {
    headers.get_all(name).iter().map(|line| line.to_str().ok())
}

/// The parts between separators that stand in no quoted text. Text whose quote does not end is one part.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if character == separator && !is_quoted => {
                parts.push(&text[begin..at]);
                begin = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// One element: the address of its one `for`.
fn element(element: &str) -> Hop {
    let pairs = split(element, ';').into_iter();
    let mut named = pairs
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let value = value.trim();
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    address(quoted.unwrap_or(value))
}

/// An address, with or without a port; one of IPv6 in brackets or, without a port, bare.
fn address(text: &str) -> Hop {
    let text = text.trim();
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Ok(address) = bracketed.unwrap_or(text).parse::<IpAddr>() {
        return Some(address);
    }
    text.parse::<SocketAddr>().ok().map(|socket| socket.ip())
}
