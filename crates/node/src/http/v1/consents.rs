//! `/v1/consents`, `/v1/acknowledgements`.

use std::sync::Arc;

use assent_api::problem::{Code, Problem};
use assent_api::request_proof::Actor;
use assent_api::v1::Outcome;
use assent_api::v1::consents::{Acknowledge, ChangeStatus, ConsentView, GiveConsent};
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, commitment};
use assent_crypto::domains;
use assent_exchange::command::Command;
use assent_exchange::consent::command::{ConsentCommand, Give, StatusChange};
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Closure, Consent, Role, Status};
use assent_exchange::event::Event;
use assent_model::canonical;
use assent_model::ids::ConsentId;
use assent_model::records::consent::{ConsentRecord, ConsentStatusRecord};
use assent_model::statement::{self, StatementError, Verified};
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;

use crate::descriptions;
use crate::evidence;
use crate::history::history;
use crate::http::body::{Answer, Body, Created, Id};
use crate::http::caller::MaybeCaller;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::release::stopping;
use crate::sequencing::VaultBody;
use crate::vaulted;

/// The vault's name for what is sealed to a source.
const SEALED_ALIAS: &str = "sealed-alias";
/// The vault's name for a submitted form.
pub(crate) const FORM: &str = "form";

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/consents", post(give))
        .route("/consents/{consent}", get(consent))
        .route("/consents/{consent}/statuses", post(change))
        .route("/consents/{consent}/evidence", get(evidence_bundle))
        .route("/acknowledgements", post(acknowledge))
}

async fn give(
    State(node): State<Arc<Node>>,
    Body(body): Body<GiveConsent>,
) -> Result<Created<Outcome>, Failure> {
    submit_given(&node, &body).await
}

/// Submits a yes.
pub(crate) async fn submit_given(
    node: &Node,
    body: &GiveConsent,
) -> Result<Created<Outcome>, Failure> {
    let primary = statement::verify::<ConsentRecord>(&body.record)?;
    let source = body
        .source_record
        .as_deref()
        .map(statement::verify::<ConsentRecord>)
        .transpose()?;
    check_form(body, &primary)?;
    check_age(node, body, &primary).await?;
    let bodies = bodies(body, &primary, source.as_ref())?;
    let location = format!("/v1/consents/{}", primary.content().common_part.cr_id);
    let command = Command::Consent(ConsentCommand::Give(Give { primary, source }));
    let outcome = node.intake.submit(command, bodies).await?;
    Ok(Created { location, outcome })
}

/// The form that travels beside the record is the one that the record commits to, shows the
/// notice that it names and says what it says.
fn check_form(body: &GiveConsent, primary: &Verified<ConsentRecord>) -> Result<(), Failure> {
    let common = &primary.content().common_part;
    let form = canonical::encode(&body.form);
    let agrees = commitment(domains::COMMITMENT_FORM, &body.form_salt, &form) == common.form
        && Digest::of(&canonical::encode(&body.form.notice)) == common.notice.digest
        && body.form.request_id == common.request_id
        && body.form.resource_set == common.resource_set
        && (body.form.notice.minimum_age.is_some() || !body.form.age_confirmed)
        && body.form.valid_until
            == common
                .valid_until
                .map(assent_model::time::Timestamp::as_millis);
    if agrees {
        Ok(())
    } else {
        Err(Code::CommitmentMismatch.into())
    }
}

/// Where the service that asks has a rule of age, the person has confirmed the statement. Whether it
/// has one is what its description says, whatever notice the form has.
async fn check_age(
    node: &Node,
    body: &GiveConsent,
    primary: &Verified<ConsentRecord>,
) -> Result<(), Failure> {
    let asks = match descriptions::shared(node, &primary.content().common_part.service).await {
        Ok(service) => service.minimum_age.is_some(),
        // A record that names no description is for the rules to refuse.
        Err(failure) if failure.problem().code == Code::NotFound.as_str() => false,
        Err(failure) => return Err(failure),
    };
    if asks && !body.form.age_confirmed {
        return Err(Code::AgeUnconfirmed.into());
    }
    Ok(())
}

/// A form at rest, with the salt that opens its commitment.
#[derive(Serialize)]
struct KeptForm<'a> {
    form: &'a assent_api::v1::consents::SubmittedForm,
    salt: &'a assent_crypto::digest::Salt,
}

fn bodies(
    body: &GiveConsent,
    primary: &Verified<ConsentRecord>,
    source: Option<&Verified<ConsentRecord>>,
) -> Result<Vec<VaultBody>, Failure> {
    let common = &primary.content().common_part;
    let kept = KeptForm {
        form: &body.form,
        salt: &body.form_salt,
    };
    let mut bodies = vec![VaultBody {
        owner: common.surrogate_id.to_string(),
        kind: FORM,
        id: common.cr_id.to_string(),
        content: serde_json::to_vec(&kept).expect("a form has a JSON form"),
    }];
    match (source, &body.sealed_alias) {
        (None, None) => {}
        (Some(source), Some(sealed)) => {
            let content = base64url::decode(sealed).map_err(|_| {
                Failure::from(Problem::new(Code::MalformedBody).with_detail("sealed_alias"))
            })?;
            let common = &source.content().common_part;
            bodies.push(VaultBody {
                owner: common.surrogate_id.to_string(),
                kind: SEALED_ALIAS,
                id: common.cr_id.to_string(),
                content,
            });
        }
        _ => {
            return Err(Failure::from(
                Problem::new(Code::MalformedBody).with_detail("sealed_alias"),
            ));
        }
    }
    Ok(bodies)
}

/// Checks the signatures of a change of status.
pub(crate) fn verify_change(body: &ChangeStatus) -> Result<StatusChange, StatementError> {
    let primary = statement::verify::<ConsentStatusRecord>(&body.record)?;
    let counterpart = body
        .counterpart
        .as_deref()
        .map(statement::verify)
        .transpose()?;
    Ok(StatusChange {
        primary,
        counterpart,
    })
}

async fn change(
    State(node): State<Arc<Node>>,
    Id(id): Id<ConsentId>,
    Body(body): Body<ChangeStatus>,
) -> Result<Answer<Outcome>, Failure> {
    let change = verify_change(&body)?;
    if change.primary.content().cr_id != id {
        return Err(Failure::not_found());
    }
    submit_change(&node, change).await.map(Answer)
}

/// Submits a change of status.
pub(crate) async fn submit_change(
    node: &Arc<Node>,
    change: StatusChange,
) -> Result<Outcome, Failure> {
    let changes = [change.clone()];
    let command = Command::Consent(ConsentCommand::Change(change));
    stopping::submit(node, command, &changes).await
}

async fn acknowledge(
    State(node): State<Arc<Node>>,
    Body(body): Body<Acknowledge>,
) -> Result<Answer<Outcome>, Failure> {
    let acknowledgement = statement::verify(&body.acknowledgement)?;
    let command = Command::Consent(ConsentCommand::Acknowledge(acknowledgement));
    Ok(Answer(node.intake.submit(command, Vec::new()).await?))
}

async fn consent(
    State(node): State<Arc<Node>>,
    Id(id): Id<ConsentId>,
    MaybeCaller(caller): MaybeCaller,
) -> Result<Answer<ConsentView>, Failure> {
    let mut view = view(&node, id).await?;
    let consent = node
        .state
        .get::<Consent>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let is_provider = caller.is_some_and(|caller| caller.0 == Actor::Party(consent.provider));
    if is_provider {
        view.sealed_alias = sealed_alias(&node, &view).await?;
    }
    Ok(Answer(view))
}

/// The evidence of a consent. The bytes are canonical JSON: they are what is verified.
async fn evidence_bundle(
    State(node): State<Arc<Node>>,
    Id(id): Id<ConsentId>,
) -> Result<Response, Failure> {
    let bundle = canonical::encode(&evidence::bundle(&node, id).await?);
    Ok(([(header::CONTENT_TYPE, "application/json")], bundle).into_response())
}

async fn sealed_alias(node: &Node, view: &ConsentView) -> Result<Option<String>, Failure> {
    let id = format!("{}/{SEALED_ALIAS}/{}", view.surrogate_id, view.cr_id);
    let Some(entry) = node.store.vault_get(&id).await? else {
        return Ok(None);
    };
    let sealed = vaulted::open(node, &entry)?;
    Ok(Some(base64url::encode(&sealed)))
}

/// A consent with its chain of records, from state and log.
pub(crate) async fn view(node: &Node, id: ConsentId) -> Result<ConsentView, Failure> {
    let consent = node
        .state
        .get::<Consent>(&id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let mut record = None;
    let mut statuses = Vec::new();
    for leaf in history(&node.store, &id.to_string()).await? {
        match leaf.event {
            Event::Consent(ConsentEvent::Given { record: given, .. }) => {
                record = Some(given.compact().to_owned());
            }
            Event::Consent(ConsentEvent::StatusChanged { record, .. }) => {
                statuses.push(record.compact().to_owned());
            }
            _ => {}
        }
    }
    Ok(ConsentView {
        cr_id: id,
        counterpart: consent.role.counterpart(),
        role: role(&consent.role).into(),
        service_id: consent.service.service_id,
        surrogate_id: consent.surrogate,
        purpose_id: consent.usage_rules.purpose_id.clone(),
        status: status_word(consent.status).into(),
        resource_set: consent.resource_set.clone(),
        required: consent.required.clone(),
        head: consent.head,
        closure: closure(consent.closure).into(),
        record: record.ok_or_else(Failure::not_found)?,
        statuses,
        sealed_alias: None,
    })
}

fn role(role: &Role) -> &'static str {
    match role {
        Role::Within { .. } => "within",
        Role::Sink { .. } => "sink",
        Role::Source { .. } => "source",
    }
}

/// How a status is written.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disabled { .. } => "disabled",
        Status::Withdrawn => "withdrawn",
        Status::Superseded { .. } => "superseded",
        Status::Expired => "expired",
    }
}

fn closure(closure: Closure) -> &'static str {
    match closure {
        Closure::NotOwed => "not-owed",
        Closure::Owed { .. } => "owed",
        Closure::Acknowledged { .. } => "acknowledged",
        Closure::Missed => "missed",
    }
}
