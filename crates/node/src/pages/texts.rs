//! The words of pages and letters, from the Fluent catalogues under `texts/pages`: one folder a
//! language. A language is added by adding its folder; an operator adds one to a node by a folder, or a
//! file, in `texts` of the data directory. What an added language does not say is said in English.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use axum::Form;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{ArcLoader, LanguageIdentifier, Loader, static_loader};
use serde::Deserialize;

use super::frame::local_path;

/// What is filled into a message.
type Values<'v> = HashMap<Cow<'static, str>, FluentValue<'v>>;

static_loader! {
    static CATALOGUES = {
        locales: "./texts/pages",
        fallback_language: "en",
    };
}

/// The languages that operators have added, for as long as the process runs.
static ADDED: RwLock<Vec<ArcLoader>> = RwLock::new(Vec::new());
/// What a language calls itself: none can be chosen without it.
const OWN_NAME: &str = "language-own-name";

/// Why added languages cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddedTextsError {
    /// A catalogue cannot be read, or its name is no language tag.
    #[error("the catalogues in {folder} cannot be read: {reason}")]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// A language cannot be chosen, because it does not say what it is called.
    #[error("the catalogue of {0} has no `language-own-name`")]
    Nameless(String),
}

/// Adds the languages in a folder, where it is there.
///
/// # Errors
/// See [`AddedTextsError`].
pub(crate) fn add(folder: &Path) -> Result<(), AddedTextsError> {
    if !folder.is_dir() {
        return Ok(());
    }
    let fallback = FALLBACK.parse().expect("the tag of English");
    let added = ArcLoader::builder(folder, fallback).build();
    let added = added.map_err(|error| AddedTextsError::Unreadable {
        folder: folder.to_owned(),
        reason: error.to_string(),
    })?;
    for language in added.locales() {
        if added.try_lookup(language, OWN_NAME).is_none() {
            return Err(AddedTextsError::Nameless(language.to_string()));
        }
    }
    let mut all = ADDED.write().unwrap_or_else(PoisonError::into_inner);
    all.push(added);
    Ok(())
}

/// The cookie that remembers a chosen language.
const COOKIE: &str = "assent-language";
/// For everybody whose language we do not have.
const FALLBACK: &str = "en";

/// The catalogue of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts(LanguageIdentifier);

impl Texts {
    /// All languages that there is a catalogue of, in the order of their tags.
    pub(crate) fn languages() -> Vec<Self> {
        let mut known: Vec<_> = CATALOGUES.locales().cloned().map(Self).collect();
        let all = ADDED.read().unwrap_or_else(PoisonError::into_inner);
        let added = all.iter().flat_map(Loader::locales);
        known.extend(added.cloned().map(Self));
        known.sort_by_key(Self::tag);
        known.dedup();
        known
    }

    /// The catalogue that fits a language tag, if there is one: `nl-BE` is read in `nl`.
    pub(crate) fn in_language(tag: &str) -> Option<Self> {
        let wanted: LanguageIdentifier = tag.trim().parse().ok()?;
        let fits = |known: &Self| known.0.language == wanted.language;
        Self::languages().into_iter().find(fits)
    }

    /// The catalogue for a reader: the chosen language, else the best of those that the browser
    /// asks for (RFC 9110, section 12.5.4), else English.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        chosen(headers)
            .or_else(|| asked_for(headers))
            .unwrap_or_else(Self::fallback)
    }

    /// The catalogue for everybody whose language we do not have.
    pub(crate) fn fallback() -> Self {
        Self::in_language(FALLBACK).expect("there is an English catalogue")
    }

    /// The cookie that remembers this language for a year.
    pub(super) fn remember(&self) -> HeaderValue {
        let cookie = format!(
            "{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            self.tag()
        );
        HeaderValue::from_str(&cookie).expect("a language tag is visible ASCII")
    }

    /// The tag of the language (BCP 47).
    pub(crate) fn tag(&self) -> String {
        self.0.to_string()
    }

    /// A message.
    pub(crate) fn get(&self, key: &str) -> String {
        self.said(key, None)
    }

    /// As the language says it, or else English.
    fn said(&self, key: &str, values: Option<&Values<'_>>) -> String {
        let all = ADDED.read().unwrap_or_else(PoisonError::into_inner);
        let added = all
            .iter()
            .find(|added| added.locales().any(|known| *known == self.0));
        let said = added.and_then(|added| added.try_lookup_complete(&self.0, key, values));
        said.unwrap_or_else(|| CATALOGUES.lookup_complete(&self.0, key, values))
    }

    /// A message that there need not be: for words that programs make up.
    pub(crate) fn find(&self, key: &str) -> Option<String> {
        CATALOGUES.try_lookup(&self.0, key)
    }

    /// A message about so many of something.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass references"
    )]
    pub(crate) fn count(&self, key: &str, count: &usize) -> String {
        self.with(key, &[("count", FluentValue::from(*count))])
    }

    /// A message with one thing named in it.
    pub(crate) fn named(&self, key: &str, name: &str) -> String {
        self.with(key, &[("name", FluentValue::from(name))])
    }

    /// A message with values filled in.
    pub(crate) fn with(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let values: Values<'_> = values
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
            .collect();
        self.said(key, Some(&values))
    }
}

impl<S: Sync> FromRequestParts<S> for Texts {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

fn chosen(headers: &HeaderMap) -> Option<Texts> {
    let cookies = headers.get_all(header::COOKIE).iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, tag)| Texts::in_language(tag))
}

fn asked_for(headers: &HeaderMap) -> Option<Texts> {
    let line = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wanted: Vec<(&str, f32)> = line
        .split(',')
        .take(16)
        .map(|range| match range.split_once(";q=") {
            Some((tag, weight)) => (tag, weight.trim().parse().unwrap_or(0.0)),
            None => (range, 1.0),
        })
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    wanted.sort_by(|one, other| other.1.total_cmp(&one.1));
    wanted
        .into_iter()
        .find_map(|(tag, _)| Texts::in_language(tag))
}

/// What `POST /language` takes.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    language: String,
    /// The page to go back to.
    here: String,
}

/// `POST /language`: remembers the language for a year.
pub(super) async fn choose(Form(choice): Form<Choice>) -> Response {
    let back = Redirect::to(local_path(&choice.here));
    let Some(texts) = Texts::in_language(&choice.language) else {
        return back.into_response();
    };
    ([(header::SET_COOKIE, texts.remember())], back).into_response()
}
