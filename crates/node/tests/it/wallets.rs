//! Builds of the wallet in the log, and what other origins may do at a node.

use assent_api::v1::wallets::{PublishWallet, WalletView};
use assent_api::v1::{Outcome, Page};
use assent_client::http::NodeClient;
use assent_client::key_history::KeyHistory;
use assent_client::wallet_release::{self, WalletReleaseError};
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::records::identity::{Genesis, WalletRelease};
use assent_model::statement::{self, Verified};
use assent_node::operator_keys::OperatorKeys;
use reqwest::Method;

use crate::calls::{Answered, Calls};
use crate::household::Cast;
use crate::pages::browser::Browser;
use crate::person::Person;
use crate::world::World;

const WALLETS: &str = "/v1/wallets";
const ORIGIN: &str = "https://wallet.example";

fn release(world: &World, key: &SigningKey, build: &str) -> PublishWallet {
    let content = WalletRelease {
        digest: Digest::of(build.as_bytes()),
        origin: ORIGIN.parse().unwrap(),
    };
    PublishWallet {
        release: world.signer().sign(key, content).compact().into(),
    }
}

async fn publish(world: &World, key: &SigningKey, build: &str) -> Answered {
    let body = release(world, key, build);
    Calls::anonymous(world).post(WALLETS, &body).await
}

#[tokio::test]
async fn a_build_is_published_by_the_operator_and_proven_by_the_log() {
    let world = World::new().await;
    let operator = OperatorKeys::load(&world.config.data_dir).unwrap().signing;
    publish(&world, &SigningKey::generate(), "first")
        .await
        .is_problem(403, "wrong-key");
    let calls = Calls::anonymous(&world);
    let digest = Digest::of(b"first");
    let target = format!("{WALLETS}/{digest}");
    calls.get(&target).await.is_problem(404, "not-found");
    let published = publish(&world, &operator, "first").await;
    assert_eq!(published.status, 201, "{}", published.text());
    assert_eq!(published.header("location"), target);
    let outcome: Outcome = published.json();
    publish(&world, &operator, "first")
        .await
        .is_problem(409, "wallet-known");
    assert_eq!(publish(&world, &operator, "second").await.status, 201);
    let list: Page<WalletView> = calls.get(WALLETS).await.json();
    let builds: Vec<Digest> = list.items.iter().map(|one| one.digest).collect();
    assert_eq!(builds, [digest, Digest::of(b"second")]);
    let view: WalletView = calls.get(&target).await.json();
    assert_eq!(Some(view.index), outcome.first_index);
    assert_eq!(view.origin, ORIGIN);

    let client = NodeClient::new(&world.url("/")).unwrap();
    let entry = client.entry(view.index).await.unwrap();
    let genesis: Verified<Genesis> =
        statement::verify(&client.chain().await.unwrap().genesis).unwrap();
    let keys = client
        .key_history(genesis.content().operator, &world.config.chain)
        .await
        .unwrap();
    let proven = wallet_release::verify(digest, &entry, &genesis, &keys).unwrap();
    assert_eq!(proven.origin.as_str(), ORIGIN);
    refuses(&client, digest, &genesis, &keys, view.index).await;
}

/// Everything else that a node might show instead.
async fn refuses(
    client: &NodeClient,
    digest: Digest,
    genesis: &Verified<Genesis>,
    keys: &KeyHistory,
    index: u64,
) {
    let entry = client.entry(index).await.unwrap();
    let other = Digest::of(b"never published");
    let check = |digest, entry, expected| {
        let verified = wallet_release::verify(digest, &entry, genesis, keys);
        assert_eq!(verified, Err(expected));
    };
    check(other, entry.clone(), WalletReleaseError::OtherBuild);
    let before = client.entry(0).await.unwrap();
    check(digest, before, WalletReleaseError::OtherEntry);
    let mut altered = entry.clone();
    altered.leaf.push(' ');
    check(digest, altered, WalletReleaseError::NotIncluded);
    let mut altered = entry.clone();
    altered.index += 1;
    check(digest, altered, WalletReleaseError::NotIncluded);
    let mut altered = entry;
    altered.checkpoint = altered.checkpoint.replacen('\n', "\nx", 1);
    check(digest, altered, WalletReleaseError::CheckpointInvalid);
}

/// A script of another origin reads and sends what every program may, and never with a cookie.
#[tokio::test]
async fn other_origins_have_the_api_and_no_session() {
    let world = World::new().await;
    let cast = Cast::enter(&world).await;
    let ann = Person::enter(&world).await;
    let calls = Calls::anonymous(&world).with("origin", ORIGIN);
    let asked = calls
        .with("access-control-request-method", "PUT")
        .with(
            "access-control-request-headers",
            "authorization,content-type,if-match",
        )
        .send(Method::OPTIONS, "/v1/accounts/keyring", None)
        .await;
    assert_eq!(asked.header("access-control-allow-origin"), ORIGIN);
    assert!(asked.header("access-control-allow-methods").contains("PUT"));
    let headers = asked.header("access-control-allow-headers");
    assert!(
        headers.contains("authorization") && headers.contains("if-match"),
        "{headers}"
    );
    for path in ["/v1/chain", "/v1/accounts/keyring", "/v1/nothing"] {
        let answer = calls.get(path).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            ORIGIN,
            "{path}"
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("etag")
        );
        let with_cookies = answer.headers.get("access-control-allow-credentials");
        assert!(with_cookies.is_none(), "{path}");
    }
    let mut browser = Browser::of_key(&world, &cast, &ann).await;
    let elsewhere = [
        ("origin", ORIGIN.to_owned()),
        ("sec-fetch-site", "cross-site".to_owned()),
    ];
    for path in [
        "/",
        "/home",
        "/home/account/export",
        "/sign-in",
        "/openapi.json",
    ] {
        let answer = browser.get_from(&elsewhere, path).await;
        let allowed = answer.headers.get("access-control-allow-origin");
        assert!(allowed.is_none(), "{path} is for pages of the node");
        let with_cookies = answer.headers.get("access-control-allow-credentials");
        assert!(with_cookies.is_none(), "{path}");
    }
    for path in ["/v1/accounts/keyring", "/v1/accounts/devices"] {
        browser
            .get_from(&elsewhere, path)
            .await
            .is_problem(401, "unauthenticated");
    }
    let pressed = browser.press("/home/account/sign-out", Some("cross-site"));
    assert_eq!(pressed.await, 403);
    let signed = ann.calls(&world).with("origin", ORIGIN);
    let answer = signed.get("/v1/accounts/pseudonyms").await;
    assert_eq!(answer.status, 200, "a proof is as good from anywhere");
}
