//! Data flows while the consent is active, and only what it covers.

use std::collections::BTreeSet;

use assent_api::v1::releases::TokenAnswer;
use assent_client::http::{DataClient, FetchError};
use assent_client::keys::PartyKeys;
use assent_model::names::{ConceptId, DatasetId};
use serde_json::json;

use super::cast::Cast;
use super::{DATASET, KEPT_BACK, Sharing, TAKEN_BACK, Tally, concepts};
use crate::agents::person::Alteration;
use crate::agents::provider::Fetched;
use crate::demo::Stage;
use crate::demo::checks::{concept, ensure, ensure_refused, short};
use crate::failure::{Doing, Failure};
use crate::moment::now;

/// The adviser fetches; nobody else can, and nobody else can read it.
pub(super) async fn deliver(
    cast: &Cast,
    sharing: &Sharing,
    tally: &mut Tally,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let token = token(cast, sharing, tally).await?;
    let seconds = token.expires_in;
    ensure(seconds <= 300, "a token lives five minutes at most")?;
    let shown = format!("for {seconds} s, good with its own key alone");
    stage
        .narrator
        .step("energy adviser", "gets a token", &shown);
    steal(cast, sharing, &token, stage).await?;
    let fetched = fetch(cast, sharing, &token, tally).await?;
    let data = &fetched.data;
    ensure(
        names(&fetched) == concepts(&sharing.resource_set),
        "all that was consented to arrives",
    )?;
    ensure(!data.contains_key(KEPT_BACK), "what was kept back does not")?;
    let first = &data["electricity_delivered_tariff_1"];
    let is_exact = first.as_array().is_some_and(|readings| {
        readings
            .iter()
            .any(|reading| reading["value"] == json!("4.426") && reading["unit"] == json!("kWh"))
    });
    ensure(is_exact, "the readings are those that the meter printed")?;
    stage.narrator.step(
        "energy adviser",
        "fetches and opens the readings",
        &shown_data(&fetched),
    );
    cast.adviser.report_use(&fetched).await?;
    tally.processed += 1;
    stage.narrator.step(
        "energy adviser",
        "reports what it did with them",
        &short(&fetched.receipt_id),
    );
    Ok(())
}

/// A token is of no use to whoever finds it, and a sealed document to nobody but its recipient.
async fn steal(
    cast: &Cast,
    sharing: &Sharing,
    token: &TokenAnswer,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let thief = PartyKeys::generate();
    let url = cast.adviser.data_url(sharing.sink, &dataset()).await?;
    let client = DataClient::new()?;
    let fetched = client
        .fetch(&thief.signing, &token.access_token, &url, now())
        .await;
    ensure_refused(
        fetched.map_err(|error: FetchError| error.into()),
        "proof-key",
    )?;
    stage
        .narrator
        .refused("a thief", "uses the token with another key", "proof-key");
    Ok(())
}

/// Paused means: no token, and nothing for a token from before.
pub(super) async fn pause_and_resume(
    cast: &Cast,
    sharing: &Sharing,
    tally: &mut Tally,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let earlier = token(cast, sharing, tally).await?;
    cast.household
        .change(sharing.sink, &Alteration::Pause)
        .await?;
    stage
        .narrator
        .step("household", "pauses the consent", "both records at once");
    expect_closed(cast, sharing, &earlier, "consent-disabled", tally, stage).await?;

    cast.household
        .change(sharing.sink, &Alteration::Resume)
        .await?;
    cast.source.learn().await?;
    stage
        .narrator
        .step("household", "resumes it", "both records at once");
    let token = token(cast, sharing, tally).await?;
    let fetched = fetch(cast, sharing, &token, tally).await?;
    ensure(
        names(&fetched) == concepts(&sharing.resource_set),
        "the same data flows again",
    )?;
    stage
        .narrator
        .step("energy adviser", "fetches again", &shown_data(&fetched));
    Ok(())
}

/// What the household takes back no longer arrives; the rest does.
pub(super) async fn narrow(
    cast: &Cast,
    sharing: &Sharing,
    tally: &mut Tally,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let taken = concept(TAKEN_BACK);
    let needed = BTreeSet::from([concept("telegram_time")]);
    let too_far = cast
        .household
        .change(sharing.sink, &Alteration::Narrow(needed))
        .await;
    ensure_refused(too_far, "required-concept-missing")?;
    let narrowing = Alteration::Narrow(BTreeSet::from([taken.clone()]));
    cast.household.change(sharing.sink, &narrowing).await?;
    stage.narrator.step(
        "household",
        "narrows the consent",
        &format!("no more {TAKEN_BACK}"),
    );
    cast.source.learn().await?;
    let token = token(cast, sharing, tally).await?;
    let fetched = fetch(cast, sharing, &token, tally).await?;
    let mut expected = concepts(&sharing.resource_set);
    expected.remove(&taken);
    ensure(
        names(&fetched) == expected,
        "one concept fewer arrives, and all others",
    )?;
    stage
        .narrator
        .step("energy adviser", "fetches again", &shown_data(&fetched));
    Ok(())
}

/// The adviser gets no token, and the archive hands nothing out for an earlier one.
pub(super) async fn expect_closed(
    cast: &Cast,
    sharing: &Sharing,
    earlier: &TokenAnswer,
    code: &str,
    tally: &mut Tally,
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    ensure_refused(cast.adviser.token(sharing.sink).await, code)?;
    tally.tokens_refused += 1;
    stage
        .narrator
        .refused("energy adviser", "asks for a token", code);
    let fetched = cast
        .adviser
        .fetch_sealed(earlier, sharing.sink, &dataset())
        .await;
    ensure_refused(fetched, code)?;
    tally.releases_refused += 1;
    stage
        .narrator
        .refused("energy adviser", "fetches with the token that it has", code);
    Ok(())
}

pub(super) async fn token(
    cast: &Cast,
    sharing: &Sharing,
    tally: &mut Tally,
) -> Result<TokenAnswer, Failure> {
    tally.tokens += 1;
    cast.adviser.token(sharing.sink).await
}

async fn fetch(
    cast: &Cast,
    sharing: &Sharing,
    token: &TokenAnswer,
    tally: &mut Tally,
) -> Result<Fetched, Failure> {
    let document = cast
        .adviser
        .fetch_sealed(token, sharing.sink, &dataset())
        .await?;
    let stranger = PartyKeys::generate();
    let opened = document.open(&stranger.opening, sharing.sink, &dataset());
    ensure(
        opened.is_err(),
        "the document opens with the adviser's key alone",
    )?;
    let fetched = cast
        .adviser
        .open_document(&document, sharing.sink, &dataset());
    let fetched = fetched.doing("the adviser cannot open what was sealed to it")?;
    tally.releases += 1;
    tally.readings += count(&fetched);
    tally.sealed_bytes += fetched.sealed_bytes;
    Ok(fetched)
}

fn dataset() -> DatasetId {
    DATASET.parse().expect("the dataset is a name")
}

fn names(fetched: &Fetched) -> BTreeSet<ConceptId> {
    fetched.data.keys().map(|name| concept(name)).collect()
}

/// How many readings there are, of all concepts.
fn count(fetched: &Fetched) -> usize {
    let readings = fetched.data.values();
    readings
        .map(|readings| readings.as_array().map_or(0, Vec::len))
        .sum()
}

fn shown_data(fetched: &Fetched) -> String {
    let (readings, concepts) = (count(fetched), fetched.data.len());
    format!(
        "{readings} readings of {concepts} concepts, {} bytes sealed",
        fetched.sealed_bytes
    )
}
