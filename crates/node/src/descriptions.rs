//! Service descriptions at rest: public documents, kept under their digest.

use std::sync::LazyLock;

use assent_api::problem::{Code, FieldError, Problem};
use assent_model::canonical;
use assent_model::description::ServiceDescription;
use assent_model::records::service::DescriptionRef;
use assent_storage::Document;
use serde_json::Value;

use crate::http::failure::Failure;
use crate::node::Node;

const KIND: &str = "description";

/// The JSON Schema that ships with us.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = include_str!("../schema/service-description.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the shipped schema is JSON");
    jsonschema::validator_for(&schema).expect("the shipped schema is a schema")
});

/// Reads a description that satisfies the schema and contradicts itself nowhere.
///
/// # Errors
/// What is wrong, field by field.
pub(crate) fn checked(value: &Value) -> Result<ServiceDescription, Failure> {
    let errors: Vec<FieldError> = SCHEMA
        .iter_errors(value)
        .take(20)
        .map(|error| FieldError {
            pointer: error.instance_path().to_string(),
            detail: error.masked().to_string(),
        })
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
