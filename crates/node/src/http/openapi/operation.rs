//! One operation of the API, described piece by piece and written down as OpenAPI 3.1.

use std::collections::{BTreeMap, BTreeSet};

use assent_api::problem::{Code, Problem};
use assent_exchange::rejection::Rejection;
use assent_model::statement::ClaimsRejection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::examples;
use crate::http::catalogue;
use crate::http::idempotency;

/// An operation.
pub struct Operation {
    /// In lower case.
    pub method: &'static str,
    /// With parameters in braces.
    pub path: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    description: String,
    proof: Proof,
    /// Whether the session of a page does as well.
    by_page: bool,
    query: Vec<Value>,
    takes: Option<Content>,
    gives: Option<Content>,
    status: u16,
    success: &'static str,
    headers: Map<String, Value>,
    codes: BTreeSet<&'static str>,
}

/// Who must show who it is.
enum Proof {
    Nobody,
    WhoWants,
    Everybody,
}

/// A body.
struct Content {
    media_type: &'static str,
    schema: Value,
    example: Value,
    /// The schemas that the body refers to.
    named: Vec<(String, RefOr<Schema>)>,
    /// Whether the example is one of the Rust type behind the schema.
    check: fn(&Value) -> Result<(), String>,
}

impl Content {
    fn json<T: Serialize + DeserializeOwned + ToSchema>() -> Self {
        let name = T::name();
        let mut named = vec![(name.to_string(), T::schema())];
        T::schemas(&mut named);
        Self {
            media_type: "application/json",
            schema: json!({ "$ref": format!("#/components/schemas/{name}") }),
            example: examples::of(&name),
            named,
            check: check::<T>,
        }
    }

    /// A page of things, whose schema is written out because it has no name of its own.
    fn page<T: Serialize + DeserializeOwned + ToSchema>() -> Self {
        let item = Self::json::<T>();
        Self {
            schema: page_of(&item.schema),
            example: json!({ "items": [item.example], "next": "117~cns" }),
            check: |page| check::<T>(&page["items"][0]),
            ..item
        }
    }

    /// Something that has no schema of its own.
    fn untyped(media_type: &'static str, schema: Value, example: Value) -> Self {
        Self {
            media_type,
            schema,
            example,
            named: Vec::new(),
            check: |_| Ok(()),
        }
    }

    fn document(&self) -> Value {
        json!({ self.media_type: { "schema": self.schema, "example": self.example } })
    }
}

/// The schema of a page of such items.
fn page_of(item: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": { "type": "array", "items": item, "description": "Oldest first." },
            "next": {
                "type": "string",
                "description": "Pass it as `cursor` for the next page; absent on the last one.",
            },
        },
    })
}

/// Reads an example as the type that it is to be one of, and nothing in it is left over.
fn check<T: Serialize + DeserializeOwned>(example: &Value) -> Result<(), String> {
    let read: T = serde_json::from_value(example.clone()).map_err(|error| error.to_string())?;
    let again = serde_json::to_value(read).map_err(|error| error.to_string())?;
    if again == *example {
        Ok(())
    } else {
        Err(format!("{example} is read as {again}"))
    }
}

impl Operation {
    fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        let mut codes = BTreeSet::from(
            [Code::RateLimited, Code::Internal, Code::Unavailable].map(Code::as_str),
        );
        if path.starts_with("/v1/") {
            codes.insert(Code::StoreUnavailable.as_str());
        }
        if path.contains('{') {
            codes.insert(Code::NotFound.as_str());
        }
        Self {
            method,
            path,
            id,
            tag: "",
            summary,
            description: String::new(),
            proof: Proof::Nobody,
            by_page: false,
            query: Vec::new(),
            takes: None,
            gives: None,
            status: 200,
            success: "",
            headers: Map::new(),
            codes,
        }
    }

    pub(super) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("get", path, id, summary)
    }

    pub(super) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("post", path, id, summary)
    }

    pub(super) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("put", path, id, summary)
    }

    pub(super) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new("delete", path, id, summary)
    }

    pub(super) fn tagged(mut self, tag: &'static str) -> Self {
        self.tag = tag;
        self
    }

    pub(super) fn about(mut self, text: &str) -> Self {
        if !self.description.is_empty() {
            self.description.push_str("\n\n");
        }
        self.description.push_str(text);
        self
    }

    /// Needs a request proof of `who`.
    pub(super) fn by(mut self, who: &str) -> Self {
        self.proof = Proof::Everybody;
        self.about(&format!("Needs a request proof of {who}."))
            .refuses(&[Code::Unauthenticated, Code::ProofReplayed, Code::Forbidden])
    }

    /// Needs a request proof of `who`, or the session of a page of this node.
    pub(super) fn by_page_or(mut self, who: &str) -> Self {
        self.by_page = true;
        self.by(who)
            .about("Pages of the node itself need none: the session of the browser does.")
    }

    /// Takes a request proof of `who`, who is told more.
    pub(super) fn maybe_by(mut self, who: &str, more: &str) -> Self {
        self.proof = Proof::WhoWants;
        self.about(&format!("With a request proof of {who}, {more}."))
            .refuses(&[Code::Unauthenticated, Code::ProofReplayed])
    }

    pub(super) fn query(
        mut self,
        name: &str,
        description: &str,
        schema: &Value,
        example: &Value,
    ) -> Self {
        let required = schema.get("default").is_none() && name == "format";
        self.query.push(json!({
            "name": name, "in": "query", "required": required, "description": description,
            "schema": schema, "example": example,
        }));
        self.refuses(&[Code::MalformedTarget])
    }

    /// Gives a list page by page.
    fn paged(self) -> Self {
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 });
        self.query(
            "cursor",
            "The `next` of the page before.",
            &json!({ "type": "string" }),
            &json!("117~cns"),
        )
        .query("limit", "The most items on the page.", &limit, &json!(20))
    }

    pub(super) fn takes<T: Serialize + DeserializeOwned + ToSchema>(mut self) -> Self {
        self.takes = Some(Content::json::<T>());
        self.refuses(&[
            Code::MalformedBody,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
        ])
    }

    /// Takes a body that is no JSON.
    pub(super) fn takes_other(
        mut self,
        media_type: &'static str,
        schema: Value,
        example: Value,
    ) -> Self {
        self.takes = Some(Content::untyped(media_type, schema, example));
        self.refuses(&[Code::BodyTooLarge, Code::UnsupportedMediaType])
    }

    pub(super) fn gives<T: Serialize + DeserializeOwned + ToSchema>(
        self,
        success: &'static str,
    ) -> Self {
        self.answers(200, success, Some(Content::json::<T>()))
    }

    pub(super) fn gives_page<T: Serialize + DeserializeOwned + ToSchema>(
        self,
        success: &'static str,
    ) -> Self {
        self.paged()
            .answers(200, success, Some(Content::page::<T>()))
    }

    /// A page of things that have no schema of their own.
    pub(super) fn gives_page_of(self, name: &str, item: &Value, success: &'static str) -> Self {
        let example = json!({ "items": [examples::of(name)] });
        let content = Content::untyped("application/json", page_of(item), example);
        self.paged().answers(200, success, Some(content))
    }

    pub(super) fn gives_other(
        self,
        media_type: &'static str,
        schema: Value,
        example: Value,
        success: &'static str,
    ) -> Self {
        self.answers(
            200,
            success,
            Some(Content::untyped(media_type, schema, example)),
        )
    }

    pub(super) fn gives_nothing(self, success: &'static str) -> Self {
        self.answers(204, success, None)
    }

    pub(super) fn creates<T: Serialize + DeserializeOwned + ToSchema>(
        mut self,
        success: &'static str,
    ) -> Self {
        let location =
            json!({ "description": "Where it can be read.", "schema": { "type": "string" } });
        self.headers.insert("Location".into(), location);
        self.answers(201, success, Some(Content::json::<T>()))
    }

    fn answers(mut self, status: u16, success: &'static str, content: Option<Content>) -> Self {
        (self.status, self.success, self.gives) = (status, success, content);
        self
    }

    pub(super) fn refuses(mut self, codes: &[Code]) -> Self {
        self.codes.extend(codes.iter().map(|code| code.as_str()));
        self
    }

    /// Takes a signed statement, which is checked before anything is decided.
    pub(super) fn verifies(mut self) -> Self {
        self.codes.extend(
            ClaimsRejection::ALL
                .iter()
                .map(|rejection| rejection.code()),
        );
        self.refuses(&[Code::StatementInvalid])
    }

    /// Takes a command that is decided by rules with these refusals.
    pub(super) fn decides(mut self, refusals: &[&'static str]) -> Self {
        let always = [
            Rejection::ChainNotOpen.code(),
            Rejection::StatementTooLarge.code(),
        ];
        self.codes.extend(always.iter().chain(refusals));
        self.verifies().refuses(&[Code::StatementReused])
    }

    /// Refuses with these codes of its own.
    pub(super) fn refuses_also(mut self, codes: impl IntoIterator<Item = &'static str>) -> Self {
        self.codes.extend(codes);
        self
    }

    /// Only if the caller has seen the newest version.
    pub(super) fn if_match(mut self) -> Self {
        self.query
            .push(json!({ "$ref": "#/components/parameters/IfMatch" }));
        self.refuses(&[Code::PreconditionFailed])
    }

    /// The schemas that it refers to.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &(String, RefOr<Schema>)> {
        self.takes
            .iter()
            .chain(&self.gives)
            .flat_map(|content| &content.named)
    }

    /// Checks its examples against the types that they are examples of.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check_examples(&self) -> Result<(), String> {
        self.takes
            .iter()
            .chain(&self.gives)
            .try_for_each(|content| (content.check)(&content.example))
    }

    /// A JSON body that it takes, and that is well formed.
    pub fn request_example(&self) -> Option<&Value> {
        let takes = self.takes.as_ref();
        takes
            .filter(|content| content.media_type == "application/json")
            .map(|content| &content.example)
    }

    /// Whether it wants to know who calls.
    pub fn needs_proof(&self) -> bool {
        matches!(self.proof, Proof::Everybody)
    }

    /// Path and query with an example for each parameter that is needed.
    pub fn example_target(&self) -> String {
        let text = |example: &Value| example.as_str().unwrap_or_default().to_owned();
        let mut target = self.path.to_owned();
        for name in self.path_parameters() {
            target = target.replace(&format!("{{{name}}}"), &text(&examples::of(name)));
        }
        let needed = self
            .query
            .iter()
            .filter(|parameter| parameter["required"] == true);
        for (place, parameter) in needed.enumerate() {
            let separator = if place == 0 { '?' } else { '&' };
            let (name, value) = (text(&parameter["name"]), text(&parameter["example"]));
            target = format!("{target}{separator}{name}={value}");
        }
        target
    }

    fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        let segments = self.path.split('/');
        segments.filter_map(|segment| {
            segment
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
        })
    }

    fn is_conditional(&self) -> bool {
        let is_json = self
            .gives
            .as_ref()
            .is_some_and(|content| content.media_type == "application/json");
        self.method == "get" && is_json && self.path.starts_with("/v1/")
    }

    /// As an Operation Object.
    pub(super) fn document(&self) -> Value {
        let mut document = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "security": match self.proof {
                Proof::Nobody => json!([]),
                Proof::WhoWants => json!([{}, { "requestProof": [] }]),
                Proof::Everybody if self.by_page => json!([{ "requestProof": [] }, { "session": [] }]),
                Proof::Everybody => json!([{ "requestProof": [] }]),
            },
            "parameters": self.parameters(),
            "responses": self.responses(),
        });
        if !self.description.is_empty() {
            document["description"] = json!(self.description);
        }
        if let Some(content) = &self.takes {
            document["requestBody"] = json!({ "required": true, "content": content.document() });
        }
        document
    }

    fn parameters(&self) -> Vec<Value> {
        let path = self.path_parameters().map(|name| {
            json!({
                "name": name, "in": "path", "required": true, "description": format!("Which {name}."),
                "schema": { "type": "string" }, "example": examples::of(name),
            })
        });
        let reference = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
        let idempotent = self
            .takes_idempotency_key()
            .then(|| reference("IdempotencyKey"));
        let conditional = self.is_conditional().then(|| reference("IfNoneMatch"));
        path.chain(self.query.clone())
            .chain(idempotent)
            .chain(conditional)
            .collect()
    }

    fn takes_idempotency_key(&self) -> bool {
        self.method == "post" && idempotency::applies_to(self.path)
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        let mut success = json!({ "description": self.success });
        if let Some(content) = &self.gives {
            success["content"] = content.document();
        }
        let mut headers = self.headers.clone();
        if self.is_conditional() {
            headers.insert(
                "ETag".into(),
                json!({ "$ref": "#/components/headers/ETag" }),
            );
            let description = "The caller has it already: `If-None-Match` names its tag.";
            responses.insert("304".into(), json!({ "description": description }));
        }
        if !headers.is_empty() {
            success["headers"] = Value::Object(headers);
        }
        responses.insert(self.status.to_string(), success);
        for (status, codes) in self.problems() {
            responses.insert(status.to_string(), problem_response(status, &codes));
        }
        Value::Object(responses)
    }

    /// The codes that it can answer with, by status.
    fn problems(&self) -> BTreeMap<u16, Vec<&'static catalogue::Entry>> {
        let mut codes = self.codes.clone();
        if self.takes_idempotency_key() {
            let own = [
                Code::IdempotencyKeyInvalid,
                Code::IdempotencyInFlight,
                Code::IdempotencyMismatch,
            ];
            codes.extend(own.map(Code::as_str));
        }
        let mut problems: BTreeMap<u16, Vec<_>> = BTreeMap::new();
        for code in codes {
            let entry = catalogue::find(code).expect("every code is in the catalogue");
            problems.entry(entry.status).or_default().push(entry);
        }
        problems
    }
}

fn problem_response(status: u16, entries: &[&'static catalogue::Entry]) -> Value {
    let line = |entry: &&catalogue::Entry| {
        format!("- [`{0}`](/problems/{0}): {1}\n", entry.code, entry.title)
    };
    let description: String = entries.iter().map(line).collect();
    let first = entries[0];
    let example = Problem {
        kind: format!("/problems/{}", first.code),
        title: first.title.clone(),
        code: first.code.to_owned(),
        request_id: Some("0f8fad5b-d9cb-469f-a165-70867728950e".into()),
        status,
        ..Problem::new(Code::Internal)
    };
    let mut response = json!({
        "description": description,
        "content": { assent_api::problem::MEDIA_TYPE: {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "example": example,
        } },
    });
    if matches!(status, 429 | 503) {
        response["headers"] =
            json!({ "Retry-After": { "$ref": "#/components/headers/RetryAfter" } });
    }
    response
}

/// A schema as JSON.
pub(super) fn schema_of<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).expect("a schema has a JSON form")
}
