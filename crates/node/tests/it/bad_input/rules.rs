//! What is refused by the rules, or for who sends it.

use std::collections::BTreeMap;

use assent_api::v1::consents::{AskConsent, ChangeStatus, RefuseConsent};
use assent_api::v1::releases::{Decide, DecisionRequest, TokenRequest};
use assent_client::statements::change::Change;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, StatusRecordId};
use assent_model::names::Jti;
use assent_model::records::consent::{ConsentRequest, ConsentStatus, ConsentStatusRecord};
use assent_model::statement::{self, Verified};
use serde_json::json;

use super::scene::Scene;
use crate::calls::Calls;

impl Scene {
    /// What the adviser would ask.
    fn question(&self) -> Verified<ConsentRequest> {
        statement::verify(&self.cast.question(&self.world).request).unwrap()
    }

    /// A withdrawal of the pair, well-formed and signed with one key for both records.
    async fn withdrawal_by(&self, key: &SigningKey) -> ChangeStatus {
        let [record, counterpart] = self.cast.views(&self.pair).await.map(|view| {
            let record = ConsentStatusRecord {
                record_id: StatusRecordId::random(),
                cr_id: view.cr_id,
                surrogate_id: view.surrogate_id,
                consent_status: ConsentStatus::Withdrawn,
                resource_set: view.resource_set,
                prev: view.head,
            };
            self.world.signer().sign(key, record).compact().to_owned()
        });
        ChangeStatus {
            record,
            counterpart: Some(counterpart),
        }
    }
}

#[tokio::test]
async fn a_wrong_role_leaves_nothing_behind() {
    let scene = Scene::set().await;
    let calls = Calls::anonymous(&scene.world);
    let stolen = scene.world.signer().sign(
        &scene.cast.archive.keys.signing,
        scene.question().content().clone(),
    );
    let body = AskConsent {
        request: stolen.compact().to_owned(),
    };
    let answer = calls.post("/v1/consent-requests", &body).await;
    scene
        .refused(
            "the source's provider asks for the sink",
            &answer,
            403,
            "wrong-key",
        )
        .await;
    let body = scene.withdrawal_by(&scene.cast.adviser.keys.signing).await;
    let answer = calls
        .post(&format!("/v1/consents/{}/statuses", scene.pair.sink), &body)
        .await;
    scene
        .refused("a provider withdraws", &answer, 403, "wrong-key")
        .await;
}

#[tokio::test]
async fn an_unknown_id_leaves_nothing_behind() {
    let scene = Scene::set().await;
    let calls = Calls::anonymous(&scene.world);
    let pseudonym = &scene.cast.adviser_link.pseudonym;
    let nowhere = ConsentId::random();
    let path = format!("/v1/consents/{nowhere}/statuses");
    let body = scene.withdrawal_by(&pseudonym.key).await;
    scene
        .refused(
            "another id in the path",
            &calls.post(&path, &body).await,
            404,
            "not-found",
        )
        .await;
    let record = ConsentStatusRecord {
        record_id: StatusRecordId::random(),
        cr_id: nowhere,
        surrogate_id: pseudonym.surrogate_id(),
        consent_status: ConsentStatus::Withdrawn,
        resource_set: BTreeMap::new(),
        prev: Digest::of(b"nothing"),
    };
    let record = scene.world.signer().sign(&pseudonym.key, record);
    let body = ChangeStatus {
        record: record.compact().to_owned(),
        counterpart: None,
    };
    scene
        .refused(
            "an unknown consent",
            &calls.post(&path, &body).await,
            404,
            "consent-unknown",
        )
        .await;
}

#[tokio::test]
async fn records_that_do_not_fit_together_leave_nothing_behind() {
    let mut scene = Scene::set().await;
    let calls = Calls::anonymous(&scene.world);
    let asked = scene.cast.ask(&scene.world).await;
    let given = scene.cast.answer(&scene.world, asked, true).await;
    scene.go_on().await;
    let mut other_form = given.request.clone();
    other_form.form.valid_until = Some(1);
    let answer = calls.post("/v1/consents", &other_form).await;
    scene
        .refused("another form", &answer, 422, "commitment-mismatch")
        .await;
    let mut alone = given.request.clone();
    (alone.source_record, alone.sealed_alias) = (None, None);
    let answer = calls.post("/v1/consents", &alone).await;
    scene
        .refused("half a pair", &answer, 422, "pair-incomplete")
        .await;
    let mut unsealed = given.request.clone();
    unsealed.sealed_alias = None;
    let answer = calls.post("/v1/consents", &unsealed).await;
    scene
        .refused("no alias for the source", &answer, 400, "malformed-body")
        .await;
}

#[tokio::test]
async fn a_wrong_state_leaves_nothing_behind() {
    let mut scene = Scene::set().await;
    let calls = Calls::anonymous(&scene.world);
    let asked = scene.cast.ask(&scene.world).await;
    let given = scene.cast.answer(&scene.world, asked, true).await;
    let refusal = scene
        .world
        .signer()
        .refuse(&scene.cast.adviser_link.pseudonym, asked);
    let body = RefuseConsent {
        refusal: refusal.compact().to_owned(),
    };
    scene
        .cast
        .client
        .refuse_consent(asked, &body)
        .await
        .unwrap();
    scene
        .cast
        .change(&scene.world, &scene.pair, &Change::Withdraw)
        .await;
    scene.go_on().await;
    let answer = calls.post("/v1/consents", &given.request).await;
    scene
        .refused("a refused request", &answer, 409, "request-closed")
        .await;
    let body = scene
        .withdrawal_by(&scene.cast.adviser_link.pseudonym.key)
        .await;
    let answer = calls
        .post(&format!("/v1/consents/{}/statuses", scene.pair.sink), &body)
        .await;
    scene
        .refused("withdrawn twice", &answer, 409, "consent-ended")
        .await;
}

#[tokio::test]
async fn a_bad_description_leaves_nothing_behind() {
    let scene = Scene::set().await;
    let calls = Calls::anonymous(&scene.world);
    let (adviser, signer) = (&scene.cast.adviser, scene.world.signer());
    let mut description = adviser.description.clone();
    description.version = 7;
    let body = signer
        .register_service(&adviser.keys, &description)
        .unwrap();
    let answer = calls.post("/v1/services", &body).await;
    scene
        .refused("a version too many", &answer, 409, "version-not-next")
        .await;
    description.version = 2;
    let mut body = signer
        .register_service(&adviser.keys, &description)
        .unwrap();
    body.description["name"] = json!("Another name");
    let answer = calls.post("/v1/services", &body).await;
    scene
        .refused(
            "another text than was signed",
            &answer,
            422,
            "description-invalid",
        )
        .await;
    body.description["purposes"][0]["category"] = json!("because");
    let answer = calls.post("/v1/services", &body).await;
    scene
        .refused("a broken schema", &answer, 422, "description-invalid")
        .await;
    assert!(
        !answer.text().contains("because"),
        "what stands there is repeated"
    );
}

#[tokio::test]
async fn a_number_that_was_used_leaves_nothing_behind() {
    let mut scene = Scene::set().await;
    let first = scene.question();
    let body = AskConsent {
        request: first.compact().to_owned(),
    };
    scene.cast.client.ask_consent(&body).await.unwrap();
    scene.go_on().await;
    let mut envelope = scene.question().envelope().clone();
    envelope.jti = first.envelope().jti.clone();
    let second = statement::sign(envelope, &scene.cast.adviser.keys.signing);
    let body = AskConsent {
        request: second.compact().to_owned(),
    };
    let answer = Calls::anonymous(&scene.world)
        .post("/v1/consent-requests", &body)
        .await;
    scene
        .refused(
            "another statement with it",
            &answer,
            409,
            "statement-reused",
        )
        .await;
}

/// They learn nothing, and nothing is receipted for them.
#[tokio::test]
async fn strangers_leave_nothing_behind() {
    let scene = Scene::set().await;
    let stranger = Calls::of(&scene.world, &scene.cast.archive);
    let answer = stranger
        .post(
            "/v1/tokens",
            &TokenRequest {
                cr_id: scene.pair.sink,
            },
        )
        .await;
    scene
        .refused("somebody else's token", &answer, 404, "not-found")
        .await;
    let answer = stranger
        .post(
            "/v1/tokens",
            &TokenRequest {
                cr_id: ConsentId::random(),
            },
        )
        .await;
    scene
        .refused("a token for nothing", &answer, 404, "not-found")
        .await;
    let adviser = &scene.cast.adviser;
    let decision = DecisionRequest {
        cr_id: scene.pair.source,
        holder: adviser.keys.signing.verifying_key().thumbprint(),
        token: Jti::random(),
        purpose_id: adviser.description.purposes[0].purpose_id.clone(),
        dataset_id: scene.cast.archive.description.datasets[0]
            .dataset_id
            .clone(),
    };
    let request = scene.world.signer().sign(&adviser.keys.signing, decision);
    let body = Decide {
        request: request.compact().to_owned(),
    };
    let answer = Calls::anonymous(&scene.world)
        .post("/v1/decisions", &body)
        .await;
    scene
        .refused(
            "a decision for the wrong provider",
            &answer,
            404,
            "not-found",
        )
        .await;
}
