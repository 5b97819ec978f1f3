//! A relay that lies: it stands before a node and meddles with what the node answers. And the disk of a
//! device, which forgets at a power cut what was not kept surely.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use assent_api::v1::streams::split_records;
use assent_client::channel::channel_tag;
use assent_client::uplink::{Keep, Kept};
use assent_crypto::channel::UnverifiedRecord;
use assent_crypto::digest::Digest;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::StreamId;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use reqwest::Method;
use tokio::net::TcpListener;

/// Changes the answer to a request.
type Meddle = Arc<dyn Fn(&Method, &str, &mut Vec<u8>) + Send + Sync>;

/// See the module.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) url: String,
    node: String,
    http: reqwest::Client,
    meddle: Arc<Mutex<Option<Meddle>>>,
    /// Bodies of uploads.
    uploads: Arc<Mutex<Vec<Bytes>>>,
    /// Newest answer by path.
    answers: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Relay {
    /// An honest one, until it is told otherwise.
    pub(crate) async fn before(node: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let relay = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            node,
            http: reqwest::Client::builder().build().unwrap(),
            meddle: Arc::default(),
            uploads: Arc::default(),
            answers: Arc::default(),
        };
        let app = Router::new().fallback(pass_on).with_state(relay.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        relay
    }

    pub(crate) fn meddle(
        &self,
        meddle: impl Fn(&Method, &str, &mut Vec<u8>) + Send + Sync + 'static,
    ) {
        *self.meddle.lock().unwrap() = Some(Arc::new(meddle));
    }

    /// Meddles with answers in JSON to such requests.
    pub(crate) fn meddle_json(
        &self,
        method: Method,
        end: &'static str,
        change: impl Fn(&mut serde_json::Value) + Send + Sync + 'static,
    ) {
        self.meddle(move |asked, path, body| {
            if *asked == method && path.ends_with(end) {
                let mut value = serde_json::from_slice(body).unwrap();
                change(&mut value);
                *body = serde_json::to_vec(&value).unwrap();
            }
        });
    }

    pub(crate) fn be_honest(&self) {
        *self.meddle.lock().unwrap() = None;
    }

    /// What the node answered last at a path with this end.
    pub(crate) fn answer_at(&self, end: &str) -> Vec<u8> {
        let answers = self.answers.lock().unwrap();
        let found = answers.iter().find(|(path, _)| path.ends_with(end));
        found.unwrap().1.clone()
    }

    /// The records that it was ever sent, by number: all that are different.
    pub(crate) fn heard(
        &self,
        stream: StreamId,
        device: &VerifyingKey,
    ) -> BTreeMap<u64, Vec<Digest>> {
        let mut heard: BTreeMap<u64, Vec<Digest>> = BTreeMap::new();
        for upload in self.uploads.lock().unwrap().iter() {
            for record in split_records(upload).unwrap() {
                let record = UnverifiedRecord::parse(record).unwrap();
                let record = record.verify(&channel_tag(stream), device).unwrap();
                let known = heard.entry(record.head().sequence).or_default();
                if !known.contains(&record.digest()) {
                    known.push(record.digest());
                }
            }
        }
        heard
    }
}

async fn pass_on(State(relay): State<Relay>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path().to_owned();
    if parts.method == Method::PUT && path.ends_with("/records") {
        relay.uploads.lock().unwrap().push(body.clone());
    }
    let mut headers = parts.headers;
    headers.remove("host");
    let url = format!("{}{}", relay.node, parts.uri);
    let sent = relay.http.request(parts.method.clone(), url);
    let answer = sent.headers(headers).body(body).send().await.unwrap();
    let status = answer.status();
    let media_type = answer.headers().get("content-type").cloned();
    let mut body = answer.bytes().await.unwrap().to_vec();
    if status.is_success() {
        let mut answers = relay.answers.lock().unwrap();
        answers.insert(path.clone(), body.clone());
    }
    let meddle = relay.meddle.lock().unwrap().clone();
    if let Some(meddle) = meddle.filter(|_| status.is_success()) {
        meddle(&parts.method, &path, &mut body);
    }
    let mut response = Response::builder().status(status.as_u16());
    if let Some(media_type) = media_type {
        response = response.header("content-type", media_type.as_bytes());
    }
    response.body(Body::from(body)).unwrap()
}

/// A disk. What was not kept surely is gone after a power cut.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    now: Arc<Mutex<Files>>,
    sure: Arc<Mutex<Files>>,
}

#[derive(Debug, Clone, Default)]
struct Files {
    memory: Vec<u8>,
    past: Option<Vec<u8>>,
}

impl Disk {
    pub(crate) fn memory(&self) -> Vec<u8> {
        self.now.lock().unwrap().memory.clone()
    }

    pub(crate) fn past(&self) -> Option<Vec<u8>> {
        self.now.lock().unwrap().past.clone()
    }

    /// The disk as it is when power comes back.
    pub(crate) fn after_power_cut(&self) -> Self {
        let sure = self.sure.lock().unwrap().clone();
        Self {
            now: Arc::new(Mutex::new(sure.clone())),
            sure: Arc::new(Mutex::new(sure)),
        }
    }
}

impl Keep for Disk {
    fn keep(&mut self, what: Kept, bytes: &[u8], surely: bool) -> io::Result<()> {
        let disks = [&self.now, &self.sure];
        for disk in disks.into_iter().take(if surely { 2 } else { 1 }) {
            let mut files = disk.lock().unwrap();
            match what {
                Kept::Memory => files.memory = bytes.to_vec(),
                Kept::Past => files.past = Some(bytes.to_vec()),
            }
        }
        Ok(())
    }
}
