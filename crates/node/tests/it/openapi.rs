//! The OpenAPI document: what it says and what the router does are the same, and a judge that others
//! wrote finds nothing wrong with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use assent_node::http::openapi;
use assent_node::http::router::router;
use serde_json::Value;

use crate::calls::Calls;
use crate::world::World;

pub(crate) type Route = (String, String);

const METHODS: [&str; 9] = [
    "get", "head", "delete", "options", "patch", "post", "put", "trace", "connect",
];

/// The routes of a router, from what it prints of itself: there is no other way to ask it.
pub(crate) fn routes(printed: &str) -> BTreeSet<Route> {
    let (before, after) = printed
        .split_once("fallback_router")
        .expect("a router prints its fallback");
    assert!(!after.is_empty());
    let (endpoints, paths) = before
        .split_once("paths: {")
        .expect("a router prints its paths");
    let mut routes = BTreeSet::new();
    for named in paths.split("RouteId(").skip(1) {
        let (id, rest) = named.split_once("): \"").expect("an id and a path");
        // OpenAPI has no way to say that a parameter may hold slashes.
        let path = rest.split('"').next().unwrap().replace("{*", "{");
        let endpoint = endpoints
            .split(&format!("RouteId({id}): "))
            .nth(1)
            .expect("an endpoint");
        let endpoint = endpoint.split("RouteId(").next().unwrap();
        for method in METHODS {
            let offered = endpoint
                .split(&format!("{method}: "))
                .nth(1)
                .expect("a method");
            if !offered.starts_with("None") {
                routes.insert((method.to_owned(), path.clone()));
            }
        }
    }
    routes
}

#[tokio::test]
async fn every_route_is_documented_and_every_documented_operation_is_there() {
    let world = World::new().await;
    let router = router(Arc::clone(world.running.node()));
    let documented: BTreeSet<Route> = openapi::operations()
        .into_iter()
        .map(|operation| (operation.method.to_owned(), operation.path.to_owned()))
        .collect();
    // Pages for people are not for programs, and need not be documented for them.
    let is_for_programs = |route: &Route| route.1.starts_with("/v1/") || documented.contains(route);
    let mut offered = routes(&format!("{router:?}"));
    offered.retain(is_for_programs);
    assert!(
        offered.len() > 30,
        "the router prints itself differently: {router:?}"
    );
    let undocumented: Vec<_> = offered.difference(&documented).collect();
    let absent: Vec<_> = documented.difference(&offered).collect();
    assert!(
        undocumented.is_empty() && absent.is_empty(),
        "in http/openapi/operations.rs: add {undocumented:?}, remove {absent:?}"
    );
}

#[test]
fn the_printed_router_is_read_rightly() {
    let nothing = || async {};
    let router: axum::Router = axum::Router::new()
        .route("/a", axum::routing::get(nothing).post(nothing))
        .nest(
            "/b",
            axum::Router::new().route("/{c}", axum::routing::delete(nothing)),
        )
        .layer(axum::middleware::from_fn(
            |request, next: axum::middleware::Next| next.run(request),
        ));
    let expected = [("get", "/a"), ("post", "/a"), ("delete", "/b/{c}")];
    let expected: BTreeSet<Route> = expected
        .iter()
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(routes(&format!("{router:?}")), expected);
}

#[tokio::test]
async fn the_document_is_served_whole() {
    let world = World::new().await;
    let served: Value = Calls::anonymous(&world).get("/openapi.json").await.json();
    assert_eq!(served, openapi::document());
    assert_eq!(served["openapi"], "3.1.0");
}

#[test]
fn every_operation_has_summary_example_errors_and_security() {
    let document = openapi::document();
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{name}: id twice"
            );
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
            assert!(operation["security"].is_array(), "{name}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{name}"
            );
            assert!(
                responses.keys().any(|status| status.starts_with('4')),
                "{name}"
            );
            let contents = responses.values().chain(operation.get("requestBody"));
            for content in contents.filter_map(|response| response["content"].as_object()) {
                assert!(
                    content.values().all(|media| !media["example"].is_null()),
                    "{name}"
                );
            }
            assert!(
                responses
                    .values()
                    .all(|response| !response["description"].as_str().unwrap().is_empty())
            );
        }
    }
}

/// Redocly CLI, installed from the lock file by `cargo xtask setup`: how many errors and warnings
/// it finds in a document.
fn lint(document: &Value) -> (u64, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/judges/openapi");
    let modules = std::env::var_os("ASSENT_TEST_OPENAPI_MODULES")
        .map_or_else(|| folder.join("node_modules"), PathBuf::from);
    let linter = modules.join("@redocly/cli/bin/cli.js");
    assert!(
        linter.is_file(),
        "{} is not there: run `cargo xtask test`, or export what `cargo xtask setup` prints",
        linter.display()
    );
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("openapi.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let output = Command::new("node")
        .arg(linter)
        .arg("lint")
        .arg("--config")
        .arg(folder.join("redocly.yaml"))
        .args(["--format", "json"])
        .arg(&file)
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let verdict: Value = serde_json::from_str(&said).expect("the linter prints JSON");
    let count = |kind: &str| verdict["totals"][kind].as_u64().unwrap();
    (count("errors") + count("warnings"), said)
}

#[test]
fn a_foreign_linter_finds_nothing() {
    let (findings, said) = lint(&openapi::document());
    assert_eq!(findings, 0, "{said}");
}

#[test]
fn the_foreign_linter_finds_what_is_wrong() {
    let mut document = openapi::document();
    let chain = &mut document["paths"]["/v1/chain"]["get"];
    chain["responses"]["200"]
        .as_object_mut()
        .unwrap()
        .remove("description");
    chain.as_object_mut().unwrap().remove("security");
    chain["responses"]["200"]["content"]["application/json"]["example"]["time"] = "noon".into();
    let (findings, said) = lint(&document);
    assert!(findings >= 3, "{said}");
}
