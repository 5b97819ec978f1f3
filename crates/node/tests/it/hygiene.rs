//! No personal data, secrets or free text in logs, metrics and problems (invariant 11): a whole
//! story is told, with everything that can go wrong, and then looked for.

use assent_api::v1::releases::{Decide, Decision, DecisionRequest, TokenAnswer, TokenRequest};
use assent_api::v1::webhooks::{CreateWebhook, WebhookView};
use assent_client::statements::change::Change;
use assent_crypto::base64url;
use assent_model::names::Jti;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::calls::{Answered, Calls};
use crate::household::{Cast, Pair};
use crate::logged::Logged;
use crate::person::{Mailbox, Person};
use crate::receiver::Receiver;
use crate::world::World;

const ANN: &str = "Ann.Private@example.org";

/// What must be nowhere, with a name for each.
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn add(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 4, "{what} is too short to be looked for");
        self.0.push((what.to_owned(), secret.to_owned()));
    }

    #[track_caller]
    fn are_not_in(&self, place: &str, text: &str) {
        let text = text.to_lowercase();
        for (what, secret) in &self.0 {
            let found = text.find(&secret.to_lowercase());
            let around = found.map(|at| {
                text[at.saturating_sub(200)..]
                    .chars()
                    .take(400)
                    .collect::<String>()
            });
            assert_eq!(around, None, "{what} is in {place}");
        }
    }
}

/// What is secret from the beginning.
fn secrets(world: &World, cast: &Cast) -> Secrets {
    let mut secrets = Secrets(Vec::new());
    secrets.add("an e-mail address", ANN);
    secrets.add("a name", "Ann.Private");
    secrets.add("a spelled-out address", "Ann.Private%40example.org");
    secrets.add("the query of a receiver", "of-the-receiver");
    secrets.add("a query", "limit=");
    secrets.add("a query", "language=");
    secrets.add("a token, statement or proof", "eyJhbGciOi");
    let purpose = &cast.adviser.description.purposes[0];
    secrets.add("free text", purpose.description.values().next().unwrap());
    secrets.add("a contact", &cast.adviser.description.provider.contact);
    for concept in purpose
        .required_concepts
        .iter()
        .chain(&purpose.optional_concepts)
    {
        secrets.add("a concept", concept.as_str());
    }
    let keys = [
        &cast.adviser.keys.signing,
        &cast.archive.keys.signing,
        &cast.adviser_link.pseudonym.key,
        &cast.archive_link.pseudonym.key,
    ];
    for key in keys {
        secrets.add("a private key", &base64url::encode(key.seed()));
    }
    let file = std::fs::read(world.config.data_dir.join("operator-keys.json")).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    for (name, key) in file
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, key)| key.is_string())
    {
        secrets.add(&format!("the operator's {name} key"), key.as_str().unwrap());
    }
    secrets
}

/// Asks the node to release what a pair covers.
async fn decide(world: &World, cast: &Cast, pair: &Pair) -> Decision {
    let content = DecisionRequest {
        cr_id: pair.source,
        holder: cast.adviser.keys.signing.verifying_key().thumbprint(),
        token: Jti::random(),
        purpose_id: cast.adviser.description.purposes[0].purpose_id.clone(),
        dataset_id: cast.archive.description.datasets[0].dataset_id.clone(),
    };
    let request = world.signer().sign(&cast.archive.keys.signing, content);
    let body = Decide {
        request: request.compact().to_owned(),
    };
    cast.client.decide(&body).await.unwrap()
}

/// A person with a contact, a pair of consents with every change, releases and webhooks. Answers
/// that are problems are handed back.
async fn tell(world: &World, cast: &Cast, secrets: &mut Secrets) -> Vec<Answered> {
    let ann = Person::enter(world).await;
    let mut mailbox = Mailbox::new(ANN);
    let asked = ann.ask(world, ANN).await;
    assert_eq!(asked.status, 200);
    let code = mailbox.code(world).await;
    secrets.add("a one-time code", &code);
    let mut problems = vec![ann.hand_back(world, "WRONG-CODE").await];
    assert_eq!(ann.hand_back(world, &code).await.status, 200);
    problems.push(ann.hand_back(world, &code).await);
    ann.add(world, &cast.adviser_link.pseudonym).await;
    ann.look_up(world, ANN).await;

    let receiver = Receiver::answering(|| StatusCode::INTERNAL_SERVER_ERROR.into_response()).await;
    receiver.listen(world, cast, &cast.adviser).await;
    let asked = cast.ask(world).await;
    let given = cast.answer(world, asked, true).await;
    let salt = serde_json::to_value(given.request.form_salt.clone()).unwrap();
    secrets.add("a salt", salt.as_str().unwrap());
    cast.client.give_consent(&given.request).await.unwrap();
    let pair = Pair {
        sink: given.record.content().common_part.cr_id,
        source: given.source_record.unwrap().content().common_part.cr_id,
        alias: given.alias.unwrap(),
    };
    let provider = Calls::of(world, &cast.adviser);
    let token: TokenAnswer = provider
        .post("/v1/tokens", &TokenRequest { cr_id: pair.sink })
        .await
        .json();
    secrets.add("a token", token.access_token.rsplit('.').next().unwrap());
    assert!(decide(world, cast, &pair).await.allowed);
    cast.change(world, &pair, &Change::Withdraw).await;
    assert!(!decide(world, cast, &pair).await.allowed);
    problems.push(
        provider
            .post("/v1/tokens", &TokenRequest { cr_id: pair.sink })
            .await,
    );
    receiver.wait_for(2).await;
    ann.calls(world).get("/v1/accounts/export").await;
    problems
}

/// Sends personal data to where none belongs.
async fn misuse(world: &World, cast: &Cast) -> Vec<Answered> {
    let anybody = Calls::anonymous(world);
    let provider = Calls::of(world, &cast.adviser);
    let mut description = serde_json::to_value(&cast.adviser.description).unwrap();
    description["purposes"][0]["category"] = json!(ANN);
    description[ANN] = json!(ANN);
    description["description"] = json!({ ANN: 7, "en": 7 });
    let mut registration = world
        .signer()
        .register_service(&cast.adviser.keys, &cast.adviser.description)
        .unwrap();
    registration.description = description;
    let webhook = CreateWebhook {
        service_id: cast.adviser.description.service_id,
        url: format!("http://{ANN}/?secret=of-the-receiver"),
    };
    let dead = CreateWebhook {
        url: "http://127.0.0.1:1/?secret=of-the-receiver".into(),
        ..webhook.clone()
    };
    let dead: WebhookView = provider.post("/v1/webhooks", &dead).await.json();
    provider
        .post_empty(&format!("/v1/webhooks/{}/test", dead.webhook_id))
        .await;
    let named = anybody.with("x-request-id", ANN);
    vec![
        anybody.get(&format!("/v1/consents/{ANN}")).await,
        anybody.get(&format!("/v1/{ANN}?email={ANN}")).await,
        anybody
            .get("/v1/services?limit=many&email=Ann.Private%40example.org")
            .await,
        anybody.get(&format!("/problems/{ANN}")).await,
        anybody.post("/v1/consents", &json!({ "email": ANN })).await,
        anybody
            .post("/v1/consent-requests", &json!({ "request": ANN }))
            .await,
        anybody
            .post_bytes("/v1/consents", format!("{{\"{ANN}").into_bytes())
            .await,
        anybody
            .with("authorization", &format!("Assent {ANN}"))
            .get("/v1/contacts")
            .await,
        anybody
            .with("idempotency-key", &format!("{ANN} {ANN}"))
            .post("/v1/links", &json!({}))
            .await,
        anybody.post("/v1/services", &registration).await,
        provider.post("/v1/webhooks", &webhook).await,
        provider
            .post(
                "/v1/contacts",
                &json!({ "email": "Ann.Private@example.org@", "language": "en" }),
            )
            .await,
        named.get("/v1/nothing").await,
    ]
}

#[tokio::test]
async fn nothing_personal_or_secret_is_logged_counted_or_explained() {
    let logged = Logged::start();
    let world = World::with(|config| config.callbacks_to_private = true).await;
    let cast = Cast::enter(&world).await;
    let mut secrets = secrets(&world, &cast);
    let mut problems = tell(&world, &cast, &mut secrets).await;
    problems.extend(misuse(&world, &cast).await);

    for answer in &problems {
        let problem = answer
            .problem()
            .unwrap_or_else(|| panic!("no problem: {}", answer.text()));
        secrets.are_not_in(&format!("a problem ({})", problem.code), &answer.text());
        assert_eq!(Some(answer.header("x-request-id")), problem.request_id);
        secrets.are_not_in("the id of a request", &answer.header("x-request-id"));
    }
    let metrics = reqwest::Client::builder().build().unwrap();
    let metrics = metrics.get(format!("http://{}/metrics", world.running.admin_address));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("assent_requests_total{"), "{metrics}");
    assert!(
        metrics.contains("assent_webhook_attempts_total{"),
        "{metrics}"
    );
    secrets.are_not_in("the metrics", &metrics);
    // Ids of single things would make as many series as there are things.
    for prefix in ["cns_", "prt_", "sur_", "svc_", "whk_"] {
        assert!(!metrics.contains(prefix), "{prefix} is in the metrics");
    }

    let log = logged.text();
    for route in [
        "/v1/contacts",
        "/v1/consents/{consent}",
        "unmatched",
        "webhook",
    ] {
        assert!(log.contains(route), "{route} is not logged");
    }
    secrets.are_not_in("the log", &log);
}

#[tokio::test]
async fn a_request_keeps_its_id_where_it_is_one() {
    let world = World::new().await;
    let calls = Calls::anonymous(&world);
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let answer = calls.with("x-request-id", id).get("/v1/nothing").await;
    assert_eq!(answer.header("x-request-id"), id);
    assert_eq!(
        answer.is_problem(404, "not-found").request_id.as_deref(),
        Some(id)
    );
    for other in ["Ann.Private", "0f8fad5b-d9cb-469f-a165-70867728950z", ""] {
        let answer = calls.with("x-request-id", other).get("/v1/chain").await;
        assert_eq!(answer.header("x-request-id").len(), id.len(), "{other}");
    }
}
