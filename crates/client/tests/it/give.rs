//! A wallet signs what was described, and nothing that a node made up.

use assent_api::v1::consents::{AliasDisclosure, FormView};
use assent_client::keys::WalletLink;
use assent_client::statements::give::{Answer, GiveError};
use assent_crypto::base64url;
use assent_crypto::digest::{Digest, commitment};
use assent_crypto::domains;
use assent_crypto::sealing;
use assent_crypto::signature::{KeyId, SigningKey};
use assent_model::canonical;
use assent_model::description::ServiceDescription;
use assent_model::ids::{LinkId, PartyId, RequestId, SurrogateId};
use assent_model::names::Language;
use assent_model::records::consent::{ConsentRequest, ConsentStatus, RolePart, Superseded};
use assent_model::records::link::AliasCertificate;
use assent_model::statement;
use assent_model::time::{Span, Timestamp};

use crate::cast::{Cast, OPTIONAL, REQUIRED, UNASKED, describe_source, resources};
use crate::world::START;

/// A sharing before the person answers. What a row changes of an answer must outlive it.
struct Asked {
    cast: Cast,
    form: FormView,
    holder: KeyId,
    other_service: ServiceDescription,
}

impl Asked {
    fn new() -> Self {
        let mut cast = Cast::assemble();
        let request = cast.ask(true);
        Self {
            form: cast.form(request.content()),
            holder: cast.requester.holder(),
            other_service: describe_source(cast.source.keys.party_id()),
            cast,
        }
    }

    fn other_link(&self) -> &WalletLink {
        &self.cast.source.link
    }
}

#[track_caller]
fn check_form(change: impl FnOnce(&mut FormView), expected: Result<(), &str>) {
    let mut asked = Asked::new();
    change(&mut asked.form);
    check_outcome(&asked, |_| {}, expected);
}

#[track_caller]
fn check_answer<C>(change: C, expected: Result<(), &str>)
where
    C: for<'a> FnOnce(&mut Answer<'a>, &'a Asked),
{
    let asked = Asked::new();
    let mut answer = asked.cast.sharing_answer(&asked.form, &asked.holder);
    change(&mut answer, &asked);
    outcome(&asked, &answer, expected);
}

#[track_caller]
fn check_outcome(asked: &Asked, change: impl FnOnce(&mut Answer<'_>), expected: Result<(), &str>) {
    let mut answer = asked.cast.sharing_answer(&asked.form, &asked.holder);
    change(&mut answer);
    outcome(asked, &answer, expected);
}

#[track_caller]
fn outcome(asked: &Asked, answer: &Answer<'_>, expected: Result<(), &str>) {
    let given = asked.cast.world.signer().give(answer);
    let given = given.map(|_| ()).map_err(GiveError::code);
    assert_eq!(given, expected);
}

const OTHER_SERVICE: Result<(), &str> = Err("other-service");
const OTHER_SOURCE: Result<(), &str> = Err("other-source");
const IMPOSSIBLE: Result<(), &str> = Err("purpose-impossible");
const USAGE: Result<(), &str> = Err("usage-rules-mismatch");
const NOTICE: Result<(), &str> = Err("notice-mismatch");
const HOLDER: Result<(), &str> = Err("holder-mismatch");
const OTHER_REQUEST: Result<(), &str> = Err("other-request");
const OTHER_PURPOSE: Result<(), &str> = Err("other-purpose");
const LANGUAGE: Result<(), &str> = Err("language-mismatch");
const LATEST_END: Result<(), &str> = Err("latest-end-mismatch");
const NOT_OFFERED: Result<(), &str> = Err("not-offered");
const REQUIRED_MISSING: Result<(), &str> = Err("required-missing");
const VALIDITY: Result<(), &str> = Err("validity-invalid");
const SUPERSEDES: Result<(), &str> = Err("supersedes-mismatch");

#[test]
fn a_form_must_say_what_was_described() {
    check_form(|_| {}, Ok(()));
    check_form(|form| form.service.digest = Digest::ZERO, OTHER_SERVICE);
    check_form(|form| form.service.version += 1, OTHER_SERVICE);
    check_form(|form| form.source = None, OTHER_SOURCE);
    check_form(
        |form| form.source.as_mut().unwrap().digest = Digest::ZERO,
        OTHER_SOURCE,
    );
    check_form(
        |form| form.usage_rules.purpose_id = "other".parse().unwrap(),
        IMPOSSIBLE,
    );
    check_form(|form| form.usage_rules.conditions = Digest::ZERO, USAGE);
    check_form(|form| form.notice_digest = Digest::ZERO, NOTICE);
    check_form(|form| form.notice.minimum_age = None, NOTICE);
    check_form(
        |form| form.pop_key = form.pop_key.replace(char::is_alphabetic, "A"),
        HOLDER,
    );
    check_form(|form| form.pop_key.clear(), HOLDER);
}

/// A node that shows another text and gives the digest of that text.
#[track_caller]
fn check_notice(change: impl FnOnce(&mut FormView)) {
    check_form(
        |form| {
            change(form);
            form.notice_digest = Digest::of(&canonical::encode(&form.notice));
        },
        NOTICE,
    );
}

#[test]
fn a_notice_is_made_again_from_the_descriptions() {
    check_notice(|form| form.notice.rights.clear());
    check_notice(|form| form.notice.service_name.push('!'));
    check_notice(|form| form.notice.provider.name.push('!'));
    check_notice(|form| form.notice.purpose.special_categories = true);
    check_notice(|form| form.notice.source.as_mut().unwrap().name.push('!'));
    check_notice(|form| form.notice.datasets[0].title.push('!'));
    check_notice(|form| form.notice.datasets[0].optional.clear());
    check_notice(|form| form.notice.version = 2);
    check_form(|form| form.notice.rights.clear(), NOTICE);
}

/// A node that shows a form of its own to a request which says something else.
#[track_caller]
fn check_request(change: impl FnOnce(&mut ConsentRequest), expected: Result<(), &str>) {
    let asked = Asked::new();
    let mut said = asked.cast.asked.as_ref().unwrap().content().clone();
    change(&mut said);
    let key = &asked.cast.requester.keys.signing;
    let request = asked.cast.world.signer().sign(key, said);
    let mut answer = asked.cast.sharing_answer(&asked.form, &asked.holder);
    answer.request = &request;
    outcome(&asked, &answer, expected);
}

#[test]
fn a_form_must_say_what_the_request_said() {
    check_request(|_| {}, Ok(()));
    check_request(|said| said.request_id = RequestId::random(), OTHER_REQUEST);
    check_request(|said| said.slr_id = LinkId::random(), OTHER_REQUEST);
    let stranger = || PartyId::of(SigningKey::generate().verifying_key());
    check_request(|said| said.provider = stranger(), OTHER_REQUEST);
    let other = || SurrogateId::of(SigningKey::generate().verifying_key());
    check_request(|said| said.surrogate_id = other(), OTHER_REQUEST);
    check_request(|said| said.service.version += 1, OTHER_SERVICE);
    check_request(|said| said.source = None, OTHER_SOURCE);
    check_request(
        |said| said.source.as_mut().unwrap().digest = Digest::ZERO,
        OTHER_SOURCE,
    );
    check_request(
        |said| said.purpose_id = "other".parse().unwrap(),
        OTHER_PURPOSE,
    );
    check_request(|said| said.valid_until_max = None, LATEST_END);
    let sooner = START + Span::from_days(31);
    check_request(|said| said.valid_until_max = Some(sooner), LATEST_END);
}

/// The form in itself is whole: its notice is the one that such a request would have.
#[test]
fn a_longer_end_or_another_language_than_was_asked_is_not_signed() {
    let mut asked = Asked::new();
    let mut said = asked.cast.asked.as_ref().unwrap().content().clone();
    said.valid_until_max = Some(START + Span::from_days(3650));
    asked.form = asked.cast.form(&said);
    check_outcome(&asked, |_| {}, LATEST_END);
    said.valid_until_max = None;
    asked.form = asked.cast.form(&said);
    check_outcome(&asked, |_| {}, LATEST_END);
    let danish = "da".parse().unwrap();
    check_answer_in(&danish, LANGUAGE);
}

#[track_caller]
fn check_answer_in(language: &Language, expected: Result<(), &str>) {
    let asked = Asked::new();
    let mut answer = asked.cast.sharing_answer(&asked.form, &asked.holder);
    answer.language = language;
    outcome(&asked, &answer, expected);
}

#[test]
fn an_answer_must_fit_the_form() {
    check_answer(
        |answer, asked| answer.service = &asked.other_service,
        OTHER_REQUEST,
    );
    check_answer(
        |answer, asked| answer.link = asked.other_link(),
        OTHER_REQUEST,
    );
    check_answer(
        |answer, _| answer.age_confirmed = false,
        Err("age-unconfirmed"),
    );
    check_answer(|answer, _| answer.sharing = None, OTHER_SOURCE);
    check_answer(
        |answer, asked| answer.sharing.as_mut().unwrap().source = &asked.other_service,
        OTHER_SOURCE,
    );
    check_answer(
        |answer, _| answer.sharing.as_mut().unwrap().link = answer.link,
        OTHER_SOURCE,
    );
    check_answer(
        |answer, _| answer.resource_set = resources(&[OPTIONAL]),
        REQUIRED_MISSING,
    );
    check_answer(
        |answer, _| answer.resource_set = resources(&[REQUIRED, UNASKED]),
        NOT_OFFERED,
    );
    check_answer(|answer, _| answer.valid_until = Some(START), VALIDITY);
    check_answer(|answer, _| answer.valid_until = None, VALIDITY);
    let beyond = START + Span::from_days(366);
    check_answer(|answer, _| answer.valid_until = Some(beyond), VALIDITY);
    let superseded = || Superseded {
        cr_id: assent_model::ids::ConsentId::random(),
        prev: Digest::ZERO,
    };
    check_answer(
        |answer, _| answer.supersedes = Some(superseded()),
        SUPERSEDES,
    );
}

#[test]
fn the_holder_must_be_the_requester() {
    let mut asked = Asked::new();
    asked.holder = SigningKey::generate().verifying_key().thumbprint();
    check_outcome(&asked, |_| {}, HOLDER);
}

#[test]
fn a_consent_without_a_source_is_one_record() {
    let mut cast = Cast::assemble();
    let request = cast.ask(false);
    let form = cast.form(request.content());
    let given = cast.world.signer().give(&cast.own_answer(&form)).unwrap();
    assert!(given.source_record.is_none() && given.alias.is_none());
    assert!(given.request.sealed_alias.is_none());
    let role = &given.record.content().role_specific_part;
    assert!(matches!(role, RolePart::Within { slr_id } if *slr_id == cast.requester.link.slr_id));
    cast.accept_given(&given.request);
}

#[test]
fn both_records_of_a_pair_say_what_was_chosen() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let sink = pair.given.record.content();
    let source = pair.given.source_record.as_ref().unwrap().content();
    for common in [&sink.common_part, &source.common_part] {
        assert_eq!(common.resource_set, resources(&[REQUIRED, OPTIONAL]));
        assert_eq!(common.notice.digest, pair.form.notice_digest);
        assert_eq!(common.valid_until, Some(START + Span::from_days(30)));
        let form = canonical::encode(&pair.given.request.form);
        let salt = &pair.given.request.form_salt;
        assert_eq!(
            common.form,
            commitment(domains::COMMITMENT_FORM, salt, &form)
        );
    }
    for record in [sink, source] {
        assert_eq!(record.status_record.consent_status, ConsentStatus::Active);
    }
    let form = &pair.given.request.form;
    assert_eq!(
        form.valid_until,
        sink.common_part.valid_until.map(Timestamp::as_millis)
    );
    assert_ne!(
        sink.common_part.surrogate_id,
        source.common_part.surrogate_id
    );
}

#[test]
fn only_the_source_can_tell_whose_alias_it_is() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let sealed = base64url::decode(pair.given.request.sealed_alias.as_ref().unwrap()).unwrap();
    let (info, aad) = (domains::SEAL_ALIAS.as_bytes(), pair.source_id().to_string());
    let open = |key| sealing::open(key, info, aad.as_bytes(), &sealed);
    assert!(open(&cast.requester.keys.opening).is_err());
    let opened = open(&cast.source.keys.opening).unwrap();
    let disclosure: AliasDisclosure = canonical::decode(&opened).unwrap();
    let certificate = statement::verify::<AliasCertificate>(&disclosure.certificate).unwrap();
    assert_eq!(*certificate.signer(), cast.source.pinned.key);
    assert_eq!(
        certificate.content().alias,
        pair.alias().alias.surrogate_id()
    );

    // Nothing in the two records repeats the pseudonym at the source.
    let pseudonym = cast.source.pinned.surrogate_id.to_string();
    let request = serde_json::to_string(&pair.given.request).unwrap();
    assert!(!request.contains(&pseudonym));
    for record in [
        &pair.given.record,
        pair.given.source_record.as_ref().unwrap(),
    ] {
        let content = serde_json::to_string(record.content()).unwrap();
        assert!(!content.contains(&pseudonym));
    }
}

#[test]
fn each_pair_has_an_alias_of_its_own_until_it_is_superseded() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let chains = pair.chains();
    let next = cast.supersede(&pair, &chains);
    let surrogate = |pair: &crate::cast::Pair| pair.alias().alias.surrogate_id();
    assert_eq!(surrogate(&next), surrogate(&pair));
    assert_ne!(next.alias().pair, pair.alias().pair);

    let mut other = Cast::assemble();
    assert_ne!(surrogate(&other.share()), surrogate(&pair));
}
