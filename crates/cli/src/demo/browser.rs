//! A browser without JavaScript: it keeps cookies, goes where it is sent within the node, and fills
//! in the forms that a page has.

use std::collections::BTreeMap;
use std::error::Error;

use reqwest::header::{
    ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE,
};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode, Url};

use super::form::{Form, attribute};
use crate::failure::Failure;

/// No page of a node sends further than this.
const REDIRECTS_MAX: usize = 5;

/// The browser of one person.
#[derive(Debug)]
pub(super) struct Browser {
    http: reqwest::Client,
    /// The node, without a slash at the end.
    origin: String,
    cookies: BTreeMap<String, String>,
}

/// Where a browser is.
#[derive(Debug)]
pub(super) enum Place {
    /// At a page of the node.
    Page(Page),
    /// Sent to another site, which is this address.
    Elsewhere(String),
}

/// A page of the node.
#[derive(Debug)]
pub(super) struct Page {
    /// Path and query.
    pub(super) path: String,
    pub(super) status: StatusCode,
    pub(super) html: String,
}

impl Browser {
    pub(super) fn new(origin: &str) -> Result<Self, Failure> {
        let http = reqwest::Client::builder().redirect(Policy::none()).build();
        Ok(Self {
            http: http.map_err(|error| broken("there is no browser", &error))?,
            origin: origin.trim_end_matches('/').to_owned(),
            cookies: BTreeMap::new(),
        })
    }

    /// Opens an address of the node, or a path of it.
    pub(super) async fn open(&mut self, address: &str) -> Result<Place, Failure> {
        let path = address.strip_prefix(&self.origin).unwrap_or(address);
        let request = self.http.get(format!("{}{path}", self.origin));
        self.follow(path.to_owned(), request).await
    }

    /// Sends a form of a page.
    pub(super) async fn send(&mut self, form: Form) -> Result<Place, Failure> {
        let request = self
            .http
            .post(format!("{}{}", self.origin, form.action))
            .header(ORIGIN, &self.origin)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(&form.fields)?);
        self.follow(form.action, request).await
    }

    async fn follow(&mut self, path: String, request: RequestBuilder) -> Result<Place, Failure> {
        let (mut path, mut request) = (path, request);
        for _ in 0..REDIRECTS_MAX {
            let answer = request
                .header(COOKIE, self.cookie())
                .header(ACCEPT_LANGUAGE, "en")
                .send()
                .await;
            let answer = answer.map_err(|error| broken("a page cannot be opened", &error))?;
            self.keep_cookies(answer.headers());
            let Some(target) = target(answer.headers()) else {
                let status = answer.status();
                let html = answer.text().await;
                let html = html.map_err(|error| broken("a page is no text", &error))?;
                return Ok(Place::Page(Page { path, status, html }));
            };
            let local = target.strip_prefix(&self.origin).unwrap_or(&target);
            if !local.starts_with('/') {
                return Ok(Place::Elsewhere(target));
            }
            local.clone_into(&mut path);
            request = self.http.get(format!("{}{path}", self.origin));
        }
        Err(Failure::problem(format!("{path} sends round in circles")))
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter();
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        let set = headers.get_all(SET_COOKIE).iter();
        let pairs = set
            .filter_map(|line| line.to_str().ok())
            .filter_map(|line| line.split(';').next())
            .filter_map(|pair| pair.split_once('='));
        for (name, value) in pairs {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn broken(what: &str, error: &dyn Error) -> Failure {
    Failure::unreachable(what).caused_by(error)
}

/// The fields of a form as they are sent: written like the query of an address.
fn encoded(fields: &[(String, String)]) -> Result<String, Failure> {
    let url = Url::parse_with_params("form:sent", fields);
    let url = url.map_err(|error| broken("a form cannot be sent", &error))?;
    Ok(url.query().unwrap_or_default().to_owned())
}

fn target(headers: &HeaderMap) -> Option<String> {
    headers.get(LOCATION)?.to_str().ok().map(str::to_owned)
}

impl Place {
    /// The page, which must be there and say that all is well.
    pub(super) fn page(self) -> Result<Page, Failure> {
        match self {
            Self::Page(page) if page.status.is_success() => Ok(page),
            Self::Page(page) => Err(Failure::problem(format!(
                "{} answers {}",
                page.path, page.status
            ))),
            Self::Elsewhere(address) => Err(Failure::problem(format!(
                "the browser was sent to {address}"
            ))),
        }
    }
}

impl Page {
    /// A part of a page.
    pub(super) fn of(html: &str) -> Self {
        Self {
            path: String::new(),
            status: StatusCode::OK,
            html: html.to_owned(),
        }
    }

    /// Where the first link with this attribute leads.
    pub(super) fn link(&self, mark: &str) -> Option<String> {
        let anchors = self.html.split("<a").skip(1);
        let mut tags = anchors.filter_map(|rest| rest.split('>').next());
        attribute(tags.find(|tag| tag.contains(mark))?, "href")
    }

    /// The first form that is sent to a path with this end.
    pub(super) fn form_of(&self, end: &str) -> Result<Form, Failure> {
        let forms = Form::all(&self.html);
        let found = forms.into_iter().find(|form| form.action.ends_with(end));
        found.ok_or_else(|| Failure::problem(format!("{} has no form for {end}", self.path)))
    }

    /// The form that is sent to this path, as the page fills it in.
    pub(super) fn form(&self, action: &str) -> Result<Form, Failure> {
        let forms = Form::all(&self.html);
        let found = forms.into_iter().find(|form| form.action == action);
        found.ok_or_else(|| Failure::problem(format!("{} has no form for {action}", self.path)))
    }
}
