//! What every operation refuses: the operations are those of the OpenAPI document.

use assent_node::http::openapi;
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{BODY_BYTES_MAX, Scene};
use crate::calls::Calls;

/// Bodies that are nearly the one that is wanted.
fn misshapen(example: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let mut surprising = example.clone();
    surprising["surprise"] = json!(1);
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_inside = format!("{{\"surprise\":{deep}}}");
    let first = example.as_object().unwrap().keys().next().unwrap();
    let twice = format!("{{\"{first}\":{0},\"{first}\":{0}}}", example[first]);
    let whole = example.to_string();
    vec![
        ("empty", Vec::new()),
        ("half", whole.as_bytes()[..whole.len() / 2].to_vec()),
        ("more behind it", format!("{whole} {whole}").into_bytes()),
        ("not UTF-8", [whole.as_bytes(), b"\xff"].concat()),
        ("a list", b"[]".to_vec()),
        ("nothing in it", b"{}".to_vec()),
        ("an unknown field", surprising.to_string().into_bytes()),
        ("a field twice", twice.into_bytes()),
        ("deep", deep.into_bytes()),
        ("deep inside", deep_inside.into_bytes()),
    ]
}

/// Operations whose fields may all be left out.
const NEEDS_NO_WORD: [&str; 2] = ["/v1/sign-in-links", "/replays"];

#[tokio::test]
async fn every_body_is_read_strictly() {
    let scene = Scene::set().await;
    let mut bodies = 0;
    for operation in openapi::operations() {
        let Some(example) = operation.request_example() else {
            continue;
        };
        bodies += 1;
        let (calls, target) = (scene.calls(&operation), operation.example_target());
        let method: Method = operation.method.to_uppercase().parse().unwrap();
        for (what, body) in misshapen(example) {
            if what == "nothing in it" && NEEDS_NO_WORD.iter().any(|path| target.ends_with(path)) {
                continue;
            }
            let answer = calls.send_json(method.clone(), &target, body).await;
            scene
                .refused(&format!("{target}: {what}"), &answer, 400, "malformed-body")
                .await;
        }
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            let answer = calls
                .with("content-type", media_type)
                .send_json(method.clone(), &target, example.to_string().into_bytes())
                .await;
            scene
                .refused(
                    &format!("{target}: {media_type}"),
                    &answer,
                    415,
                    "unsupported-media-type",
                )
                .await;
        }
        let answer = calls
            .send_json(method, &target, vec![b' '; BODY_BYTES_MAX + 1])
            .await;
        scene
            .refused(
                &format!("{target}: too large"),
                &answer,
                413,
                "body-too-large",
            )
            .await;
    }
    assert!(bodies > 20, "{bodies} operations take a body");
}

#[tokio::test]
async fn whoever_must_show_who_it_is_must() {
    let scene = Scene::set().await;
    let operations = openapi::operations();
    for operation in operations
        .iter()
        .filter(|operation| operation.needs_proof())
    {
        let target = operation.example_target();
        let method: Method = operation.method.to_uppercase().parse().unwrap();
        let body = operation
            .request_example()
            .map(|example| example.to_string().into_bytes());
        let anonymous = Calls::anonymous(&scene.world).with("content-type", "application/json");
        let signer = scene.world.signer();
        let proof = |htm: &str, htu: &str, body: Option<&[u8]>| {
            signer.request_proof((&scene.cast.adviser.keys).into(), htm, htu, body)
        };
        let wrong = [
            String::new(),
            "Assent".into(),
            "Assent e30.e30.e30".into(),
            "Bearer e30.e30.e30".into(),
            proof("PATCH", &target, body.as_deref()),
            proof(method.as_str(), "/v1/chain", body.as_deref()),
            proof(method.as_str(), &target, Some(b"another body")),
        ];
        let answer = anonymous.send(method.clone(), &target, body.clone()).await;
        scene
            .refused(
                &format!("{method} {target}: no proof"),
                &answer,
                401,
                "unauthenticated",
            )
            .await;
        for proof in wrong {
            let calls = anonymous.with("authorization", &proof);
            let answer = calls.send(method.clone(), &target, body.clone()).await;
            scene
                .refused(
                    &format!("{method} {target}: {proof}"),
                    &answer,
                    401,
                    "unauthenticated",
                )
                .await;
        }
    }
}

#[tokio::test]
async fn methods_that_are_not_offered_are_named() {
    let scene = Scene::set().await;
    for operation in openapi::operations() {
        let target = operation.example_target();
        let answer = scene
            .calls(&operation)
            .send(Method::PATCH, &target, None)
            .await;
        scene
            .refused(
                &format!("PATCH {target}"),
                &answer,
                405,
                "method-not-allowed",
            )
            .await;
        assert!(
            answer
                .header("allow")
                .contains(&operation.method.to_uppercase()),
            "{target}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let scene = Scene::set().await;
    let is_of_a_thing = |path: &str| path.contains('{') && !path.starts_with("/problems");
    let operations = openapi::operations();
    for operation in operations
        .iter()
        .filter(|one| one.method == "get" && is_of_a_thing(one.path))
    {
        let target = operation.example_target();
        let answer = scene.calls(operation).get(&target).await;
        let is_guarded = operation.path.starts_with("/v1/pseudonyms");
        let (status, code) = if is_guarded {
            (403, "forbidden")
        } else {
            (404, "not-found")
        };
        scene.refused(&target, &answer, status, code).await;
    }
}

#[tokio::test]
async fn targets_are_read_strictly() {
    let scene = Scene::set().await;
    let calls = Calls::anonymous(&scene.world);
    let service = format!("/v1/services/{}", scene.cast.adviser.description.service_id);
    let foreign = format!("/v1/consents/{}", scene.cast.adviser.description.service_id);
    for (target, status, code) in [
        ("/v1/nothing", 404, "not-found"),
        ("/v2/chain", 404, "not-found"),
        ("/v1/chain/", 404, "not-found"),
        ("/v1/consents/cns_short", 404, "not-found"),
        (&foreign, 404, "not-found"),
        (&format!("{service}/versions/0"), 404, "not-found"),
        (&format!("{service}/versions/2"), 404, "not-found"),
        (&format!("{service}/versions/one"), 400, "malformed-target"),
        (
            &format!("{service}/versions/99999999999"),
            400,
            "malformed-target",
        ),
        ("/v1/services?limit=many", 400, "malformed-target"),
        ("/v1/services?limit=-1", 400, "malformed-target"),
        ("/v1/services?cursor=here", 400, "malformed-target"),
        ("/v1/consents/%FF%FE", 400, "malformed-target"),
        ("/v1/log/entries/-1", 404, "not-found"),
        ("/v1/log/entries/99999999", 404, "not-found"),
    ] {
        scene
            .refused(target, &calls.get(target).await, status, code)
            .await;
    }
}
