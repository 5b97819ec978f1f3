//! `GET /openapi.json`: the API in OpenAPI 3.1.
//!
//! The schemas come from the transfer objects; operations are described in a table. A test compares
//! the table with the routes of the router, so neither can be without the other.

mod accounts;
mod examples;
mod operation;
mod operations;
mod pairings;
mod relay;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use assent_api::problem::Problem;
use assent_api::v1::webhooks::{WebhookPayload, WebhookSubject};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub use operation::Operation;
use operation::schema_of;
pub use operations::operations;

/// The document, written once.
static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| serde_json::to_string(&document()).expect("a document is JSON"));

/// `GET /openapi.json`.
pub(super) async fn openapi() -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        DOCUMENT.as_str(),
    )
        .into_response()
}

/// The document.
pub fn document() -> Value {
    let operations = operations();
    let mut paths: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for operation in &operations {
        paths
            .entry(operation.path)
            .or_default()
            .insert(operation.method, operation.document());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Assent node",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Consent-mediated exchange of personal data.",
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This node." }],
        "tags": tags(),
        "paths": paths,
        "webhooks": { "event": { "post": webhook() } },
        "components": components(&operations),
    })
}

const DESCRIPTION: &str = "\
Whatever changes something carries what its author signed: a compact JWS (`alg` EdDSA) whose payload is canonical \
JSON. The statements are described in the reference; the SDK makes them. Where a caller must show who it is, it \
signs the request itself (`Authorization: Assent …`).

Lists come in pages (`cursor`, `limit`, `next`). Whatever is not a success is a problem (RFC 9457) with a stable \
`code`. Times are milliseconds since 1970-01-01T00:00:00Z.";

fn tags() -> Value {
    let tag =
        |(name, description): &(&str, &str)| json!({ "name": name, "description": description });
    operations::TAGS.iter().map(tag).collect()
}

/// What the node sends to an endpoint of a service.
fn webhook() -> Value {
    let header = |name: &str, description: &str, example: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": description,
            "schema": { "type": "string" }, "example": example,
        })
    };
    json!({
        "operationId": "event",
        "tags": ["Webhooks"],
        "summary": "Something happened to a consent, request or link of a service",
        "description": "Sent by the node to the endpoints of the service, by Standard Webhooks 1.0. May come more \
            than once and out of order: drop ids that came before, and order by `sequence`.",
        "security": [],
        "parameters": [
            header("webhook-id", "The same at every attempt.", "evt_0000000000000117"),
            header("webhook-timestamp", "Of this attempt, in seconds since the epoch.", "1767225600"),
            header("webhook-signature", "`v1a,` and base64 of an Ed25519 signature over `id.timestamp.body`.", "v1a,…"),
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/WebhookPayload" },
                "example": examples::of("WebhookPayload"),
            } },
        },
        "responses": {
            "2XX": { "description": "The service has it. The body does not matter." },
            "410": { "description": "The endpoint is gone: the node stops using it." },
            "default": { "description": "The node tries again later. Redirects are not followed." },
        },
    })
}

fn components(operations: &[Operation]) -> Value {
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    for (name, schema) in operations.iter().flat_map(Operation::schemas) {
        let schema = serde_json::to_value(schema).expect("a schema has a JSON form");
        schemas.insert(name.clone(), schema);
    }
    schemas.insert("Problem".into(), schema_of::<Problem>());
    schemas.insert(
        "FieldError".into(),
        schema_of::<assent_api::problem::FieldError>(),
    );
    schemas.insert("WebhookPayload".into(), schema_of::<WebhookPayload>());
    schemas.insert("WebhookSubject".into(), schema_of::<WebhookSubject>());
    json!({
        "schemas": schemas,
        "parameters": {
            "IdempotencyKey": {
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "A fresh random key. The same request with the same key is answered as it was the first \
                    time, for 24 hours, with the header `Idempotency-Replayed: true`.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
                "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
            },
            "IfNoneMatch": {
                "name": "If-None-Match", "in": "header", "required": false,
                "description": "The `ETag` of an earlier answer.",
                "schema": { "type": "string" }, "example": "W/\"kPrK_qmxVWaYVA9wwBF6Ig\"",
            },
            "IfMatch": {
                "name": "If-Match", "in": "header", "required": false,
                "description": "The `ETag` of the version that the caller has seen.",
                "schema": { "type": "string" }, "example": "\"1\"",
            },
        },
        "headers": {
            "ETag": { "description": "Names this version.", "schema": { "type": "string" } },
            "RetryAfter": { "description": "Seconds to wait.", "schema": { "type": "integer" } },
        },
        "securitySchemes": { "requestProof": {
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Assent ` and a statement of type `assent-request+jwt`, signed for this one request: it \
                names the caller (`actor`), the method (`htm`), path and query (`htu`) and the SHA-256 of the body \
                (`body`). It is accepted once.",
        }, "session": {
            "type": "apiKey", "in": "cookie", "name": "assent-session",
            "description": "Of a browser at which the party is signed in, for pages of the node itself alone. Over https it \
                is called `__Host-assent-session`.",
        } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_one() {
        for operation in operations() {
            if let Err(error) = operation.check_examples() {
                panic!("{} {}: {error}", operation.method, operation.path);
            }
        }
        let payload: Result<WebhookPayload, _> =
            serde_json::from_value(examples::of("WebhookPayload"));
        assert!(payload.is_ok());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        let references: Vec<&str> = text
            .split("\"$ref\":\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(references.len() > 100);
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }
}
