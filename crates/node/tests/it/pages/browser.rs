//! A browser: cookies, links and forms, and nothing that runs.

use std::collections::BTreeMap;

use assent_api::v1::contacts::ContactView;
use assent_client::http::NodeClient;
use assent_client::keys::PartyKeys;
use assent_model::ids::PartyId;
use assent_node::contacts;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;

use crate::calls::Answered;
use crate::household::Cast;
use crate::person::{Mailbox, Person};
use crate::world::{World, here};

pub(crate) struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(world: &World) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build();
        Self {
            http: http.unwrap(),
            base: world.url(""),
            cookies: BTreeMap::new(),
        }
    }

    /// A browser at which a new person whose keys the operator keeps is signed in.
    pub(crate) async fn of_hosted(world: &World, address: &'static str) -> (Self, PartyId) {
        let node = world.running.node();
        let party = assent_node::hosted::create(node).await.unwrap();
        let mut mailbox = Mailbox::new(address);
        let language = "en".parse().unwrap();
        contacts::ask(node, here(), party, address, &language).unwrap();
        let code = mailbox.code(world).await;
        contacts::confirm(node, party, &code).await.unwrap();
        let contact: Option<ContactView> = contacts::contact_of(node, party).await.unwrap();
        assert_eq!(contact.unwrap().email, address);
        let mut browser = Self::new(world);
        browser.sign_in(world, &mut mailbox, "/home").await;
        (browser, party)
    }

    /// A browser at which a person is signed in by a link that the person's own key made.
    pub(crate) async fn of_key(world: &World, cast: &Cast, person: &Person) -> Self {
        Self::of_keys(world, cast, &person.keys).await
    }

    /// The same for any party.
    pub(crate) async fn of_keys(world: &World, cast: &Cast, keys: &PartyKeys) -> Self {
        Self::with_keys(world, &cast.client, keys).await
    }

    /// The same with any client.
    pub(super) async fn with_keys(world: &World, client: &NodeClient, keys: &PartyKeys) -> Self {
        let made = client.sign_in_link(&world.signer(), keys, None).await;
        let link = made.unwrap().url;
        let token = link.rsplit('/').next().unwrap();
        let mut browser = Self::new(world);
        let followed = browser.post(&format!("/sign-in/link/{token}"), &[]).await;
        assert_eq!(followed.status, 303, "{}", followed.text());
        browser
    }

    /// The status and the page.
    pub(super) async fn look(&mut self, path: &str) -> (u16, String) {
        let answer = self.get(path).await;
        (answer.status, answer.text())
    }

    /// The status of an empty form, sent from this or another site.
    pub(crate) async fn press(&mut self, path: &str, site: Option<&str>) -> u16 {
        let site = [("sec-fetch-site", site.unwrap_or("same-origin"))];
        self.post_from(&site, path, &[]).await.status
    }

    /// Signs in by a mailed link; where that leads to.
    pub(super) async fn sign_in(
        &mut self,
        world: &World,
        mailbox: &mut Mailbox,
        here: &str,
    ) -> String {
        let form = [("email", mailbox.address), ("here", here)];
        assert_eq!(self.post("/sign-in", &form).await.status, 200);
        loop {
            let letters = mailbox.wait_for(world, 1).await;
            let Some(path) = letters.iter().find_map(|letter| sign_in_path(letter)) else {
                continue;
            };
            let answer = self.post(&path, &[]).await;
            assert_eq!(answer.status, 303, "{}", answer.text());
            return answer.header("location");
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answered {
        self.send(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answered {
        self.send(Method::POST, path, Some(form), &[]).await
    }

    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.get(name).cloned()
    }

    /// Gives the browser a cookie, as an attacker would.
    pub(super) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// A form that another site sends.
    pub(super) async fn post_from(
        &mut self,
        headers: &[(&str, &str)],
        path: &str,
        form: &[(&str, &str)],
    ) -> Answered {
        self.send(Method::POST, path, Some(form), headers).await
    }

    /// A form that is not of names and values.
    pub(super) async fn post_body(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Answered {
        let request = self.request(Method::POST, path);
        let request = request.header("content-type", kind).body(body);
        self.answer(request).await
    }

    /// What a script of a page asks for.
    pub(crate) async fn get_from(&mut self, headers: &[(&str, String)], path: &str) -> Answered {
        let mut request = self.request(Method::GET, path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.answer(request).await
    }

    /// What a script of a page puts somewhere, as JSON.
    pub(crate) async fn put_from(
        &mut self,
        headers: &[(&str, String)],
        path: &str,
        body: &impl Serialize,
    ) -> Answered {
        let mut request = self.request(Method::PUT, path).json(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.answer(request).await
    }

    /// What a script of a page posts, as JSON.
    pub(crate) async fn post_json(
        &mut self,
        headers: &[(&str, String)],
        path: &str,
        body: &impl Serialize,
    ) -> Answered {
        let mut request = self.request(Method::POST, path).json(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.answer(request).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        form: Option<&[(&str, &str)]>,
        headers: &[(&str, &str)],
    ) -> Answered {
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            let encoded = Url::parse_with_params("http://form.example", form).unwrap();
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(encoded.query().unwrap_or_default().to_owned());
        }
        self.answer(request).await
    }

    /// A request with the cookies of the browser.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header(COOKIE, cookies.join("; "))
    }

    async fn answer(&mut self, request: RequestBuilder) -> Answered {
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Answered {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }
}

fn sign_in_path(letter: &str) -> Option<String> {
    let letter = letter.replace("=\r\n", "");
    let begin = letter.find("/sign-in/link/")?;
    let is_path = |letter: &char| letter.is_ascii_alphanumeric() || "/-_".contains(*letter);
    Some(letter[begin..].chars().take_while(is_path).collect())
}

/// The value of an attribute of the first element that has this text in it before it.
pub(super) fn attribute(page: &str, before: &str, name: &str) -> Option<String> {
    let behind = page.split_once(before)?.1;
    let value = behind.split_once(&format!("{name}=\""))?.1;
    let value = value.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Where the page sends the person on to, if it does.
pub(super) fn continues(page: &str) -> Option<String> {
    attribute(page, "id=\"continue\"", "href")
}

/// Where an answer leads to.
pub(super) fn location(answer: &Answered) -> String {
    answer.headers[LOCATION].to_str().unwrap().to_owned()
}
