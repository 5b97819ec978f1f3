//! Service descriptions in files.
//!
//! A file may leave out what only its registration decides: the service's id, the version, and
//! the provider's party. Everything else is the provider's own to say.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use assent_model::description::{Logo, ServiceDescription};
use assent_model::ids::{PartyId, ServiceId};
use serde_json::{Value, json};

use crate::failure::{Doing, Failure};

/// The JSON Schema that nodes validate descriptions against.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    const TEXT: &str = include_str!("../../node/schema/service-description.schema.json");
    let schema: Value = serde_json::from_str(TEXT).expect("the shipped schema is JSON");
    jsonschema::validator_for(&schema).expect("the shipped schema is a schema")
});

/// A description as it stands in a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft(Value);

impl Draft {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = || format!("the description {} cannot be read", path.display());
        let text = fs::read(path).doing(unreadable())?;
        Self::parse(&text).doing(unreadable())
    }

    /// Reads the text of a file.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Failure> {
        let value: Value = serde_json::from_slice(text)?;
        if value.is_object() {
            Ok(Self(value))
        } else {
            Err(Failure::problem("a description is a JSON object"))
        }
    }

    /// The id that the file gives to the service.
    pub(crate) fn service_id(&self) -> Option<ServiceId> {
        self.0["service_id"].as_str()?.parse().ok()
    }

    /// Says where data is fetched, whatever the file says.
    pub(crate) fn set_data_endpoint(&mut self, endpoint: &str) {
        if let Some(instance) = self.0["instance"].as_object_mut() {
            instance.insert("data_endpoint".to_owned(), json!(endpoint));
        }
    }

    /// Takes a picture out of a file, whatever the description says.
    pub(crate) fn set_logo(&mut self, path: &Path) -> Result<(), Failure> {
        let unusable = || format!("the logo {} cannot be used", path.display());
        let png = fs::read(path).doing(unusable())?;
        let logo = Logo::of(&png).map_err(|error| {
            Failure::problem(format!("{} ({})", unusable(), error.code())).caused_by(&error)
        })?;
        self.0["logo"] = json!(logo);
        Ok(())
    }

    /// The whole description: what the file leaves out is filled in.
    pub(crate) fn complete(
        mut self,
        provider: PartyId,
        service: ServiceId,
        version: u32,
    ) -> Result<ServiceDescription, Failure> {
        let fill =
            |object: Option<&mut serde_json::Map<String, Value>>, name: &str, value: Value| {
                if let Some(object) = object {
                    object.entry(name).or_insert(value);
                }
            };
        fill(self.0.as_object_mut(), "service_id", json!(service));
        fill(self.0.as_object_mut(), "version", json!(version));
        fill(
            self.0.get_mut("provider").and_then(Value::as_object_mut),
            "party_id",
            json!(provider),
        );
        self.check()
    }

    /// Whether the file is a valid description, and complete as it is.
    pub(crate) fn validate(self) -> Result<bool, Failure> {
        let is_complete = ["/service_id", "/version", "/provider/party_id"]
            .iter()
            .all(|pointer| self.0.pointer(pointer).is_some());
        let anybody = PartyId::from_bytes([0; 20]);
        let anything = ServiceId::from_bytes([0; 20]);
        self.complete(anybody, anything, 1)?;
        Ok(is_complete)
    }

    /// What every node checks before it registers a description.
    fn check(self) -> Result<ServiceDescription, Failure> {
        if let Some(error) = SCHEMA.iter_errors(&self.0).next() {
            let place = error.instance_path().to_string();
            return Err(Failure::problem(format!("{place}: {error}")));
        }
        let description: ServiceDescription = serde_json::from_value(self.0)
            .doing("the description does not have the fields of one")?;
        description.check().map_err(|error| {
            Failure::problem("the description contradicts itself").caused_by(&error)
        })?;
        if let Some(Err(error)) = description.logo.as_ref().map(Logo::check) {
            let what = format!(
                "the logo of the description cannot be used ({})",
                error.code()
            );
            return Err(Failure::problem(what).caused_by(&error));
        }
        Ok(description)
    }
}
