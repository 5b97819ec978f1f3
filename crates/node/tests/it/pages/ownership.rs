//! Whose everything is. Every page with an id in its path is asked for, with the ids of things that there
//! are, by another person, by another service and by nobody; and, so that the ids are shown to be
//! right, by who may. A route that is added without a row here fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assent_model::description::Logo;
use assent_node::http::router::router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;

use super::authenticator::Authenticator;
use super::browser::{Browser, attribute};
use super::consent_form::Stage;
use super::delegates::Family;
use super::logos::PNG;
use super::meters::pair;
use super::relying::{ADVISER, Relying, path_of};
use crate::openapi::{Route, routes};
use crate::receiver::Receiver;
use crate::world::World;

/// Who is shown what is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The person.
    Ann,
    /// Whom the person has let in.
    Bo,
    /// The organisation behind the adviser.
    Adviser,
    /// Whom a waiting invitation is for; nobody here.
    Invited,
    /// Not one party: the path itself lets in, or what is there is everybody's or the visitor's own.
    Anybody,
}

const ROWS: &[(&str, &str, Owner)] = &[
    ("get", "/home/consents/{consent}", Owner::Ann),
    ("get", "/home/consents/{consent}/withdraw", Owner::Ann),
    ("post", "/home/consents/{consent}/{change}", Owner::Ann),
    ("get", "/home/requests/{request}", Owner::Ann),
    ("post", "/home/requests/{request}", Owner::Ann),
    ("get", "/home/services/{link}/remove", Owner::Ann),
    ("post", "/home/services/{link}/remove", Owner::Ann),
    ("post", "/home/services/{link}/restore", Owner::Ann),
    ("get", "/home/meters/{stream}/unpair", Owner::Ann),
    ("post", "/home/meters/{stream}/grants", Owner::Ann),
    ("post", "/home/homes/place/{link}", Owner::Ann),
    ("post", "/home/homes/{home}/rename", Owner::Ann),
    ("get", "/receipts/{consent}", Owner::Ann),
    ("get", "/receipts/{consent}/{format}", Owner::Ann),
    ("get", "/consent/{token}", Owner::Ann),
    ("post", "/consent/{token}", Owner::Ann),
    ("post", "/home/shared/{delegation}/open", Owner::Bo),
    ("get", "/console/drafts/{draft}", Owner::Adviser),
    ("post", "/console/drafts/{draft}", Owner::Adviser),
    ("get", "/console/drafts/{draft}/compare", Owner::Adviser),
    ("get", "/console/drafts/{draft}/file", Owner::Adviser),
    ("get", "/console/drafts/{draft}/logo", Owner::Adviser),
    ("post", "/console/drafts/{draft}/logo", Owner::Adviser),
    (
        "get",
        "/console/drafts/{draft}/preview/{purpose}",
        Owner::Adviser,
    ),
    ("get", "/console/services/{service}", Owner::Adviser),
    (
        "get",
        "/console/services/{service}/acknowledgements",
        Owner::Adviser,
    ),
    ("get", "/console/services/{service}/compare", Owner::Adviser),
    (
        "get",
        "/console/services/{service}/consents",
        Owner::Adviser,
    ),
    (
        "get",
        "/console/services/{service}/requests",
        Owner::Adviser,
    ),
    ("get", "/console/services/{service}/uses", Owner::Adviser),
    (
        "get",
        "/console/services/{service}/versions/{version}",
        Owner::Adviser,
    ),
    (
        "get",
        "/console/services/{service}/versions/{version}/preview/{purpose}",
        Owner::Adviser,
    ),
    ("get", "/console/webhooks/{webhook}", Owner::Adviser),
    ("post", "/console/webhooks/{webhook}", Owner::Adviser),
    (
        "post",
        "/console/webhooks/{webhook}/deliveries/{delivery}/replay",
        Owner::Adviser,
    ),
    ("post", "/invitations/{token}", Owner::Invited),
    // What ends something comes last: until then it is to be found.
    ("post", "/home/consents/{consent}/withdraw", Owner::Ann),
    ("post", "/home/meters/{stream}/unpair", Owner::Ann),
    ("post", "/home/homes/{home}/remove", Owner::Ann),
    ("get", "/home/account/passkeys/{passkey}/remove", Owner::Ann),
    (
        "post",
        "/home/account/passkeys/{passkey}/remove",
        Owner::Ann,
    ),
    ("post", "/home/shared/{delegation}/leave", Owner::Bo),
    // Bo has left; another delegation is to be taken back.
    ("post", "/home/delegates/{delegation}/remove", Owner::Ann),
    // The visitor's own timeline, in a format.
    ("get", "/home/activity/export/{format}", Owner::Anybody),
    // Says to others that it is not for them, and nothing else: see the tests of delegates.
    ("get", "/invitations/{token}", Owner::Anybody),
    // Whoever was sent by a service with a fresh link is asked, signed in or not.
    ("get", "/link/{token}", Owner::Anybody),
    ("post", "/link/{token}", Owner::Anybody),
    ("post", "/consent/{token}/not-me", Owner::Anybody),
    ("post", "/link/{token}/not-me", Owner::Anybody),
    // Proven by the address itself, which only a letter has.
    (
        "get",
        "/notifications/{kind}/{party}/{proof}",
        Owner::Anybody,
    ),
    (
        "post",
        "/notifications/{kind}/{party}/{proof}",
        Owner::Anybody,
    ),
    ("get", "/sign-in/link/{token}", Owner::Anybody),
    ("post", "/sign-in/link/{token}", Owner::Anybody),
    // Ways in.
    ("get", "/sign-in/providers/{provider}", Owner::Anybody),
    (
        "get",
        "/sign-in/providers/{provider}/callback",
        Owner::Anybody,
    ),
    // Letters of a node without a mail server, for programs of its own machine.
    ("get", "/mail/{letter}", Owner::Anybody),
    ("get", "/assets/{name}", Owner::Anybody),
    ("get", "/logos/{service}/{version}", Owner::Anybody),
    ("get", "/problems/{code}", Owner::Anybody),
];

/// Everything that handlers read of any form.
const FORM: [(&str, &str); 8] = [
    ("name", "The flat"),
    ("home", ""),
    ("answer", "nothing"),
    ("action", "test"),
    ("revision", "1"),
    ("text", "{}"),
    ("record", ""),
    ("code", ""),
];

/// Somebody with something at every path, and those whose it is not.
struct Scene {
    family: Family,
    adviser: Browser,
    /// What stands in the place of parameters; where one name has several meanings, behind the first
    /// segment of the path.
    ids: Ids,
    strangers: Vec<(&'static str, Browser)>,
    /// Keeps the receiver of webhooks.
    _receiver: Receiver,
}

/// The id in the address that the first form behind some words goes to.
fn number_in(page: &str, before: &str) -> String {
    let action = attribute(page, before, "action").unwrap();
    action.split('/').nth(3).unwrap().to_owned()
}

impl Scene {
    async fn set() -> Self {
        let world = World::with(|config| config.callbacks_to_private = true).await;
        let mut family = Family::around(Stage::at(world, ADVISER).await).await;
        family.let_in("see", "").await;
        let mut ids = BTreeMap::new();
        of_people(&mut family, &mut ids).await;
        of_requests(&mut family.stage, &mut ids).await;
        let (adviser, receiver) = of_organisation(&family.stage, &mut ids).await;
        let Stage {
            world,
            adviser: relying,
            ..
        } = &family.stage;
        let (cy, _) = Browser::of_hosted(world, "cy@example.org").await;
        let other = Relying::new(world, ADVISER).await;
        let other = Browser::with_keys(world, &relying.client, &other.provider.keys).await;
        Self {
            family,
            adviser,
            ids,
            strangers: vec![("another person", cy), ("another service", other)],
            _receiver: receiver,
        }
    }

    fn path(&self, route: &str) -> String {
        let area = route.split('/').nth(1).unwrap();
        let place = route.split('/').nth(2).unwrap_or_default();
        let filled = route.split('/').map(|part| {
            let Some(name) = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            else {
                return part;
            };
            let named = [area, place].map(|area| self.ids.get(&format!("{area}/{name}")));
            let named = named.into_iter().flatten().next().or(self.ids.get(name));
            named.map_or("none", String::as_str)
        });
        filled.collect::<Vec<_>>().join("/")
    }
}

type Ids = BTreeMap<String, String>;

fn name(ids: &mut Ids, key: &str, value: &impl ToString) {
    ids.insert(key.to_owned(), value.to_string());
}

/// What a person has of homes, delegates and passkeys.
async fn of_people(family: &mut Family, ids: &mut Ids) {
    let invitation = family.invite("dee@example.org", "see", "").await;
    name(ids, "invitations/token", &last(&invitation));
    family.bo.post("/home/shared/close", &[]).await;
    let shared = family.bo.get("/home/shared").await.text();
    name(
        ids,
        "shared/delegation",
        &number_in(&shared, "class=\"row\""),
    );
    let browser = &mut family.stage.browser;
    browser.post("/home/homes", &[("name", "The flat")]).await;
    let homes = browser.get("/home/homes").await.text();
    name(ids, "home", &number_in(&homes, "<bdi>The flat"));
    let delegates = browser.get("/home/delegates").await.text();
    // The last is the invitation, which can be taken back when Bo has left.
    let waiting = delegates.rsplit("/home/delegates/").next().unwrap();
    name(ids, "delegation", &waiting.split('/').next().unwrap());
    name(ids, "passkey", &passkey(&family.stage.world, browser).await);
    name(ids, "consent", &family.cr_id);
    let meter = pair(&family.stage.world, browser).await;
    name(ids, "stream", &meter.offer.stream);
}

/// What a person is asked, and what hangs on it.
async fn of_requests(stage: &mut Stage, ids: &mut Ids) {
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = stage;
    name(ids, "change", &"pause");
    name(ids, "format", &"iso-27560");
    let request = adviser.ask(world, archive, None).await;
    name(ids, "request", &request);
    let (_, pushed) = adviser.push(world, request).await;
    name(ids, "consent/token", &last(&path_of(&pushed)));
    let services = browser.get("/home/services").await.text();
    let remove = attribute(&services, "Bright Energy Advice<", "href").unwrap();
    name(ids, "link", &remove.split('/').nth(3).unwrap());
}

/// What an organisation has; its browser, and the receiver of its webhooks.
async fn of_organisation(stage: &Stage, ids: &mut Ids) -> (Browser, Receiver) {
    let Stage { world, adviser, .. } = stage;
    let (client, provider) = (&adviser.client, &adviser.provider);
    let mut own = Browser::with_keys(world, client, &provider.keys).await;
    let mut described = provider.description.clone();
    described.logo = Some(Logo::of(PNG).unwrap());
    let text = serde_json::to_string(&described).unwrap();
    let draft = [("text", text.as_str()), ("action", "save")];
    let saved = own.post("/console/drafts", &draft).await;
    name(ids, "draft", &last(&saved.header("location")));
    name(ids, "service", &provider.description.service_id);
    name(ids, "version", &1);
    name(
        ids,
        "purpose",
        &&provider.description.purposes[0].purpose_id,
    );
    let receiver = Receiver::answering(|| StatusCode::OK.into_response()).await;
    let endpoint = receiver.listen_for(world, client, provider).await;
    name(ids, "webhook", &endpoint.webhook_id);
    let endpoint = format!("/console/webhooks/{}", endpoint.webhook_id);
    own.post(&endpoint, &[("action", "test"), ("revision", "1")])
        .await;
    let sent = receiver.wait_for(1).await;
    name(ids, "delivery", &sent[0].header("webhook-id"));
    (own, receiver)
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// A passkey of who is signed in.
async fn passkey(world: &World, browser: &mut Browser) -> String {
    let mut authenticator = Authenticator::at(&world.running.node().config.public_url);
    let begin = browser
        .post_json(&[], "/home/account/passkeys/begin", &json!({}))
        .await;
    let made = json!({ "name": "My phone", "credential": authenticator.make(&begin.json()) });
    let kept = browser
        .post_json(&[], "/home/account/passkeys", &made)
        .await;
    assert_eq!(kept.status, 204, "{}", kept.text());
    let account = browser.get("/home/account").await.text();
    let remove = account
        .split("/home/account/passkeys/")
        .find(|rest| rest.contains("/remove"));
    remove.unwrap().split('/').next().unwrap().to_owned()
}

async fn ask(browser: &mut Browser, method: &str, path: &str) -> (u16, String) {
    let answer = match method {
        "get" => browser.get(path).await,
        _ => browser.post(path, &FORM).await,
    };
    let location = answer.headers.get("location");
    let location = location.map(|to| to.to_str().unwrap().to_owned());
    (answer.status, location.unwrap_or_default())
}

#[tokio::test]
async fn what_is_somebodys_is_nobody_elses() {
    let mut scene = Scene::set().await;
    let mut nobody = Browser::new(&scene.family.stage.world);
    for (method, route, owner) in ROWS {
        if *owner == Owner::Anybody {
            continue;
        }
        let path = scene.path(route);
        assert!(!path.contains("none"), "an id is missing: {path}");
        for (who, stranger) in &mut scene.strangers {
            let (status, _) = ask(stranger, method, &path).await;
            assert!(
                [403, 404].contains(&status),
                "{who}: {status} {method} {path}"
            );
        }
        let (status, to) = ask(&mut nobody, method, &path).await;
        assert_eq!(status, 303, "nobody: {method} {path}");
        assert!(to.starts_with("/sign-in?"), "nobody: {to} {method} {path}");
        let browser = match owner {
            Owner::Ann => &mut scene.family.stage.browser,
            Owner::Bo => &mut scene.family.bo,
            Owner::Adviser => &mut scene.adviser,
            Owner::Invited | Owner::Anybody => continue,
        };
        let (status, to) = ask(browser, method, &path).await;
        let is_let_in = ![401, 403, 404].contains(&status) && !to.starts_with("/sign-in");
        assert!(
            is_let_in && status < 500,
            "{owner:?}: {status} {method} {path}"
        );
    }
}

#[tokio::test]
async fn every_page_with_an_id_has_its_row() {
    let world = World::new().await;
    let router = router(Arc::clone(world.running.node()));
    let has_id = |(_, path): &Route| path.contains('{') && !path.starts_with("/v1/");
    let mut offered = routes(&format!("{router:?}"));
    offered.retain(has_id);
    let rows = ROWS
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    let rows: BTreeSet<Route> = rows.collect();
    assert_eq!(rows.len(), ROWS.len(), "a row comes twice");
    let missing: Vec<_> = offered.difference(&rows).collect();
    let stale: Vec<_> = rows.difference(&offered).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "add {missing:?}, remove {stale:?}"
    );
}
