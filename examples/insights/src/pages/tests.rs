#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use assent_client::errand::Errand;
use assent_client::http::NodeClient;
use assent_client::keys::PartyKeys;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_meter::zone::Zone;
use assent_model::ids::{ConsentId, RequestId, ServiceId, SurrogateId};
use assent_model::time::Timestamp;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use fluent_templates::Loader as _;
use futures_util::StreamExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::routes;
use super::texts::Texts;
use crate::description::{self, TEMPLATE};
use crate::energy::Energy;
use crate::household::{Access, Away, Fault, Phase, Purpose};
use crate::households::{Household, Households, SessionSecret};
use crate::insights::Insights;
use crate::provider::Provider;
use crate::reading::node_relay::NodeRelay;
use crate::store::Store;

const NODE: &str = "http://localhost:1";

/// The service, at a node that does not answer.
pub(crate) struct Scene {
    pub(crate) insights: Arc<Insights>,
    pub(crate) folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let keys = store.keys().unwrap();
        let origin = "http://127.0.0.1:8451";
        let id = store.service_id().unwrap();
        let service = description::fill(TEMPLATE, origin, keys.party_id(), id, 1).unwrap();
        let operator = SigningKey::generate();
        let provider = Arc::new(Provider::known(
            NodeClient::new(NODE).unwrap(),
            keys,
            "assent:test".parse().unwrap(),
            *operator.verifying_key(),
        ));
        let insights = Arc::new(Insights {
            relay: Arc::new(NodeRelay::new(Arc::clone(&provider))),
            provider,
            service,
            source: ServiceId::random(),
            source_name: "<script>alert(1)</script> & Co".to_owned(),
            households: Households::open(store).unwrap(),
            zone: Zone::default(),
        });
        Self { insights, folder }
    }

    /// A household that is read for; until when, in minutes from now.
    pub(crate) fn read(&self, minutes: i64) -> (SessionSecret, Arc<Household>) {
        let (secret, household) = self.insights.households.begin().unwrap();
        let now = i64::try_from(crate::now().as_millis()).unwrap();
        let end = u64::try_from(now + minutes * 60_000).unwrap();
        self.insights.change(&household, |record| {
            record.phase = Phase::Reading;
            record.energy = Some(Energy::new(Zone::default()));
            record.access = Some(Access {
                cr_id: ConsentId::random(),
                source_cr_id: ConsentId::random(),
                source_surrogate_id: SurrogateId::of(SigningKey::generate().verifying_key()),
                valid_until: Some(Timestamp::from_millis(end)),
            });
        });
        household.heard();
        (secret, household)
    }

    /// A session whose person is away to answer; what the person takes along.
    fn away(&self) -> (SessionSecret, Errand) {
        let (secret, household) = self.insights.households.begin().unwrap();
        let errand = Errand::new();
        self.insights.change(&household, |record| {
            record.away = Some(Away {
                errand: errand.clone(),
                purpose: Purpose::Answer(RequestId::random()),
                node: NODE.to_owned(),
            });
        });
        (secret, errand)
    }

    async fn get(&self, path: &str, secret: Option<&SessionSecret>) -> (StatusCode, String) {
        let mut request = Request::get(path);
        if let Some(secret) = secret {
            let cookie = format!("other=1; insights-session={}", secret.as_str());
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = routes(Arc::clone(&self.insights)).oneshot(request).await;
        let answer = answer.unwrap();
        let status = answer.status();
        let policy = &answer.headers()[header::CONTENT_SECURITY_POLICY];
        assert!(policy.to_str().unwrap().starts_with("default-src 'self';"));
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

fn returned(state: &str, node: &str) -> String {
    let node = node.replace(':', "%3A").replace('/', "%2F");
    format!("/answered?code=a-code&state={state}&iss={node}")
}

#[tokio::test]
async fn an_answer_belongs_to_one_session_and_is_used_once() {
    let scene = Scene::new();
    let (mine, errand) = scene.away();
    let (others, other_errand) = scene.away();
    let refused = StatusCode::BAD_REQUEST;

    // Somebody else's answer, sent to me by a link, changes nothing.
    let theirs = returned(&other_errand.state, NODE);
    assert_eq!(scene.get(&theirs, Some(&mine)).await.0, refused);
    // Nor does mine from another node, for another purpose, or without a session.
    let elsewhere = returned(&errand.state, "http://localhost:2");
    assert_eq!(scene.get(&elsewhere, Some(&mine)).await.0, refused);
    let mine_back = returned(&errand.state, NODE);
    let linked = mine_back.replace("/answered", "/linked");
    assert_eq!(scene.get(&linked, Some(&mine)).await.0, refused);
    assert_eq!(scene.get(&mine_back, None).await.0, refused);
    let unknown = SessionSecret::parse(&errand.state).unwrap();
    assert_eq!(scene.get(&mine_back, Some(&unknown)).await.0, refused);
    let household = scene.insights.households.find(&mine).unwrap();
    assert!(household.record().away.is_some(), "I am still awaited");

    // The node of this test does not answer, so this is as far as the right one comes, and it comes once.
    let (status, _) = scene.get(&mine_back, Some(&mine)).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(household.record().away.is_none());
    assert_eq!(scene.get(&mine_back, Some(&mine)).await.0, refused);
    let household = scene.insights.households.find(&others).unwrap();
    assert!(
        household.record().away.is_some(),
        "others are not disturbed"
    );
}

#[tokio::test]
async fn a_no_is_said_and_can_be_asked_again() {
    let scene = Scene::new();
    for (error, words) in [
        ("access_denied", "You said no"),
        ("request_expired", "The question had run out"),
    ] {
        let (secret, errand) = scene.away();
        let path = returned(&errand.state, NODE).replace("code=a-code", &format!("error={error}"));
        let (status, _) = scene.get(&path, Some(&secret)).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = scene.get("/", Some(&secret)).await;
        assert!(page.contains(words), "{page}");
        assert!(page.contains("action=\"/start\""), "and it is asked again");
    }
}

#[tokio::test]
async fn names_of_others_are_text() {
    let scene = Scene::new();
    let (secret, household) = scene.insights.households.begin().unwrap();
    household.heard();
    for phase in [Phase::New, Phase::Faulty, Phase::Reading] {
        scene.insights.change(&household, |record| {
            record.phase = phase;
            record.energy = Some(Energy::new(Zone::default()));
            record.fault = Some(Fault {
                code: "<img src=x>".to_owned(),
                culprit: "relay".to_owned(),
            });
        });
        let path = "/?day=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        let (status, page) = scene.get(path, Some(&secret)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(!page.contains("<img"), "{page}");
    }
}

#[tokio::test]
async fn nothing_is_shown_without_a_session_and_after_an_end() {
    let scene = Scene::new();
    let (secret, household) = scene.insights.households.begin().unwrap();
    household.heard();
    let paths = [
        "/data/power.json",
        "/data/quarters.json",
        "/data/power.csv",
        "/data/quarters.csv",
        "/data/days.csv",
    ];
    household.change(|record| {
        record.phase = Phase::Reading;
        record.energy = Some(Energy::new(Zone::default()));
    });
    for path in paths {
        assert_eq!(scene.get(path, Some(&secret)).await.0, StatusCode::OK);
        assert_eq!(scene.get(path, None).await.0, StatusCode::NOT_FOUND);
    }
    household.change(|record| {
        record.forget_readings();
        record.phase = Phase::Withdrawn;
    });
    for path in paths {
        assert_eq!(
            scene.get(path, Some(&secret)).await.0,
            StatusCode::NOT_FOUND
        );
    }
    let (_, page) = scene.get("/", Some(&secret)).await;
    assert!(page.contains("You withdrew your consent"));
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let scene = Scene::new();
    for (site, expected) in [
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-origin", StatusCode::SEE_OTHER),
    ] {
        let request = Request::post("/prices")
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(
                "delivered_1=1&delivered_2=1&returned_1=1&returned_2=1&gas=1",
            ));
        assert_eq!(scene.send(request.unwrap()).await.0, expected, "{site}");
    }
}

#[test]
fn every_language_says_the_same_things() {
    let keys = |text: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.split_once(" = "));
        lines.map(|(key, _)| key.to_owned()).collect()
    };
    let english = keys(include_str!("../../texts/en/insights.ftl"));
    assert_eq!(english, keys(include_str!("../../texts/nl/insights.ftl")));
    let texts = Texts::in_language("nl-BE").unwrap();
    assert_eq!(texts.tag(), "nl");
    assert!(super::texts::CATALOGUES.locales().count() == 2);
}

#[test]
fn the_policies_are_those_that_the_descriptions_pin() {
    let pinned: BTreeMap<&str, &str> = BTreeMap::from([
        (TEMPLATE, description::POLICY),
        (
            description::SOURCE,
            include_str!("../../policies/home-meter.md"),
        ),
    ]);
    let keys = PartyKeys::generate();
    for (template, policy) in pinned {
        let id = ServiceId::random();
        let origin = "http://127.0.0.1:1";
        let filled = description::fill(template, origin, keys.party_id(), id, 1).unwrap();
        let [purpose] = filled.purposes.as_slice() else {
            panic!("one purpose")
        };
        assert_eq!(purpose.policy.policy_hash, Digest::of(policy.as_bytes()));
    }
}

#[test]
fn the_descriptions_are_as_every_node_wants_them() {
    const SCHEMA: &str =
        include_str!("../../../../crates/node/schema/service-description.schema.json");
    let schema = serde_json::from_str(SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let keys = PartyKeys::generate();
    for template in [TEMPLATE, description::SOURCE] {
        let id = ServiceId::random();
        let origin = "http://127.0.0.1:8451";
        let filled = description::fill(template, origin, keys.party_id(), id, 1).unwrap();
        let value = serde_json::to_value(filled).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new());
    }
}

#[test]
fn what_is_kept_opens_for_its_own_session_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let households = Households::open(store).unwrap();
    let (secret, household) = households.begin().unwrap();
    household.change(|record| record.phase = Phase::Waiting);
    households.keep(&household).unwrap();

    let again = Households::open(Store::open(folder.path()).unwrap()).unwrap();
    let found = again.find(&secret).unwrap();
    assert_eq!(found.record().phase, Phase::Waiting);

    // The secret is nowhere on the disk, and a household moved to another session does not open.
    let files = folder.path().join("households");
    let file = files.read_dir().unwrap().next().unwrap().unwrap().path();
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(!name.contains(secret.as_str()));
    std::fs::rename(&file, files.join("another.sealed")).unwrap();
    assert!(Households::open(Store::open(folder.path()).unwrap()).is_err());
}

/// What is shown of a household, at a node that does not answer.
async fn check_shown(scene: &Scene, secret: &SessionSecret, is_shown: bool, words: &str) {
    let (_, page) = scene.get("/", Some(secret)).await;
    assert!(page.contains(words), "{words}: {page}");
    let expected = if is_shown {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    for path in ["/data/power.json", "/data/days.csv"] {
        assert_eq!(scene.get(path, Some(secret)).await.0, expected, "{words}");
    }
}

/// A node that says nothing keeps no consent up: what is over by the clock is shown to nobody.
#[tokio::test]
async fn a_consent_ends_by_the_clock_whatever_the_node_says() {
    let scene = Scene::new();
    let (secret, _) = scene.read(5);
    check_shown(&scene, &secret, true, "Your energy, live").await;
    let (secret, _) = scene.read(-1);
    check_shown(&scene, &secret, false, "Your consent is over").await;
}

/// A node that has not been heard of for a minute may know of an end that this service does not.
#[tokio::test]
async fn nothing_counts_as_live_once_the_node_is_silent() {
    let scene = Scene::new();
    let (secret, household) = scene.read(5);
    household.last_heard(Duration::from_secs(50));
    check_shown(&scene, &secret, true, "Your energy, live").await;
    household.last_heard(Duration::from_secs(61));
    check_shown(&scene, &secret, false, "Your node does not answer").await;
    household.heard();
    check_shown(&scene, &secret, true, "Your energy, live").await;
}

/// Attack: bring a person into a session that somebody else knows, and read along after the consent.
#[tokio::test]
async fn who_consents_goes_on_under_another_secret() {
    let scene = Scene::new();
    let (known, household) = scene.read(5);
    let renewed = scene.insights.households.renew(&household).unwrap();
    assert_ne!(known.as_str(), renewed.as_str());
    check_shown(&scene, &renewed, true, "Your energy, live").await;
    assert_eq!(
        scene.get("/data/days.csv", Some(&known)).await.0,
        StatusCode::NOT_FOUND
    );
    household.change(|record| record.phase = Phase::Waiting);
    assert!(scene.insights.keep(&household));
    let again = Households::open(Store::open(scene.folder.path()).unwrap()).unwrap();
    assert!(again.find(&known).is_none(), "not after a restart either");
    assert_eq!(again.find(&renewed).unwrap().record().phase, Phase::Waiting);
    assert_eq!(again.all().len(), 1);
}

/// Attack: go on reading over a stream that was opened before the secret was another.
#[tokio::test]
async fn a_stream_of_before_ends_with_the_secret_that_opened_it() {
    let scene = Scene::new();
    let (known, household) = scene.read(5);
    let request = Request::get("/events")
        .header(
            header::COOKIE,
            format!("insights-session={}", known.as_str()),
        )
        .body(Body::empty());
    let pages = routes(Arc::clone(&scene.insights));
    let answer = pages.oneshot(request.unwrap()).await.unwrap();
    let mut events = answer.into_body().into_data_stream();
    for _ in 0..2 {
        let event = events.next().await.unwrap().unwrap();
        assert!(event.starts_with(b"event: news"), "{event:?}");
        scene.insights.change(&household, |_| ());
    }
    let renewed = scene.insights.households.renew(&household).unwrap();
    scene.insights.change(&household, |_| ());
    assert!(events.next().await.is_none(), "it ends, and at once");
    check_shown(&scene, &renewed, true, "Your energy, live").await;
}

/// What cannot be moved to another secret stays under the one that it has, here and on the disk.
#[test]
fn a_secret_that_cannot_be_renewed_stays() {
    let scene = Scene::new();
    let (known, household) = scene.read(5);
    let households = &scene.insights.households;
    let folder = scene.folder.path().join("households");
    let file = folder.read_dir().unwrap().next().unwrap().unwrap().path();
    // What is there cannot be removed as a file.
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir_all(file.join("in the way")).unwrap();
    assert!(households.renew(&household).is_err());
    let found = households.find(&known).unwrap();
    assert!(Arc::ptr_eq(&found, &household));
    assert!(!household.is_kept(), "it is kept anew");
    assert_eq!(households.all().len(), 1);
    let left: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    assert_eq!(
        left,
        std::slice::from_ref(&file),
        "nothing under the secret that nobody has"
    );
    std::fs::remove_dir_all(&file).unwrap();
    assert!(scene.insights.keep(&household));
    let renewed = households.renew(&household).unwrap();
    assert!(households.find(&known).is_none());
    let again = Households::open(Store::open(scene.folder.path()).unwrap()).unwrap();
    assert!(again.find(&renewed).is_some() && again.all().len() == 1);
}

/// Who starts again has heard nothing of the node yet: the consent may have ended meanwhile.
#[test]
fn after_a_restart_nothing_counts_before_the_node_was_heard() {
    let scene = Scene::new();
    let (secret, _) = scene.read(5);
    let again = Households::open(Store::open(scene.folder.path()).unwrap()).unwrap();
    let household = again.find(&secret).unwrap();
    assert_eq!(household.phase(), Phase::Unreachable);
    household.heard();
    assert_eq!(household.phase(), Phase::Reading);
}
