//! The client against a server that says what a test tells it to say.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use assent_api::problem::{Code, MEDIA_TYPE, Problem};
use assent_api::request_proof::RequestProof;
use assent_api::v1::releases::{Decide, DecisionRequest, TokenRequest};
use assent_client::http::{
    ClientError, DataClient, Identified, NodeClient, PageQuery, ReleaseError, TilePath,
};
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::statements::Signer;
use assent_crypto::digest::Digest;
use assent_model::ids::ConsentId;
use assent_model::statement;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::cast::{DATASET, OPTIONAL, REQUIRED, name, resources};
use crate::source::{Guarded, decision};
use crate::world::{START, chain};

/// What a server got.
#[derive(Debug, Clone)]
struct Got {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

/// What a server says, in turn; and after that nothing but 404.
type Script = VecDeque<(StatusCode, &'static str, String)>;

#[derive(Clone, Default)]
struct Server {
    got: Arc<Mutex<Vec<Got>>>,
    script: Arc<Mutex<Script>>,
}

impl Server {
    fn saying(answers: &[(u16, &'static str, String)]) -> Self {
        let server = Self::default();
        let script = answers.iter().map(|(status, kind, body)| {
            (StatusCode::from_u16(*status).unwrap(), *kind, body.clone())
        });
        server.script.lock().unwrap().extend(script);
        server
    }

    /// Starts it; the address ends without a slash.
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

async fn answer(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = uri.path_and_query().unwrap().to_string();
    server.got.lock().unwrap().push(Got {
        method,
        target,
        headers,
        body,
    });
    let next = server.script.lock().unwrap().pop_front();
    match next {
        Some((status, kind, body)) => {
            let headers = [("content-type", kind), ("location", "/elsewhere")];
            (status, headers, body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

const JSON: &str = "application/json";

fn problem(code: Code) -> (u16, &'static str, String) {
    let problem = Problem::new(code).with_detail("told");
    (
        problem.status,
        MEDIA_TYPE,
        serde_json::to_string(&problem).unwrap(),
    )
}

fn page() -> (u16, &'static str, String) {
    (200, JSON, json!({"items": []}).to_string())
}

async fn client(server: &Server) -> NodeClient {
    NodeClient::new(&server.start().await).unwrap()
}

#[tokio::test]
async fn a_problem_is_told_as_it_is() {
    let server = Server::saying(&[problem(Code::NotFound)]);
    let error = client(&server).await.chain().await.unwrap_err();
    assert_eq!(error.code(), Some("not-found"));
    let ClientError::Problem(problem) = error else {
        panic!("{error:?}");
    };
    assert_eq!(problem.detail.as_deref(), Some("told"));
}

#[tokio::test]
async fn an_answer_that_nobody_expects_is_an_error() {
    for (answer, expected) in [
        ((500, JSON, "{}".to_owned()), 500),
        ((404, "text/html", "<p>".to_owned()), 404),
        ((400, MEDIA_TYPE, "{}".to_owned()), 400),
        ((200, JSON, "{}".to_owned()), 200),
        ((302, JSON, "{}".to_owned()), 302),
    ] {
        let server = Server::saying(&[answer]);
        let error = client(&server).await.chain().await.unwrap_err();
        let is_expected =
            matches!(error, ClientError::UnexpectedAnswer { status } if status == expected);
        assert!(is_expected, "{error:?}");
        assert_eq!(server.got().len(), 1);
    }
}

#[tokio::test]
async fn reading_is_tried_again() {
    let server = Server::saying(&[
        problem(Code::Unavailable),
        (502, "text/html", String::new()),
        page(),
    ]);
    let client = client(&server).await;
    assert!(client.services(&PageQuery::default()).await.is_ok());
    assert_eq!(server.got().len(), 3);

    let server = Server::saying(&vec![problem(Code::Unavailable); 9]);
    let client = crate::http::client(&server).await;
    assert!(client.services(&PageQuery::default()).await.is_err());
    assert_eq!(server.got().len(), 3);
}

#[tokio::test]
async fn writing_is_not_tried_again() {
    let server = Server::saying(&vec![problem(Code::Unavailable); 2]);
    let body = Decide {
        request: "statement".to_owned(),
    };
    let outcome = client(&server).await.decide(&body).await;
    assert_eq!(outcome.unwrap_err().code(), Some("unavailable"));
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn what_was_never_sent_is_tried_again() {
    // Nobody listens at first: the address was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = NodeClient::new(&format!("http://{address}")).unwrap();
    let server = Server::saying(&[page()]);
    let late = server.clone();
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let router = Router::new().fallback(answer).with_state(late);
        axum::serve(listener, router).await
    });
    assert!(client.services(&PageQuery::default()).await.is_ok());
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn a_proof_covers_what_is_sent() {
    let server = Server::saying(&[problem(Code::Unavailable), page(), problem(Code::NotFound)]);
    let client = client(&server).await;
    let (signer, pseudonym) = (Signer::new(chain(), START), Pseudonym::generate());
    let page = PageQuery {
        cursor: Some("a b&c".to_owned()),
        limit: Some(5),
    };
    let listed = client.pseudonym_consents(&signer, &pseudonym, &page).await;
    assert!(listed.is_ok());
    let keys = PartyKeys::generate();
    let provider = Identified {
        signer: &signer,
        caller: (&keys).into(),
    };
    let request = TokenRequest {
        cr_id: ConsentId::random(),
    };
    assert!(client.token(provider, &request).await.is_err());

    let got = server.got();
    let proofs: Vec<_> = got.iter().map(proof_of).collect();
    assert_ne!(proofs[0].envelope().jti, proofs[1].envelope().jti);
    for (got, proof) in got.iter().zip(&proofs) {
        let said = proof.content();
        assert_eq!(
            (&*said.htm, &*said.htu),
            (got.method.as_str(), &*got.target)
        );
        let body = (!got.body.is_empty()).then(|| Digest::of(&got.body));
        assert_eq!(said.body, body);
    }
    let surrogate = pseudonym.surrogate_id();
    let expected = format!("/v1/pseudonyms/{surrogate}/consents?cursor=a%20b%26c&limit=5");
    assert_eq!(got[1].target, expected);
    assert_eq!(got[2].target, "/v1/tokens");
}

fn proof_of(got: &Got) -> statement::Verified<RequestProof> {
    let header = got.headers["authorization"].to_str().unwrap();
    statement::verify(header.strip_prefix("Assent ").unwrap()).unwrap()
}

#[test]
fn secrets_and_proofs_do_not_travel_in_the_clear() {
    let outcome = |address| {
        NodeClient::new(address)
            .map(drop)
            .map_err(|e| e.to_string())
    };
    let insecure = Err("plain http is for loopback addresses only".to_owned());
    let bad = Err("the address is not one that can be called".to_owned());
    for address in [
        "https://node.example",
        "http://127.0.0.1:8080/a",
        "http://[::1]:1",
        "http://localhost",
    ] {
        assert_eq!(outcome(address), Ok(()), "{address}");
    }
    for address in [
        "http://node.example",
        "http://10.0.0.1",
        "http://localhost.example",
    ] {
        assert_eq!(outcome(address), insecure, "{address}");
    }
    for address in [
        "",
        "node.example",
        "ftp://node.example",
        "https://node.example/?a=b",
    ] {
        assert_eq!(outcome(address), bad, "{address}");
    }
}

#[tokio::test]
async fn a_node_may_sit_below_a_path() {
    let server = Server::saying(&[page()]);
    let base = format!("{}/assent", server.start().await);
    let client = NodeClient::new(&base).unwrap();
    assert!(client.services(&PageQuery::default()).await.is_ok());
    assert_eq!(server.got()[0].target, "/assent/v1/services");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let server = Server::saying(&[(200, JSON, " ".repeat(33 * 1024 * 1024))]);
    let error = client(&server).await.checkpoint().await.unwrap_err();
    assert!(matches!(error, ClientError::AnswerTooLarge), "{error:?}");
}

#[tokio::test]
async fn tiles_are_named_as_the_standard_has_it() {
    let server = Server::default();
    let client = client(&server).await;
    for (level, index, width) in [(0, 0, None), (1, 67, Some(3)), (0, 1_234_067, None)] {
        let tile = TilePath {
            level,
            index,
            width,
        };
        assert!(client.tile(tile).await.is_err());
    }
    let targets: Vec<String> = server.got().into_iter().map(|got| got.target).collect();
    assert_eq!(
        targets,
        [
            "/v1/log/tile/0/000",
            "/v1/log/tile/1/067.p/3",
            "/v1/log/tile/0/x001/x234/067",
        ]
    );
}

#[tokio::test]
async fn a_release_needs_a_yes() {
    let yes = |guarded: &Guarded| {
        let decision = decision(&guarded.cast, &[REQUIRED, OPTIONAL]);
        (200, JSON, serde_json::to_string(&decision).unwrap())
    };
    let no = |guarded: &Guarded| {
        let mut decision = decision(&guarded.cast, &[]);
        decision.allowed = false;
        (200, JSON, serde_json::to_string(&decision).unwrap())
    };
    check_release(yes, Ok(())).await;
    check_release(no, Err("not-allowed")).await;
    check_release(|_| problem(Code::StoreUnavailable), Err("undecided")).await;
    check_release(|_| (200, JSON, "{}".to_owned()), Err("undecided")).await;
}

async fn check_release(
    says: impl FnOnce(&Guarded) -> (u16, &'static str, String),
    expected: Result<(), &str>,
) {
    let mut guarded = Guarded::new();
    let grant = guarded.grant();
    let server = Server::saying(&[says(&guarded)]);
    let (signer, keys) = (guarded.cast.world.signer(), &guarded.cast.source.keys);
    let client = client(&server).await;
    let outcome = client.authorise(&signer, keys, grant.clone()).await;
    let outcome = outcome.map(drop);
    assert_eq!(
        outcome.as_ref().map_err(ReleaseError::code),
        expected.as_ref().map_err(|e| *e)
    );

    let body: Decide = serde_json::from_slice(&server.got()[0].body).unwrap();
    let request = statement::verify::<DecisionRequest>(&body.request).unwrap();
    assert_eq!(request.signer(), keys.signing.verifying_key());
    assert_eq!(request.content().cr_id, grant.cr_id());
    assert_eq!(request.content().token, *grant.token());
}

#[tokio::test]
async fn a_node_that_is_away_releases_nothing() {
    let mut guarded = Guarded::new();
    let grant = guarded.grant();
    let client = NodeClient::new("http://127.0.0.1:1").unwrap();
    let signer = guarded.cast.world.signer();
    let outcome = client
        .authorise(&signer, &guarded.cast.source.keys, grant)
        .await;
    assert_eq!(outcome.unwrap_err().code(), "undecided");
}

#[tokio::test]
async fn a_sink_fetches_and_opens() {
    let mut guarded = Guarded::new();
    let release = guarded.release();
    let keys = &guarded.cast.requester.keys;
    let document = release.seal_document(keys.opening.sealing_key(), b"{}");
    let text = serde_json::to_string(&document).unwrap();
    let server = Server::saying(&[(200, JSON, text), problem(Code::Forbidden)]);
    let url = format!("{}/data/{DATASET}", server.start().await);
    let client = DataClient::new().unwrap();
    let token = guarded.attempt().token();
    let now = guarded.cast.world.now;
    let fetched = client
        .fetch(&keys.signing, &token, &url, now)
        .await
        .unwrap();
    let opened = fetched.open(&keys.opening, guarded.pair.sink_id(), &name(DATASET));
    assert_eq!(opened.unwrap(), b"{}");

    let refused = client.fetch(&keys.signing, &token, &url, now).await;
    assert!(refused.is_err());
    let got = server.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].headers["authorization"], format!("DPoP {token}"));
    assert_ne!(got[0].headers["dpop"], got[1].headers["dpop"]);
    for url in ["http://source.example/data", "nowhere"] {
        assert!(client.fetch(&keys.signing, &token, url, now).await.is_err());
    }
    assert_eq!(
        release.grant().concepts(),
        &resources(&[REQUIRED, OPTIONAL])[&name(DATASET)]
    );
}

#[tokio::test]
async fn errors_do_not_repeat_addresses() {
    let client = NodeClient::new("http://127.0.0.1:1/secret").unwrap();
    let error = client.chain().await.unwrap_err();
    let mut told = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        told.push_str(&cause.to_string());
        source = cause.source();
    }
    assert!(!told.contains("secret"), "{told}");
}
