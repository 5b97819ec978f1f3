//! Sending a person to the node, to link and to answer, and taking the person back.
//!
//! What a person takes along is kept in the person's own session here and is used once: whoever comes
//! back with another's state, or a second time, gets nothing (RFC 9700, sections 2.1 and 4.7).

use std::sync::Arc;

use assent_api::v1::consents::AskConsent;
use assent_api::v1::links::CreateLink;
use assent_api::v1::redirects::{PushLink, PushRedirect, PushedRedirect, Redeem};
use assent_client::chain_check::CheckedConsent;
use assent_client::errand::{Errand, ReturnError, Returned};
use assent_client::http::ClientError;
use assent_client::statements::consent::Question;
use assent_client::statements::link::{CountersignError, PinnedLink};
use assent_crypto::digest::{Digest, Salt};
use assent_model::ids::{ConsentId, RequestId};
use assent_model::records::consent::RolePart;
use assent_model::records::link::LinkRecord;
use assent_model::statement::{self, StatementError};
use assent_model::time::Span;
use reqwest::Url;

use crate::description::PURPOSE;
use crate::household::{Access, Away, Phase, Purpose};
use crate::households::Household;
use crate::insights::Insights;
use crate::now;
use crate::provider::ProviderError;

/// How long an answer is awaited.
const ANSWER_WITHIN: Span = Span::from_days(7);
/// The longest time that is asked for.
const VALID_AT_MOST: Span = Span::from_days(365);

/// What a node says of somebody who has answered at the node already.
const ANSWERED_BEFORE: &str = "already_answered";
/// What a node says of somebody who was too late.
const TOO_LATE: &str = "request_expired";

/// What a node says of a link that is there no more.
const LINK_GONE: [&str; 2] = ["link-unknown", "link-removed"];

/// Why somebody cannot be sent, or taken back.
#[derive(Debug, thiserror::Error)]
pub enum ConsentingError {
    /// Nobody of this session is away, or not for this.
    #[error("nobody of this session was sent")]
    NotAway,
    /// What the person came back with is not what was sent along, or says no.
    #[error(transparent)]
    Return(#[from] ReturnError),
    /// The node does not do what it is asked.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The node sends people to an address that is none.
    #[error("the node names no address to send people to")]
    BadAddress,
    /// The link record is not signed.
    #[error("the link record is not signed")]
    Unsigned(#[from] StatementError),
    /// The link record is not the one that was asked for.
    #[error(transparent)]
    Countersign(#[from] CountersignError),
    /// The consent is for something else than was asked.
    #[error("the consent is for something else than was asked")]
    OtherConsent,
}

impl From<ClientError> for ConsentingError {
    fn from(error: ClientError) -> Self {
        Self::Provider(error.into())
    }
}

/// Sends a person to answer, or to link first; where to.
///
/// # Errors
/// See [`ConsentingError`].
pub async fn send(insights: &Insights, household: &Household) -> Result<String, ConsentingError> {
    let link = household.record().link.clone();
    let Some(link) = link else {
        return send_to_link(insights, household).await;
    };
    match send_to_answer(insights, household, &link).await {
        // The link may be gone by now: then there is nobody to be asked, and another is made.
        Err(ConsentingError::Provider(ProviderError::Client(ClientError::Problem(problem))))
            if LINK_GONE.contains(&problem.code.as_str()) =>
        {
            insights.change(household, |record| record.link = None);
            send_to_link(insights, household).await
        }
        sent => sent,
    }
}

async fn send_to_link(
    insights: &Insights,
    household: &Household,
) -> Result<String, ConsentingError> {
    let (provider, errand) = (&insights.provider, Errand::new());
    // Which session it is stays here: the node gets a salted digest.
    let account = Digest::of(Salt::generate().as_bytes());
    let body = PushLink {
        service: insights.service.reference(),
        account,
        redirect_uri: insights.service.instance.linking_redirect_uris[0].clone(),
        state: errand.state.clone(),
        code_challenge: errand.code_challenge(),
    };
    let signer = provider.signer();
    let pushed = provider
        .client
        .push_link(provider.identified(&signer), &body);
    let pushed = pushed.await?;
    leave(insights, household, errand, Purpose::Link(account), pushed)
}

async fn send_to_answer(
    insights: &Insights,
    household: &Household,
    link: &PinnedLink,
) -> Result<String, ConsentingError> {
    let (provider, errand) = (&insights.provider, Errand::new());
    let source = provider.service(insights.source).await?;
    let question = Question {
        service: insights.service.reference(),
        purpose_id: PURPOSE.parse().expect("the purpose has a valid id"),
        source: Some(source.reference()),
        answer_by: now() + ANSWER_WITHIN,
        valid_until_max: Some(now() + VALID_AT_MOST),
    };
    let signer = provider.signer();
    let request = signer.consent_request(&provider.keys, link, question);
    let request_id = request.content().request_id;
    let body = AskConsent {
        request: request.compact().to_owned(),
    };
    provider.client.ask_consent(&body).await?;
    let body = PushRedirect {
        redirect_uri: insights.service.instance.consent_redirect_uris[0].clone(),
        state: errand.state.clone(),
        code_challenge: errand.code_challenge(),
    };
    let who = provider.identified(&signer);
    let pushed = provider
        .client
        .push_redirect(who, request_id, &body)
        .await?;
    leave(
        insights,
        household,
        errand,
        Purpose::Answer(request_id),
        pushed,
    )
}

/// Remembers who is away, and says where to.
fn leave(
    insights: &Insights,
    household: &Household,
    errand: Errand,
    purpose: Purpose,
    pushed: PushedRedirect,
) -> Result<String, ConsentingError> {
    let url = Url::parse(&pushed.url).map_err(|_| ConsentingError::BadAddress)?;
    let node = url.origin().ascii_serialization();
    insights.change(household, |record| {
        record.away = Some(Away {
            errand,
            purpose,
            node,
        });
    });
    Ok(pushed.url)
}

/// Takes back a person who was sent to link, and sends the same to answer; where to.
///
/// # Errors
/// See [`ConsentingError`].
pub async fn linked(
    insights: &Insights,
    household: &Household,
    returned: &Returned,
) -> Result<String, ConsentingError> {
    let is_link = |purpose: &Purpose| matches!(purpose, Purpose::Link(_));
    let (purpose, redeem) = take_back(insights, household, returned, is_link)?;
    let Purpose::Link(account) = purpose else {
        return Err(ConsentingError::NotAway);
    };
    let redeem = redeem.inspect_err(|error| note_refusal(insights, household, error))?;
    let provider = &insights.provider;
    let signer = provider.signer();
    let who = provider.identified(&signer);
    let redeemed = provider.client.redeem_link(who, &redeem).await?;
    let record = statement::verify::<LinkRecord>(&redeemed.record)?;
    let service_id = insights.service.service_id;
    let signed = signer.countersign(&provider.keys, service_id, account, &record);
    let (countersignature, pinned) = signed?;
    let body = CreateLink {
        record: redeemed.record,
        countersignature: countersignature.compact().into(),
    };
    provider.client.create_link(&body).await?;
    insights.change(household, |record| record.link = Some(pinned.clone()));
    send_to_answer(insights, household, &pinned).await
}

/// Takes back a person who was sent to answer. Who consented is read for from now on.
///
/// # Errors
/// See [`ConsentingError`].
pub async fn answered(
    insights: &Arc<Insights>,
    household: &Arc<Household>,
    returned: &Returned,
) -> Result<(), ConsentingError> {
    let is_answer = |purpose: &Purpose| matches!(purpose, Purpose::Answer(_));
    let (purpose, redeem) = take_back(insights, household, returned, is_answer)?;
    let Purpose::Answer(request_id) = purpose else {
        return Err(ConsentingError::NotAway);
    };
    let answered = match redeem {
        Ok(redeem) => redeemed(insights, request_id, &redeem).await,
        Err(ReturnError::Refused(reason)) if reason == ANSWERED_BEFORE => {
            elsewhere(insights, request_id).await
        }
        Err(error) => Err(error.into()),
    };
    let cr_id = answered.inspect_err(|error| {
        if let ConsentingError::Return(error) = error {
            note_refusal(insights, household, error);
        }
    })?;
    let access = checked(insights, household, request_id, cr_id).await?;
    insights.change(household, |record| {
        record.forget_readings();
        record.access = Some(access);
        record.phase = Phase::Waiting;
    });
    insights.read(Arc::clone(household));
    Ok(())
}

/// The consent that the person gave, for the code that the person came back with.
async fn redeemed(
    insights: &Insights,
    request_id: RequestId,
    redeem: &Redeem,
) -> Result<ConsentId, ConsentingError> {
    let provider = &insights.provider;
    let signer = provider.signer();
    let who = provider.identified(&signer);
    let redeemed = provider.client.redeem_consent(who, redeem).await?;
    if redeemed.request_id != request_id {
        return Err(ConsentingError::OtherConsent);
    }
    given(&redeemed.outcome, redeemed.cr_id)
}

/// The consent that the person gave to this request while signed in at the node.
async fn elsewhere(
    insights: &Insights,
    request_id: RequestId,
) -> Result<ConsentId, ConsentingError> {
    let view = insights.provider.client.consent_request(request_id).await?;
    given(&view.status, view.cr_id)
}

fn given(outcome: &str, cr_id: Option<ConsentId>) -> Result<ConsentId, ConsentingError> {
    match (outcome, cr_id) {
        ("given", Some(cr_id)) => Ok(cr_id),
        ("expired", _) => Err(ReturnError::Refused(TOO_LATE.to_owned()).into()),
        _ => Err(ReturnError::Refused("access_denied".to_owned()).into()),
    }
}

/// Holds the consent against what was asked.
async fn checked(
    insights: &Insights,
    household: &Household,
    request_id: RequestId,
    cr_id: ConsentId,
) -> Result<Access, ConsentingError> {
    let link = household.record().link.clone();
    let link = link.ok_or(ConsentingError::OtherConsent)?;
    let consent = insights.provider.consent(cr_id, &link).await?;
    let is_asked = consent.record().common_part.request_id == request_id
        && consent.purpose_id().as_str() == PURPOSE;
    access(insights, &consent)
        .filter(|_| is_asked)
        .ok_or(ConsentingError::OtherConsent)
}

fn access(insights: &Insights, consent: &CheckedConsent) -> Option<Access> {
    match &consent.record().role_specific_part {
        RolePart::Sink {
            source,
            source_cr_id,
            source_surrogate_id,
            ..
        } if source.service_id == insights.source => Some(Access {
            cr_id: consent.cr_id(),
            source_cr_id: *source_cr_id,
            source_surrogate_id: *source_surrogate_id,
            valid_until: consent.record().common_part.valid_until,
        }),
        _ => None,
    }
}

/// What to redeem, if the person of this session was sent for this and comes back with what was sent
/// along. Whoever comes with something else changes nothing; whoever comes with it comes once.
fn take_back(
    insights: &Insights,
    household: &Household,
    returned: &Returned,
    is_wanted: impl Fn(&Purpose) -> bool,
) -> Result<(Purpose, Result<Redeem, ReturnError>), ConsentingError> {
    let away = household.record().away.clone();
    let away = away.filter(|away| is_wanted(&away.purpose));
    let away = away.ok_or(ConsentingError::NotAway)?;
    let redeem = match away.errand.redeem(returned, &away.node) {
        Err(error @ (ReturnError::WrongState | ReturnError::WrongNode)) => {
            return Err(error.into());
        }
        redeem => redeem,
    };
    let is_first = insights.change(household, |record| {
        let is_same = record.away.as_ref() == Some(&away);
        if is_same {
            record.away = None;
        }
        is_same
    });
    if is_first {
        Ok((away.purpose, redeem))
    } else {
        Err(ConsentingError::NotAway)
    }
}

fn note_refusal(insights: &Insights, household: &Household, error: &ReturnError) {
    let phase = match error {
        ReturnError::Refused(reason) if reason == TOO_LATE => Phase::TooLate,
        ReturnError::Refused(_) => Phase::Refused,
        _ => return,
    };
    insights.change(household, |record| record.phase = phase);
}
