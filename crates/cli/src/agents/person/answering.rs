//! Answering a request: yes to a part or all of it, or no.

use std::collections::BTreeSet;

use assent_api::v1::Outcome;
use assent_api::v1::consents::{ConsentView, FormView, Notice, RefuseConsent, RequestView};
use assent_client::keys::{PairAlias, WalletLink};
use assent_client::statements::give::{Answer, Given, Sharing};
use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::KeyId;
use assent_model::ids::{ConsentId, LinkId, RequestId};
use assent_model::names::{ConceptId, Language};
use assent_model::records::consent::{ConsentRecord, ConsentRequest, ResourceSet, Superseded};
use assent_model::records::service::DescriptionRef;
use assent_model::statement::{self, Verified};
use assent_model::time::Timestamp;
use serde::Serialize;

use super::{CUSTODY, Person};
use crate::failure::{Doing, Failure};
use crate::session::Described;

/// What a person chooses.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The request that is answered.
    pub(crate) request: RequestId,
    /// The language of the notice that the person has read.
    pub(crate) language: Language,
    /// Optional concepts that the person leaves out.
    pub(crate) without: BTreeSet<ConceptId>,
    /// The end; the latest one that is offered unless the person chooses another.
    pub(crate) until: Option<Timestamp>,
    /// Whether the person confirms the statement about age that the notice has.
    pub(crate) age_confirmed: bool,
    /// The consent in force that this one replaces.
    pub(crate) supersedes: Option<ConsentId>,
}

/// A consent that has come into being, or that stood already and was affirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct GivenConsent {
    /// The record of the service that asked.
    pub(crate) cr_id: ConsentId,
    /// The record of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_cr_id: Option<ConsentId>,
    /// What may be delivered.
    pub(crate) resource_set: ResourceSet,
    /// Until when, in milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<Timestamp>,
    /// What became of the command.
    pub(crate) outcome: Outcome,
}

/// The other side of a sharing, as the person's side knows it.
struct Source {
    described: Described,
    sealing_key: SealingKey,
}

/// Over which link somebody asks, and with which key it signs now.
struct Asker {
    link: LinkId,
    holder: KeyId,
}

/// The records that a new consent replaces.
struct Replaced<'w> {
    record: Superseded,
    source: Option<(Superseded, &'w PairAlias)>,
}

impl Person {
    /// What the person is asked, in a language.
    pub(crate) async fn form(
        &self,
        request: RequestId,
        language: &Language,
    ) -> Result<FormView, Failure> {
        let form = self.session.client.form(request, language).await;
        form.doing("the form cannot be shown")
    }

    /// Answers yes. The notice is built again from the signed descriptions before it is signed.
    pub(crate) async fn give(&mut self, choice: &Choice) -> Result<GivenConsent, Failure> {
        let form = self.form(choice.request, &choice.language).await?;
        let (given, asker) = self.signed_answer(&form, choice).await?;
        self.wallet.note_holder(asker.link, asker.holder);
        if let Some(alias) = given.alias {
            self.wallet.add_alias(alias);
        }
        self.save()?;
        let sent = self.session.client.give_consent(&given.request).await;
        let outcome = sent.doing("the consent cannot be given")?;
        // The node may have affirmed a consent that says the same and stands.
        let request = self.request(choice.request).await?;
        let common = &given.record.content().common_part;
        let cr_id = request.cr_id.unwrap_or(common.cr_id);
        let view = self.session.client.consent(cr_id).await;
        let view = view.doing("the new consent cannot be read")?;
        Ok(GivenConsent {
            cr_id,
            source_cr_id: view.counterpart,
            resource_set: view.resource_set,
            valid_until: common.valid_until,
            outcome,
        })
    }

    async fn signed_answer(
        &self,
        form: &FormView,
        choice: &Choice,
    ) -> Result<(Given, Asker), Failure> {
        let service = self.session.service_named(&form.service).await?;
        let request = self.signed_request(choice.request).await?;
        let link = self.wallet_link(request.content().slr_id)?;
        let keys = self.provider_keys(link).await?;
        let is_theirs = keys.check_reaches(&request.signer().thumbprint());
        is_theirs.doing("the request is not signed by the service")?;
        let asker = Asker {
            link: link.slr_id,
            holder: keys.signing_key().thumbprint(),
        };
        let source_link = match &form.source {
            Some(source) => Some(self.active_link(source.service_id).await?),
            None => None,
        };
        let source = match form.source.as_ref().zip(source_link) {
            Some((named, link)) => Some(self.source(named, link).await?),
            None => None,
        };
        let replaced = match choice.supersedes {
            Some(cr_id) => Some(self.replaced(cr_id).await?),
            None => None,
        };
        let (supersedes, source_supersedes) = replaced
            .map(|replaced| (replaced.record, replaced.source))
            .unzip();
        let signer = self.session.signer();
        let sharing = source.as_ref().zip(source_link);
        let answer = Answer {
            request: &request,
            language: &choice.language,
            form,
            service: &service.description,
            link,
            resource_set: chosen(&form.notice, &choice.without)?,
            valid_from: signer.now(),
            valid_until: choice
                .until
                .or(form.notice.valid_until_max.map(Timestamp::from_millis)),
            age_confirmed: choice.age_confirmed,
            custody: CUSTODY,
            supersedes,
            sharing: sharing.map(|(source, source_link)| Sharing {
                source: &source.described.description,
                link: source_link,
                sealing_key: &source.sealing_key,
                holder: &asker.holder,
                token_key: &self.session.chain.token_key,
                supersedes: source_supersedes.flatten(),
            }),
        };
        let given = signer.give(&answer);
        Ok((given.doing("the form cannot be signed")?, asker))
    }

    /// Answers no.
    pub(crate) async fn refuse(&self, request: RequestId) -> Result<Outcome, Failure> {
        let asked = self.signed_request(request).await?;
        let link = self.wallet_link(asked.content().slr_id)?;
        let refusal = self.session.signer().refuse(&link.pseudonym, request);
        let body = RefuseConsent {
            refusal: refusal.compact().to_owned(),
        };
        let refused = self.session.client.refuse_consent(request, &body).await;
        refused.doing("the request cannot be refused")
    }

    async fn request(&self, id: RequestId) -> Result<RequestView, Failure> {
        let view = self.session.client.consent_request(id).await;
        view.doing(format!("the request {id} cannot be read"))
    }

    /// The request as it was signed.
    async fn signed_request(&self, id: RequestId) -> Result<Verified<ConsentRequest>, Failure> {
        let view = self.request(id).await?;
        statement::verify(&view.request)
            .map_err(|error| Failure::problem("the request is not signed").caused_by(&error))
    }

    /// The source as it is described. Its sealing key follows from the provider's id, so that the
    /// node cannot put another in its place.
    async fn source(&self, named: &DescriptionRef, link: &WalletLink) -> Result<Source, Failure> {
        let described = self.session.service_named(named).await?;
        let keys = self.provider_keys(link).await?;
        if described.provider != keys.party() {
            return Err(Failure::problem("another party describes the source"));
        }
        Ok(Source {
            described,
            sealing_key: keys.sealing_key().clone(),
        })
    }

    /// The ends of the histories that a new consent takes up.
    async fn replaced(&self, cr_id: ConsentId) -> Result<Replaced<'_>, Failure> {
        let (view, held) = self.held(cr_id).await?;
        let record = Superseded {
            cr_id,
            prev: held.chain.head(),
        };
        let source = match view.counterpart {
            None => None,
            Some(counterpart) => {
                let (view, held) = self.held(counterpart).await?;
                let prev = held.chain.head();
                let superseded = Superseded {
                    cr_id: counterpart,
                    prev,
                };
                Some((superseded, self.alias_of(&view)?))
            }
        };
        Ok(Replaced { record, source })
    }

    fn alias_of(&self, source: &ConsentView) -> Result<&PairAlias, Failure> {
        let record = statement::verify::<ConsentRecord>(&source.record)
            .map_err(|error| Failure::problem("the record is not signed").caused_by(&error))?;
        let pair = record.content().common_part.cr_pair_id;
        pair.and_then(|pair| self.wallet.alias(pair))
            .ok_or_else(|| Failure::problem("the wallet has no alias for the pair"))
    }
}

/// Everything that is offered but what the person leaves out.
fn chosen(notice: &Notice, without: &BTreeSet<ConceptId>) -> Result<ResourceSet, Failure> {
    let offered = |concept: &&ConceptId| {
        let mut datasets = notice.datasets.iter();
        datasets
            .any(|set| set.required.contains_key(*concept) || set.optional.contains_key(*concept))
    };
    if let Some(unknown) = without.iter().find(|concept| !offered(concept)) {
        return Err(Failure::problem(format!(
            "the concept {unknown} is not asked for"
        )));
    }
    let mut chosen = ResourceSet::new();
    for dataset in &notice.datasets {
        let concepts = dataset.required.keys().chain(dataset.optional.keys());
        let concepts: BTreeSet<ConceptId> = concepts
            .filter(|id| !without.contains(id))
            .cloned()
            .collect();
        if !concepts.is_empty() {
            chosen.insert(dataset.dataset_id.clone(), concepts);
        }
    }
    Ok(chosen)
}
