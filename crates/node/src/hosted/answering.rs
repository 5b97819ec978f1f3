//! Answering a consent request for a person whose keys the operator keeps.

use std::sync::Arc;

use assent_api::problem::Code;
use assent_client::keys::{PairAlias, Wallet, WalletLink};
use assent_client::statements::give::{Answer, GiveError, Given, Sharing};
use assent_crypto::sealing::SealingKey;
use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::consent::state::{Consent, Request, RequestStatus, Role};
use assent_exchange::identity::state::Party;
use assent_exchange::link::state::Link;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, PartyId, RequestId, ServiceId};
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentRecord, ConsentRequest, ResourceSet, Superseded};
use assent_model::statement;
use assent_model::time::Timestamp;

use super::{granting, keeping, pseudonym, refused, signer, wallet};
use crate::descriptions;
use crate::http::failure::Failure;
use crate::http::v1::{consent_requests, consents};
use crate::node::Node;

/// What a person chose.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The language of the notice that was shown.
    pub(crate) language: Language,
    /// What may be delivered.
    pub(crate) resource_set: ResourceSet,
    /// The end.
    pub(crate) valid_until: Option<Timestamp>,
    /// Whether the person has confirmed the statement about age, where the notice has one.
    pub(crate) age_confirmed: bool,
    /// The consent in force that this one replaces.
    pub(crate) supersedes: Option<ConsentId>,
}

/// The other side of a sharing.
struct Source<'w> {
    description: ServiceDescription,
    sealing_key: SealingKey,
    link: &'w WalletLink,
}

/// The ends of the histories that a new consent takes up.
#[derive(Default)]
struct Replaced<'w> {
    record: Option<Superseded>,
    source: Option<(Superseded, &'w PairAlias)>,
}

/// Answers yes. The consent that answers the request now: the new one, or the one that stood and
/// says the same.
///
/// # Errors
/// The request is not one to this person, the choice does not fit it, or the rules refuse.
pub(crate) async fn give(
    node: &Arc<Node>,
    party: PartyId,
    request_id: RequestId,
    choice: &Choice,
) -> Result<ConsentId, Failure> {
    let wallet = wallet(node, party).await?;
    let request = read::<Request>(node, &request_id).await?;
    let link = wallet.link(request.link).ok_or_else(Failure::not_found)?;
    let given = sign(node, &wallet, link, request_id, choice).await?;
    if let Some(alias) = &given.alias {
        // Before anybody knows of the pair: without the alias's key it could not be withdrawn.
        keeping::keep_alias(node, party, alias).await?;
        super::name(node, party, &alias.alias).await?;
    }
    consents::submit_given(node, &given.request).await?;
    granting::after(node, party).await;
    match read::<Request>(node, &request_id).await?.status {
        RequestStatus::Given { cr_id } => Ok(cr_id),
        _ => Err(Failure::unavailable()),
    }
}

async fn sign(
    node: &Node,
    wallet: &Wallet,
    link: &WalletLink,
    request_id: RequestId,
    choice: &Choice,
) -> Result<Given, Failure> {
    let form = consent_requests::form_view(node, request_id, &choice.language).await?;
    let asked = consent_requests::view(node, request_id).await?;
    let asked = statement::verify::<ConsentRequest>(&asked.request)?;
    let service = descriptions::read(node, &form.service).await?;
    let holder = read::<Party>(node, &service.provider.party_id)
        .await?
        .signing_key
        .thumbprint();
    let source = match &form.source {
        None => None,
        Some(named) => {
            let description = descriptions::read(node, named).await?;
            let provider = read::<Party>(node, &description.provider.party_id).await?;
            Some(Source {
                sealing_key: provider.sealing_key.clone(),
                link: active_link(node, wallet, named.service_id).await?,
                description,
            })
        }
    };
    let replaced = match choice.supersedes {
        Some(cr_id) => replaced(node, wallet, cr_id).await?,
        None => Replaced::default(),
    };
    let signer = signer(node);
    let answer = Answer {
        request: &asked,
        language: &choice.language,
        form: &form,
        service: &service,
        link,
        resource_set: choice.resource_set.clone(),
        valid_from: signer.now(),
        valid_until: choice.valid_until,
        age_confirmed: choice.age_confirmed,
        custody: Custody::Hosted,
        supersedes: replaced.record,
        sharing: source.as_ref().map(|source| Sharing {
            source: &source.description,
            link: source.link,
            sealing_key: &source.sealing_key,
            holder: &holder,
            token_key: node.token_key.verifying_key(),
            supersedes: replaced.source,
        }),
    };
    signer.give(&answer).map_err(|error| match error {
        GiveError::AgeUnconfirmed => Code::AgeUnconfirmed.into(),
        other => refused(&other.to_string()),
    })
}

/// Answers no.
///
/// # Errors
/// The request is not one to this person, or the rules refuse.
pub(crate) async fn refuse(
    node: &Arc<Node>,
    party: PartyId,
    request_id: RequestId,
) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    let request = read::<Request>(node, &request_id).await?;
    let own = pseudonym(&wallet, request.surrogate)?;
    let refusal = signer(node).refuse(own, request_id);
    let command = Command::Consent(ConsentCommand::Refuse(refusal));
    node.intake.submit(command, Vec::new()).await?;
    Ok(())
}

/// The link with a service that is in force.
async fn active_link<'w>(
    node: &Node,
    wallet: &'w Wallet,
    service: ServiceId,
) -> Result<&'w WalletLink, Failure> {
    for link in wallet.links().filter(|link| link.service_id == service) {
        let found = node.state.get::<Link>(&link.slr_id).await?;
        if found.is_some_and(|link| !link.is_removed()) {
            return Ok(link);
        }
    }
    Err(refused("there is no link with the source"))
}

async fn replaced<'w>(
    node: &Node,
    wallet: &'w Wallet,
    cr_id: ConsentId,
) -> Result<Replaced<'w>, Failure> {
    let consent = read::<Consent>(node, &cr_id).await?;
    pseudonym(wallet, consent.surrogate)?;
    let record = Superseded {
        cr_id,
        prev: consent.head,
    };
    let Role::Sink { counterpart, .. } = consent.role else {
        return Ok(Replaced {
            record: Some(record),
            source: None,
        });
    };
    let prev = read::<Consent>(node, &counterpart).await?.head;
    let superseded = Superseded {
        cr_id: counterpart,
        prev,
    };
    let view = consents::view(node, counterpart).await?;
    let source_record = statement::verify::<ConsentRecord>(&view.record)?;
    let pair = source_record.content().common_part.cr_pair_id;
    let alias = pair
        .and_then(|pair| wallet.alias(pair))
        .ok_or_else(Failure::not_found)?;
    Ok(Replaced {
        record: Some(record),
        source: Some((superseded, alias)),
    })
}

/// A piece of committed state that must be there.
pub(super) async fn read<P>(node: &Node, id: &P::Id) -> Result<Arc<P>, Failure>
where
    P: assent_exchange::collection::Piece + Send + Sync + 'static,
{
    let found = node.state.get::<P>(id).await?;
    found.ok_or_else(Failure::not_found)
}
