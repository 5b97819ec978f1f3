//! What is refused of a signed statement before any rule is asked.

use assent_api::v1::consents::AskConsent;
use assent_crypto::base64url;
use assent_crypto::jws::{self, Typ};
use assent_crypto::signature::SigningKey;
use assent_model::canonical;
use assent_model::time::Span;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::calls::Calls;

const FAMILY: &str = "assent-consent-request+jwt";

/// A good statement, in pieces.
struct Statement<'a> {
    compact: String,
    payload: Value,
    key: &'a SigningKey,
}

impl<'a> Statement<'a> {
    fn of(scene: &'a Scene) -> Self {
        let compact = scene.cast.question(&scene.world).request;
        let payload = base64url::decode(compact.split('.').nth(1).unwrap()).unwrap();
        let payload = serde_json::from_slice(&payload).unwrap();
        Self {
            compact,
            payload,
            key: &scene.cast.adviser.keys.signing,
        }
    }

    /// The same with another member.
    fn with(&self, pointer: &str, value: Value) -> String {
        let mut changed = self.payload.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[member] = value;
        jws::sign(Typ(FAMILY), self.key, &canonical::encode(&changed))
    }

    /// The same payload, signed by another key or as another family.
    fn signed(&self, typ: &'static str, key: &SigningKey) -> String {
        jws::sign(Typ(typ), key, &canonical::encode(&self.payload))
    }

    fn spaced(&self) -> String {
        let spaced = serde_json::to_string_pretty(&self.payload).unwrap();
        jws::sign(Typ(FAMILY), self.key, spaced.as_bytes())
    }

    /// The same with another character in its signature.
    fn damaged(&self) -> String {
        let (body, signature) = self.compact.rsplit_once('.').unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        format!("{body}.{other}{}", &signature[1..])
    }
}

#[tokio::test]
async fn a_statement_is_read_strictly() {
    let scene = Scene::set().await;
    let good = Statement::of(&scene);
    let (body, _) = good.compact.rsplit_once('.').unwrap();
    for (what, statement, detail) in [
        (
            "an unknown field",
            good.with("/statement/surprise", json!(1)),
            "payload-unreadable",
        ),
        (
            "an unknown claim",
            good.with("/surprise", json!(1)),
            "payload-unreadable",
        ),
        (
            "another type",
            good.with("/statement/answer_by", json!("soon")),
            "payload-unreadable",
        ),
        (
            "a time beyond all",
            good.with("/statement/answer_by", json!(1u64 << 60)),
            "payload-unreadable",
        ),
        ("another spelling", good.spaced(), "payload-unreadable"),
        (
            "another family",
            good.signed("assent-cr+jwt", good.key),
            "jws-wrong-typ",
        ),
        (
            "another signer",
            good.signed(FAMILY, &SigningKey::generate()),
            "jws-wrong-key",
        ),
        ("a damaged signature", good.damaged(), "jws-bad-signature"),
        ("no signature", format!("{body}."), "jws-not-base64url"),
        ("not a token", "hello".into(), "jws-not-compact"),
        ("nothing", String::new(), "jws-not-compact"),
    ] {
        let body = AskConsent { request: statement };
        let answer = Calls::anonymous(&scene.world)
            .post("/v1/consent-requests", &body)
            .await;
        scene.refused(what, &answer, 400, "statement-invalid").await;
        assert_eq!(
            answer.problem().unwrap().detail.as_deref(),
            Some(detail),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_statement_is_for_this_chain_and_this_time() {
    let scene = Scene::set().await;
    let good = Statement::of(&scene);
    let now = scene.world.clock.now().as_seconds();
    for (what, statement, code) in [
        (
            "another chain",
            good.with("/aud", json!("assent:other")),
            "statement-audience",
        ),
        (
            "a long life",
            good.with("/exp", json!(now + 601)),
            "statement-lifetime",
        ),
        (
            "no life",
            good.with("/exp", json!(now)),
            "statement-lifetime",
        ),
        (
            "the future",
            good.with("/iat", json!(now + 120)),
            "statement-from-future",
        ),
    ] {
        let body = AskConsent { request: statement };
        let answer = Calls::anonymous(&scene.world)
            .post("/v1/consent-requests", &body)
            .await;
        scene.refused(what, &answer, 400, code).await;
    }
    scene.world.clock.advance(Span::from_minutes(11));
    let body = AskConsent {
        request: good.compact,
    };
    let answer = Calls::anonymous(&scene.world)
        .post("/v1/consent-requests", &body)
        .await;
    scene
        .refused("too late", &answer, 400, "statement-expired")
        .await;
}
