//! Service descriptions at rest: public documents, kept under their digest.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use assent_api::problem::{Code, FieldError, Problem};
use assent_crypto::digest::Digest;
use assent_exchange::service::state::{Description, DescriptionId, Service};
use assent_model::canonical;
use assent_model::description::{Logo, ServiceDescription};
use assent_model::ids::ServiceId;
use assent_model::records::service::DescriptionRef;
use assent_storage::Document;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use crate::http::failure::Failure;
use crate::node::Node;

const KIND: &str = "description";
/// So many descriptions are kept in memory.
const CACHED: usize = 1000;

/// The JSON Schema that ships with us.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let schema = include_str!("../schema/service-description.schema.json");
    serde_json::from_str(schema).expect("the shipped schema is JSON")
});

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&SCHEMA).expect("the shipped schema is a schema"));

/// The names of all properties in the schema.
static PROPERTIES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    collect_properties(&SCHEMA, &mut names);
    names
});

fn collect_properties<'a>(schema: &'a Value, names: &mut BTreeSet<&'a str>) {
    let Some(members) = schema.as_object() else {
        return;
    };
    let properties = members.get("properties").and_then(Value::as_object);
    names.extend(
        properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str),
    );
    for member in members.values() {
        collect_properties(member, names);
    }
}

/// What is wrong where. Neither values nor names that the caller made up are repeated: they could
/// be anything.
fn field_error(error: &ValidationError<'_>) -> FieldError {
    let pointer = error.instance_path().to_string();
    let is_known = |segment: &&str| {
        segment.is_empty() || PROPERTIES.contains(segment) || segment.parse::<usize>().is_ok()
    };
    let pointer: Vec<&str> = pointer.split('/').take_while(is_known).collect();
    let detail = match error.kind() {
        ValidationErrorKind::AdditionalProperties { .. } => {
            "has a property that is not known".into()
        }
        ValidationErrorKind::PropertyNames { .. } => "has a property of an impossible name".into(),
        _ => error.masked().to_string(),
    };
    FieldError {
        pointer: pointer.join("/"),
        detail,
    }
}

/// Reads a description that satisfies the schema and contradicts itself nowhere.
///
/// # Errors
/// What is wrong, field by field.
pub(crate) fn checked(value: &Value) -> Result<ServiceDescription, Failure> {
    let errors: Vec<FieldError> = VALIDATOR
        .iter_errors(value)
        .take(20)
        .map(|error| field_error(&error))
        .collect();
    if !errors.is_empty() {
        return Err(Failure::from(Problem {
            errors,
            ..Problem::new(Code::DescriptionInvalid)
        }));
    }
    let description: ServiceDescription = serde_json::from_value(value.clone()).map_err(|_| {
        Failure::from(
            Problem::new(Code::DescriptionInvalid).with_detail("a field is of the wrong form"),
        )
    })?;
    description.check().map_err(|error| {
        Failure::from(Problem::new(Code::DescriptionInvalid).with_detail(error.to_string()))
    })?;
    if let Some(Err(error)) = description.logo.as_ref().map(Logo::check) {
        return Err(Failure::from(Problem {
            errors: vec![FieldError {
                pointer: "/logo".to_owned(),
                detail: format!("{error} ({})", error.code()),
            }],
            ..Problem::new(Code::DescriptionInvalid)
        }));
    }
    Ok(description)
}

/// Keeps a description under its digest.
///
/// # Errors
/// The store does not take writes.
pub(crate) async fn keep(node: &Node, description: &ServiceDescription) -> Result<(), Failure> {
    let body = canonical::encode(description);
    let id = description.reference().digest.to_string();
    let owner = description.provider.party_id.to_string();
    let document = Document {
        kind: KIND.into(),
        id,
        owner,
        expires_at: None,
        body,
    };
    node.store.put_documents(vec![document]).await?;
    Ok(())
}

/// Descriptions in memory. They never change: each is kept under its digest.
#[derive(Default)]
pub struct DescriptionCache {
    kept: Mutex<HashMap<Digest, Arc<ServiceDescription>>>,
}

/// As [`read`], from memory where it was read before: for pages that name many services.
///
/// # Errors
/// As for [`read`].
pub(crate) async fn shared(
    node: &Node,
    reference: &DescriptionRef,
) -> Result<Arc<ServiceDescription>, Failure> {
    let lock = || {
        let kept = node.descriptions.kept.lock();
        kept.expect("nothing panics while it holds the map")
    };
    let known = lock().get(&reference.digest).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let read = Arc::new(read(node, reference).await?);
    let mut kept = lock();
    if kept.len() >= CACHED {
        kept.clear();
    }
    kept.insert(reference.digest, Arc::clone(&read));
    Ok(read)
}

/// The current version of a service's description.
///
/// # Errors
/// There is no such service, or the store cannot be read.
pub(crate) async fn current(node: &Node, service_id: ServiceId) -> Result<DescriptionRef, Failure> {
    let service = node.state.get::<Service>(&service_id).await?;
    let version = service.ok_or_else(Failure::not_found)?.version;
    let id = DescriptionId {
        service: service_id,
        version,
    };
    let description = node.state.get::<Description>(&id).await?;
    let digest = description.ok_or_else(Failure::not_found)?.digest;
    Ok(DescriptionRef {
        service_id,
        version,
        digest,
    })
}

/// The description that a record refers to.
///
/// # Errors
/// The store cannot be read, or does not have it.
pub(crate) async fn read(
    node: &Node,
    reference: &DescriptionRef,
) -> Result<ServiceDescription, Failure> {
    let document = node
        .store
        .document(KIND, &reference.digest.to_string())
        .await?;
    let body = document.ok_or_else(Failure::not_found)?.document.body;
    serde_json::from_slice(&body).map_err(|_| Code::Internal.into())
}
