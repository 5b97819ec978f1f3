//! A small identity provider, which signs whatever it is told to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_node::clock::Clock;
use assent_node::config::IdentityProvider;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use reqwest::Url;
use serde_json::{Value, json};

pub(super) const SECRET: &str = "correct horse battery staple";
const CLIENT: &str = "this-node";

/// With what a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    Ed25519,
    Rs256,
    /// Not at all.
    None,
    /// With the secret that the node shares with the provider.
    Hs256,
    /// With a key that is not published, under the name of one that is.
    Stranger,
    /// With a key that is published only once it is asked for again.
    Rolled,
}

/// How a token differs from what it should be.
type Spoil = Arc<dyn Fn(&mut Value) + Send + Sync>;

struct Keys {
    ed25519: Ed25519KeyPair,
    rsa: RsaKeyPair,
    rolled: Ed25519KeyPair,
}

fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&random_bytes::<32>()).unwrap()
}

/// A code that waits to be exchanged.
struct Granted {
    challenge: String,
    redirect_uri: String,
    claims: Value,
}

struct Inner {
    issuer: String,
    clock: Clock,
    keys: Keys,
    signing: Mutex<Signing>,
    spoil: Mutex<Option<Spoil>>,
    codes: Mutex<BTreeMap<String, Granted>>,
    /// How often the keys were asked for.
    asked: Mutex<u32>,
    described_as: Mutex<Option<String>>,
}

/// The provider, which ends with the test.
#[derive(Clone)]
pub(super) struct Provider(Arc<Inner>);

impl Provider {
    /// A provider that listens, with the clock of the test.
    pub(super) async fn start(clock: Clock) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = tokio::net::TcpListener::bind(free).await.unwrap();
        let inner = Inner {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            clock,
            keys: Keys {
                ed25519: ed25519(),
                rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
                rolled: ed25519(),
            },
            signing: Mutex::new(Signing::Ed25519),
            spoil: Mutex::default(),
            codes: Mutex::default(),
            asked: Mutex::default(),
            described_as: Mutex::default(),
        };
        let provider = Self(Arc::new(inner));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        provider
    }

    pub(super) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// What an operator sets.
    pub(super) fn settings(&self, id: &str) -> IdentityProvider {
        IdentityProvider {
            id: id.into(),
            name: "Acme <b>".into(),
            issuer: self.0.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: SECRET.into(),
            private: true,
        }
    }

    pub(super) fn sign_with(&self, signing: Signing) {
        *self.0.signing.lock().unwrap() = signing;
    }

    /// Spoils the claims of all tokens from here on.
    pub(super) fn spoil(&self, spoil: impl Fn(&mut Value) + Send + Sync + 'static) {
        *self.0.spoil.lock().unwrap() = Some(Arc::new(spoil));
    }

    pub(super) fn honest(&self) {
        *self.0.spoil.lock().unwrap() = None;
        self.sign_with(Signing::Ed25519);
    }

    /// Says of itself that it is another.
    pub(super) fn describe_as(&self, issuer: &str) {
        *self.0.described_as.lock().unwrap() = Some(issuer.to_owned());
    }

    /// Lets a subject in that was sent here with this address: with which parameters it is sent back.
    pub(super) fn let_in(&self, sent: &str, subject: &str) -> (String, String) {
        let url = Url::parse(sent).unwrap();
        assert!(
            sent.starts_with(&format!("{}/authorize?", self.0.issuer)),
            "{sent}"
        );
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("code_challenge_method", "S256"),
            ("scope", "openid"),
        ] {
            assert_eq!(asked[name], value);
        }
        let now = self.0.clock.now().as_seconds();
        let code = base64url::encode(&random_bytes::<16>());
        let mut claims = json!({
            "iss": self.0.issuer, "aud": CLIENT, "sub": subject, "nonce": asked["nonce"],
            "iat": now, "exp": now + 300, "auth_time": now,
        });
        if asked.get("prompt").is_none_or(|prompt| prompt != "login") {
            claims["auth_time"] = json!(now - 3600);
        }
        let granted = Granted {
            challenge: asked["code_challenge"].clone(),
            redirect_uri: asked["redirect_uri"].clone(),
            claims,
        };
        self.0.codes.lock().unwrap().insert(code.clone(), granted);
        (code, asked["state"].clone())
    }

    fn signed(&self, claims: &Value) -> String {
        let keys = &self.0.keys;
        let signing = *self.0.signing.lock().unwrap();
        let (alg, kid) = match signing {
            Signing::Ed25519 | Signing::Stranger => ("EdDSA", "one"),
            Signing::Rolled => ("EdDSA", "three"),
            Signing::Rs256 => ("RS256", "two"),
            Signing::Hs256 => ("HS256", "one"),
            Signing::None => ("none", "one"),
        };
        let header = json!({ "alg": alg, "kid": kid }).to_string();
        let encode = |text: String| base64url::encode(text.as_bytes());
        let input = format!("{}.{}", encode(header), encode(claims.to_string()));
        let signature = match signing {
            Signing::Ed25519 => keys.ed25519.sign(input.as_bytes()).as_ref().to_vec(),
            Signing::Stranger => ed25519().sign(input.as_bytes()).as_ref().to_vec(),
            Signing::Rolled => keys.rolled.sign(input.as_bytes()).as_ref().to_vec(),
            Signing::Rs256 => {
                let mut signature = vec![0; keys.rsa.public_modulus_len()];
                let random = SystemRandom::new();
                keys.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
            Signing::Hs256 => {
                let key =
                    aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
                aws_lc_rs::hmac::sign(&key, input.as_bytes())
                    .as_ref()
                    .to_vec()
            }
            Signing::None => Vec::new(),
        };
        format!("{input}.{}", base64url::encode(&signature))
    }
}

async fn description(State(Provider(inner)): State<Provider>) -> Json<Value> {
    let issuer = inner.described_as.lock().unwrap().clone();
    let issuer = issuer.unwrap_or_else(|| inner.issuer.clone());
    let at = |path: &str| format!("{}{path}", inner.issuer);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "RS256", "HS256", "none"],
    }))
}

async fn keys(State(Provider(inner)): State<Provider>) -> Json<Value> {
    let okp = |kid: &str, key: &Ed25519KeyPair| {
        let x = base64url::encode(key.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": x })
    };
    // PKCS #1: a sequence of two integers; the first is 257 bytes long, with a zero at the front.
    let rsa = inner.keys.rsa.public_key().as_ref();
    let rsa = json!({
        "kty": "RSA", "use": "sig", "kid": "two", "e": "AQAB",
        "n": base64url::encode(&rsa[9..265]),
    });
    let mut asked = inner.asked.lock().unwrap();
    *asked += 1;
    let mut keys = vec![okp("one", &inner.keys.ed25519), rsa];
    if *asked > 1 {
        keys.push(okp("three", &inner.keys.rolled));
    }
    Json(json!({ "keys": keys }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(asked): Form<BTreeMap<String, String>>,
) -> Response {
    let refused = || {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
    };
    let granted = provider.0.codes.lock().unwrap().remove(&asked["code"]);
    let Some(granted) = granted else {
        return refused().into_response();
    };
    let verifier = digest(&SHA256, asked["code_verifier"].as_bytes());
    let is_the_one = headers.contains_key(header::AUTHORIZATION)
        && asked["grant_type"] == "authorization_code"
        && asked["redirect_uri"] == granted.redirect_uri
        && base64url::encode(verifier.as_ref()) == granted.challenge;
    if !is_the_one {
        return refused().into_response();
    }
    let mut claims = granted.claims;
    if let Some(spoil) = &*provider.0.spoil.lock().unwrap() {
        spoil(&mut claims);
    }
    Json(json!({
        "access_token": "unused", "token_type": "Bearer", "expires_in": 300,
        "id_token": provider.signed(&claims),
    }))
    .into_response()
}
