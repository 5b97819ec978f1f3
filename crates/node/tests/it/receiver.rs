//! A webhook receiver on this machine: keeps what it gets and answers as it is told.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assent_api::v1::webhooks::CreateWebhook;
use assent_api::v1::webhooks::WebhookView;
use assent_client::http::{Identified, NodeClient};
use assent_client::webhook::{self, Headers, Webhook};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

use crate::household::{Cast, Provider};
use crate::world::World;

/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Answers = Box<dyn FnMut() -> Response + Send>;

/// A receiver.
#[derive(Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Receiver {
    /// A receiver that takes everything.
    pub(crate) async fn start() -> Self {
        Self::answering(|| StatusCode::NO_CONTENT.into_response()).await
    }

    /// A receiver with other answers.
    pub(crate) async fn answering(answers: impl FnMut() -> Response + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            received: Arc::default(),
            answers: Arc::new(Mutex::new(Box::new(answers))),
        };
        let app = Router::new()
            .route("/hooks", post(receive))
            .with_state(receiver.clone());
        tokio::spawn(axum::serve(listener, app).into_future());
        receiver
    }

    /// Answers otherwise from now on.
    pub(crate) fn answers(&self, answers: impl FnMut() -> Response + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks?secret=of-the-receiver", self.address)
    }

    /// An endpoint that leads here, for the service of a provider.
    pub(crate) async fn listen(
        &self,
        world: &World,
        cast: &Cast,
        provider: &Provider,
    ) -> WebhookView {
        self.listen_for(world, &cast.client, provider).await
    }

    /// The same with any client.
    pub(crate) async fn listen_for(
        &self,
        world: &World,
        client: &NodeClient,
        provider: &Provider,
    ) -> WebhookView {
        let service_id = provider.description.service_id;
        let body = CreateWebhook {
            service_id,
            url: self.url(),
        };
        let (signer, caller) = (world.signer(), (&provider.keys).into());
        let who = Identified {
            signer: &signer,
            caller,
        };
        client.create_webhook(who, &body).await.unwrap()
    }

    /// What has come so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        eventually("a webhook", || async {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name}"))
            .to_str()
            .unwrap()
    }

    /// Verifies it with the SDK, as its receiver would.
    pub(crate) fn verified(&self, world: &World, endpoint: &WebhookView) -> Webhook {
        let key = webhook::parse_key(&endpoint.public_key).unwrap();
        let headers = Headers {
            id: self.header("webhook-id"),
            timestamp: self.header("webhook-timestamp"),
            signature: self.header("webhook-signature"),
        };
        webhook::verify(&key, headers, &self.body, world.clock.now()).unwrap()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    receiver
        .received
        .lock()
        .unwrap()
        .push(Received { headers, body });
    let mut answers = receiver.answers.lock().unwrap();
    answers()
}

/// Asks again and again until there is an answer.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    ask: impl Fn() -> F,
) -> T {
    let answer = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
