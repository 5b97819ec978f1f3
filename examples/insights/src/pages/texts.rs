//! The words of the pages, from the catalogues under `texts`: one folder a language.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};

static_loader! {
    pub(super) static CATALOGUES = {
        locales: "./texts",
        fallback_language: "en",
    };
}

/// For everybody whose language there is no catalogue of.
const FALLBACK: &str = "en";
/// The most languages of a browser that are looked at.
const WANTED_MAX: usize = 16;

/// The catalogue of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts(LanguageIdentifier);

impl Texts {
    /// The catalogue for what a browser asks for (RFC 9110, section 12.5.4), else English.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE);
        let wanted = wanted
            .and_then(|line| line.to_str().ok())
            .unwrap_or(FALLBACK);
        let mut ranges: Vec<(&str, f32)> = wanted
            .split(',')
            .take(WANTED_MAX)
            .map(|range| match range.split_once(";q=") {
                Some((tag, weight)) => (tag, weight.trim().parse().unwrap_or(0.0)),
                None => (range, 1.0),
            })
            .collect();
        ranges.sort_by(|one, other| other.1.total_cmp(&one.1));
        let known = ranges
            .into_iter()
            .find_map(|(tag, _)| Self::in_language(tag));
        known.unwrap_or_else(|| Self::in_language(FALLBACK).expect("there is an English catalogue"))
    }

    /// The catalogue that fits a language tag: `nl-BE` is read in `nl`.
    pub(super) fn in_language(tag: &str) -> Option<Self> {
        let wanted: LanguageIdentifier = tag.trim().parse().ok()?;
        let mut known = CATALOGUES.locales();
        let found = known.find(|known| known.language == wanted.language)?;
        Some(Self(found.clone()))
    }

    /// The tag of the language (BCP 47).
    pub(super) fn tag(&self) -> String {
        self.0.to_string()
    }

    /// What stands before the decimals.
    pub(super) fn decimal_mark(&self) -> char {
        match self.0.language.as_str() {
            "en" => '.',
            _ => ',',
        }
    }

    /// A message.
    pub(super) fn get(&self, key: &str) -> String {
        CATALOGUES.lookup(&self.0, key)
    }

    /// A message with one thing named in it.
    pub(super) fn named(&self, key: &str, name: &str) -> String {
        let values = HashMap::from([(Cow::Borrowed("name"), FluentValue::from(name))]);
        CATALOGUES.lookup_with_args(&self.0, key, &values)
    }
}

impl<S: Sync> FromRequestParts<S> for Texts {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}
