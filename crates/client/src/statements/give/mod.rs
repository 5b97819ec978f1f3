//! The person's yes: one record, or a pair of them when data moves between services.

mod check;

use assent_api::v1::consents::{AliasDisclosure, FormView, GiveConsent, SubmittedForm};
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, Salt, commitment};
use assent_crypto::domains;
use assent_crypto::sealing::{self, SealingKey};
use assent_crypto::signature::{KeyId, VerifyingKey};
use assent_model::canonical;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, PairId, StatusRecordId};
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::consent::{
    CommonPart, ConsentRecord, ConsentRequest, ConsentStatus, FirstStatus, NoticeRef, ResourceSet,
    RolePart, Superseded,
};
use assent_model::records::link::AliasCertificate;
use assent_model::records::service::DescriptionRef;
use assent_model::statement::Verified;
use assent_model::time::Timestamp;

use super::Signer;
use crate::choice::ChoiceError;
use crate::keys::{PairAlias, Pseudonym, WalletLink};

/// What a person answers.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The request that is answered. That its key is, or was, the requester's is for the caller
    /// to have checked, see [`KeyHistory::check_reaches`](crate::key_history::KeyHistory).
    pub request: &'a Verified<ConsentRequest>,
    /// The language that the person reads.
    pub language: &'a Language,
    /// The form that was shown.
    pub form: &'a FormView,
    /// The service that asks, as it is described.
    pub service: &'a ServiceDescription,
    /// The person's link there.
    pub link: &'a WalletLink,
    /// What the person chose.
    pub resource_set: ResourceSet,
    /// Not before.
    pub valid_from: Timestamp,
    /// Not from then on.
    pub valid_until: Option<Timestamp>,
    /// Whether the person has confirmed the statement about age that the notice has.
    pub age_confirmed: bool,
    /// Who holds the pseudonyms' keys.
    pub custody: Custody,
    /// The consent in force that this one replaces.
    pub supersedes: Option<Superseded>,
    /// What the source's record needs, when data moves between services.
    pub sharing: Option<Sharing<'a>>,
}

/// What a source's record needs beyond what the sink's has.
#[derive(Debug)]
pub struct Sharing<'a> {
    /// The source, as it is described.
    pub source: &'a ServiceDescription,
    /// The person's link there.
    pub link: &'a WalletLink,
    /// The sealing key of the source's provider.
    pub sealing_key: &'a SealingKey,
    /// The requester's signing key as the person's side knows it, by the link with it or by a
    /// [`KeyHistory`](crate::key_history::KeyHistory). Nobody else will be able to use a token.
    pub holder: &'a KeyId,
    /// The chain's token key. Nobody else will be able to issue one.
    pub token_key: &'a VerifyingKey,
    /// The source's record of the pair that this one replaces, with its alias, which goes on.
    pub supersedes: Option<(Superseded, &'a PairAlias)>,
}

/// A yes, ready to send.
#[derive(Debug)]
pub struct Given {
    /// For `POST /v1/consents`.
    pub request: GiveConsent,
    /// The record of the service that asked.
    pub record: Verified<ConsentRecord>,
    /// The record of the source.
    pub source_record: Option<Verified<ConsentRecord>>,
    /// To be kept: without the alias's key the pair cannot be changed.
    pub alias: Option<PairAlias>,
}

/// Why a form is not answered with yes. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GiveError {
    /// The form, the description or the link is not that of the signed request.
    #[error("the form is not that of the request that was signed")]
    OtherRequest,
    /// The description or the link is not that of the service that asks.
    #[error("the form is of another service")]
    OtherService,
    /// The form wants a source and there is none, or the reverse; or the description or the link
    /// is not that of the source.
    #[error("the form names another source")]
    OtherSource,
    /// The description has no such purpose, or the source does not have what it requires.
    #[error("the purpose is not one that the services can serve")]
    PurposeImpossible,
    /// The purpose is not the one that the signed request names.
    #[error("the form is for another purpose than the request")]
    OtherPurpose,
    /// The usage rules are not those of the described purpose.
    #[error("the usage rules are not those of the purpose as described")]
    UsageRulesMismatch,
    /// The notice is not in the language that the person reads.
    #[error("the notice is in another language than the person reads")]
    LanguageMismatch,
    /// The notice offers another latest end than the signed request.
    #[error("the form offers another latest end than the request")]
    LatestEndMismatch,
    /// The notice does not say what the descriptions say.
    #[error("the notice is not the one that the descriptions make")]
    NoticeMismatch,
    /// The form names another key than the requester's.
    #[error("the form names another proof-of-possession key than the requester's")]
    HolderMismatch,
    /// The choice does not fit the offer.
    #[error("the choice does not fit the offer")]
    Choice(#[from] ChoiceError),
    /// The period is empty, or longer than offered.
    #[error("the period of validity is not possible")]
    ValidityInvalid,
    /// The notice has a statement about age, and the person has not confirmed it.
    #[error("the statement about age is not confirmed")]
    AgeUnconfirmed,
    /// Only one record of a pair would replace an older one.
    #[error("both records of a pair replace one, or neither")]
    SupersedesMismatch,
}

impl GiveError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherRequest => "other-request",
            Self::OtherService => "other-service",
            Self::OtherSource => "other-source",
            Self::PurposeImpossible => "purpose-impossible",
            Self::OtherPurpose => "other-purpose",
            Self::UsageRulesMismatch => "usage-rules-mismatch",
            Self::LanguageMismatch => "language-mismatch",
            Self::LatestEndMismatch => "latest-end-mismatch",
            Self::NoticeMismatch => "notice-mismatch",
            Self::HolderMismatch => "holder-mismatch",
            Self::Choice(ChoiceError::NotOffered) => "not-offered",
            Self::Choice(ChoiceError::RequiredMissing) => "required-missing",
            Self::ValidityInvalid => "validity-invalid",
            Self::AgeUnconfirmed => "age-unconfirmed",
            Self::SupersedesMismatch => "supersedes-mismatch",
        }
    }
}

impl Signer {
    /// Answers a form with yes. The notice is made again from the descriptions and the signed
    /// request, so that the person signs what was described and asked and not what the node says.
    ///
    /// # Errors
    /// The first thing in form or answer that the person should not sign.
    pub fn give(&self, answer: &Answer<'_>) -> Result<Given, GiveError> {
        let notice = check::check(answer)?;
        let form = SubmittedForm {
            request_id: answer.form.request_id,
            age_confirmed: notice.minimum_age.is_some(),
            notice,
            resource_set: answer.resource_set.clone(),
            valid_until: answer.valid_until.map(Timestamp::as_millis),
        };
        let form_salt = Salt::generate();
        let content = canonical::encode(&form);
        let draft = Draft {
            answer,
            form: commitment(domains::COMMITMENT_FORM, &form_salt, &content),
            pair: answer.sharing.as_ref().map(|_| PairId::random()),
        };
        let cr_id = ConsentId::random();
        let pair = draft
            .pair
            .zip(answer.sharing.as_ref())
            .map(|(pair, sharing)| self.source_record(&draft, pair, sharing, cr_id));
        let record = self.primary_record(&draft, cr_id, pair.as_ref());
        Ok(Given {
            request: GiveConsent {
                record: record.compact().to_owned(),
                source_record: pair.as_ref().map(|pair| pair.record.compact().to_owned()),
                form,
                form_salt,
                sealed_alias: pair.as_ref().map(|pair| pair.sealed_alias.clone()),
            },
            record,
            source_record: pair.as_ref().map(|pair| pair.record.clone()),
            alias: pair.map(|pair| pair.alias),
        })
    }

    fn primary_record(
        &self,
        draft: &Draft<'_>,
        cr_id: ConsentId,
        pair: Option<&SourceHalf>,
    ) -> Verified<ConsentRecord> {
        let answer = draft.answer;
        let slr_id = answer.link.slr_id;
        let role_specific_part = match (pair, &answer.form.source) {
            (Some(half), Some(source)) => RolePart::Sink {
                slr_id,
                source: source.clone(),
                source_cr_id: half.record.content().common_part.cr_id,
                source_surrogate_id: half.alias.alias.surrogate_id(),
            },
            _ => RolePart::Within { slr_id },
        };
        let pseudonym = &answer.link.pseudonym;
        let (service, supersedes) = (answer.form.service.clone(), answer.supersedes.clone());
        let common_part = draft.common_part(cr_id, pseudonym, service, supersedes);
        let record = consent_record(common_part, role_specific_part);
        self.sign(&pseudonym.key, record)
    }

    fn source_record(
        &self,
        draft: &Draft<'_>,
        pair: PairId,
        sharing: &Sharing<'_>,
        sink_cr_id: ConsentId,
    ) -> SourceHalf {
        let (supersedes, alias) = match &sharing.supersedes {
            Some((superseded, kept)) => (Some(superseded.clone()), kept.alias.again()),
            None => (None, Pseudonym::generate()),
        };
        let cr_id = ConsentId::random();
        let (disclosure, committed) = self.certify(&alias, sharing.link);
        let aad = cr_id.to_string();
        let info = domains::SEAL_ALIAS.as_bytes();
        let sealed = sealing::seal(
            sharing.sealing_key,
            info,
            aad.as_bytes(),
            &canonical::encode(&disclosure),
        );
        let role_specific_part = RolePart::Source {
            alias: committed,
            sink: draft.answer.form.service.clone(),
            sink_cr_id,
            pop_key: *sharing.holder,
            token_issuer_key: sharing.token_key.thumbprint(),
        };
        let service = sharing.source.reference();
        let common_part = draft.common_part(cr_id, &alias, service, supersedes);
        let record = consent_record(common_part, role_specific_part);
        SourceHalf {
            record: self.sign(&alias.key, record),
            sealed_alias: base64url::encode(&sealed),
            alias: PairAlias {
                pair,
                source_link: sharing.link.slr_id,
                alias,
            },
        }
    }

    /// The certificate that an alias is the pseudonym of a link, and the commitment to it.
    fn certify(&self, alias: &Pseudonym, link: &WalletLink) -> (AliasDisclosure, Digest) {
        let certificate = AliasCertificate {
            slr_id: link.slr_id,
            surrogate_id: link.pseudonym.surrogate_id(),
            alias: alias.surrogate_id(),
            alias_key: *alias.key.verifying_key(),
        };
        let certificate = self.sign(&link.pseudonym.key, certificate);
        let disclosure = AliasDisclosure {
            certificate: certificate.compact().to_owned(),
            salt: Salt::generate(),
        };
        let committed = commit_alias(&disclosure);
        (disclosure, committed)
    }
}

/// The commitment to an alias certificate that stands in a source's record.
pub(crate) fn commit_alias(disclosure: &AliasDisclosure) -> Digest {
    commitment(
        domains::COMMITMENT_ALIAS,
        &disclosure.salt,
        disclosure.certificate.as_bytes(),
    )
}

/// What both records of an answer are made from.
struct Draft<'a> {
    answer: &'a Answer<'a>,
    form: Digest,
    pair: Option<PairId>,
}

/// The source's half of a pair.
struct SourceHalf {
    record: Verified<ConsentRecord>,
    sealed_alias: String,
    alias: PairAlias,
}

impl Draft<'_> {
    fn common_part(
        &self,
        cr_id: ConsentId,
        pseudonym: &Pseudonym,
        service: DescriptionRef,
        supersedes: Option<Superseded>,
    ) -> CommonPart {
        let Answer { form, .. } = self.answer;
        CommonPart {
            cr_id,
            cr_pair_id: self.pair,
            request_id: form.request_id,
            surrogate_id: pseudonym.surrogate_id(),
            service,
            resource_set: self.answer.resource_set.clone(),
            usage_rules: form.usage_rules.clone(),
            notice: NoticeRef {
                language: form.notice.language.clone(),
                version: form.notice.version,
                digest: form.notice_digest,
            },
            form: self.form,
            valid_from: self.answer.valid_from,
            valid_until: self.answer.valid_until,
            custody: self.answer.custody,
            supersedes,
        }
    }
}

fn consent_record(common_part: CommonPart, role_specific_part: RolePart) -> ConsentRecord {
    ConsentRecord {
        common_part,
        role_specific_part,
        status_record: FirstStatus {
            record_id: StatusRecordId::random(),
            consent_status: ConsentStatus::Active,
        },
    }
}
