//! The adviser asks, the household reads and answers, both services check and keep what it signed.

use std::collections::BTreeSet;

use assent_api::v1::consents::{FormView, pick};
use assent_model::ids::RequestId;
use assent_model::names::Language;
use assent_model::records::consent::{ConsentRecord, RolePart};
use assent_model::statement;
use assent_model::time::Span;

use super::cast::Cast;
use super::{KEPT_BACK, PURPOSE, Sharing, concepts};
use crate::agents::person::Choice;
use crate::agents::provider::Asking;
use crate::demo::Stage;
use crate::demo::checks::{concept, ensure, ensure_refused, short};
use crate::failure::{Doing, Failure};
use crate::moment::now;

/// How long the adviser waits for an answer.
const ANSWER_WITHIN: Span = Span::from_days(14);
/// The longest time that the adviser asks for.
const VALID_AT_MOST: Span = Span::from_days(365);

/// From the question to a pair of records that both services have checked.
pub(super) async fn consent(cast: &mut Cast, stage: &mut Stage<'_>) -> Result<Sharing, Failure> {
    let request = ask(cast, stage).await?;
    let form = read_form(cast, request, stage).await?;
    let sharing = answer(cast, request, &form, stage).await?;
    check_pair(cast, &sharing, stage).await?;
    keep(cast, &sharing, stage).await?;
    Ok(sharing)
}

async fn ask(cast: &Cast, stage: &mut Stage<'_>) -> Result<RequestId, Failure> {
    let request = cast.adviser.ask(Asking {
        link: cast.adviser_link,
        purpose: PURPOSE.parse().expect("the purpose is a name"),
        source: Some(cast.archive_service),
        answer_within: ANSWER_WITHIN,
        valid_until_max: Some(now() + VALID_AT_MOST),
    });
    let request = request.await?;
    let shown = format!("for one purpose, {PURPOSE}: {}", short(&request));
    stage
        .narrator
        .step("energy adviser", "asks for meter readings", &shown);
    Ok(request)
}

async fn read_form(
    cast: &Cast,
    request: RequestId,
    stage: &mut Stage<'_>,
) -> Result<FormView, Failure> {
    let english: Language = "en".parse().expect("a language tag");
    let dutch: Language = "nl".parse().expect("a language tag");
    let form = cast.household.form(request, &english).await?;
    let translated = cast.household.form(request, &dutch).await?;
    ensure(
        form.notice_digest != translated.notice_digest,
        "each language is a notice of its own",
    )?;
    let notice = &form.notice;
    let required: usize = notice
        .datasets
        .iter()
        .map(|dataset| dataset.required.len())
        .sum();
    let optional: usize = notice
        .datasets
        .iter()
        .map(|dataset| dataset.optional.len())
        .sum();
    ensure(
        required == 3 && optional == 4,
        "the form offers what both descriptions have",
    )?;
    let name = pick(&notice.purpose.name, &english);
    let shown = format!("\"{name}\": {required} concepts needed, {optional} optional");
    stage.narrator.step(
        "household",
        "reads the notice, in English and Dutch",
        &shown,
    );
    Ok(form)
}

async fn answer(
    cast: &mut Cast,
    request: RequestId,
    form: &FormView,
    stage: &mut Stage<'_>,
) -> Result<Sharing, Failure> {
    let choice = |without: &str| Choice {
        request,
        language: form.notice.language.clone(),
        without: BTreeSet::from([concept(without)]),
        until: None,
        age_confirmed: false,
        supersedes: None,
    };
    let too_little = cast
        .household
        .give(&choice("electricity_delivered_tariff_1"))
        .await;
    ensure(
        too_little.is_err(),
        "what the purpose needs cannot be left out",
    )?;
    let given = cast.household.give(&choice(KEPT_BACK)).await?;
    let gives = concepts(&given.resource_set);
    ensure(
        !gives.contains(&concept(KEPT_BACK)),
        "what was left out is not in the consent",
    )?;
    ensure(gives.len() == 6, "everything else is in the consent")?;
    let shown = format!("{} concepts, without {KEPT_BACK}", gives.len());
    stage
        .narrator
        .step("household", "consents, to less than was asked", &shown);
    let again = cast.household.give(&choice(KEPT_BACK)).await;
    ensure_refused(again, "request-closed")?;
    let source = given.source_cr_id;
    Ok(Sharing {
        sink: given.cr_id,
        source: source
            .ok_or_else(|| Failure::problem("what must hold does not: the consent is a pair"))?,
        resource_set: given.resource_set,
    })
}

/// Two records of one sharing, under pseudonyms that nobody can connect.
async fn check_pair(cast: &Cast, sharing: &Sharing, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let client = &cast.session.client;
    let (sink, source) = (
        client.consent(sharing.sink).await?,
        client.consent(sharing.source).await?,
    );
    ensure(
        sink.role == "sink" && source.role == "source",
        "there is a record for each side",
    )?;
    ensure(
        sink.counterpart == Some(source.cr_id),
        "the adviser's record names the archive's",
    )?;
    ensure(
        source.counterpart == Some(sink.cr_id),
        "the archive's record names the adviser's",
    )?;
    ensure(
        sink.status == "active" && source.status == "active",
        "both are active",
    )?;
    ensure(
        sink.resource_set == source.resource_set,
        "both cover the same data",
    )?;
    let record = statement::verify::<ConsentRecord>(&source.record)
        .map_err(|error| Failure::problem("the record is not signed").caused_by(&error))?;
    let RolePart::Source { pop_key, .. } = &record.content().role_specific_part else {
        return Err(Failure::problem(
            "what must hold does not: the record is a source's",
        ));
    };
    let adviser_key = cast.adviser.keys.signing.verifying_key().thumbprint();
    ensure(
        *pop_key == adviser_key,
        "the household signed whose key may fetch",
    )?;
    for consent in cast.household.consents().await? {
        ensure(
            consent.surrogate_id != source.surrogate_id,
            "the archive's record has an alias",
        )?;
    }
    let pair = record.content().common_part.cr_pair_id;
    let pair = pair
        .ok_or_else(|| Failure::problem("what must hold does not: the records name their pair"))?;
    let shown = format!(
        "{} and {} as {}",
        short(&sink.cr_id),
        short(&source.cr_id),
        short(&pair)
    );
    stage
        .narrator
        .step("node", "records both halves or neither", &shown);
    Ok(())
}

/// Neither service takes the node's word: each holds the records against the key that it pinned.
async fn keep(cast: &Cast, sharing: &Sharing, stage: &mut Stage<'_>) -> Result<(), Failure> {
    let learned = cast
        .source
        .learn()
        .await
        .doing("the archive cannot learn of the consent")?;
    ensure(
        learned.kept.contains(&sharing.source),
        "the archive keeps the record",
    )?;
    ensure(learned.refused.is_empty(), "every record holds")?;
    stage.narrator.step(
        "meter archive",
        "checks the record and keeps it",
        &short(&sharing.source),
    );
    let checked = cast.adviser.checked(sharing.sink).await?;
    ensure(
        checked.is_in_force(now()),
        "the adviser's record is in force",
    )?;
    let service = checked.record().common_part.service.service_id;
    ensure(
        service == cast.adviser_service,
        "the record is for the adviser's service",
    )?;
    stage.narrator.step(
        "energy adviser",
        "checks the record and keeps it",
        &short(&sharing.sink),
    );
    Ok(())
}
