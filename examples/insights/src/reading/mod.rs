//! Following a stream, for as long as the consent is in force.
//!
//! The relay is believed nothing: the consent is checked with its whole history, the stream must be
//! named by whose consent it is, keys must be signed by its device, and every record is verified in
//! its place. The relay ends a tail when the consent ends; this service looks for itself as well, and
//! stops within [`LOOK_EVERY`] if the relay should not.

mod channel;
mod ending;
pub mod node_relay;
pub mod relay;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use assent_client::chain_check::CheckedConsent;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::household::{Fault, Phase, Record};
use crate::households::Household;
use crate::insights::Insights;
use crate::now;
use channel::{Channel, Taken};
use relay::{Coming, RelayError, Tail};

pub use ending::Standing;

/// How often the consent is looked at.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often what was read is kept, and held against the ledger.
const KEEP_EVERY: Duration = Duration::from_secs(30);
/// How long to wait before trying again what failed.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long a relay may be behind an anchor before it is said to withhold something.
const ANCHOR_PATIENCE: Duration = Duration::from_mins(1);

/// Why the following of a stream has stopped.
#[derive(Debug)]
enum Stopped {
    /// The consent is not in force, or the relay says so: it is to be looked at.
    Look,
    /// The connection is gone.
    HungUp,
    /// The device was taken off.
    Unpaired,
    /// Keys are missing or do not fit: they were asked for.
    KeysWanted,
    /// Something is wrong, and somebody is shown to have done it.
    Fault(Fault),
}

/// Reads for a household until its consent is over. At most one of these runs for a household: the
/// others return at once, and the one goes on with whatever consent there is.
pub async fn keep_reading(insights: Arc<Insights>, household: Arc<Household>) {
    while household.begin_reading() {
        read_until_over(&insights, &household).await;
        household.end_reading();
        // Somebody may have consented anew in between.
        if household.record().access.is_none() {
            return;
        }
    }
}

async fn read_until_over(insights: &Insights, household: &Household) {
    loop {
        let consent = match ending::look(insights, household).await {
            Standing::InForce(consent) => consent,
            Standing::Paused | Standing::Unknown => {
                sleep(LOOK_EVERY).await;
                continue;
            }
            Standing::Over => return,
        };
        match follow(insights, household, &consent).await {
            Ok(Stopped::Look) => {}
            Ok(Stopped::HungUp | Stopped::KeysWanted) => sleep(LOOK_EVERY).await,
            Ok(Stopped::Unpaired) => {
                // What cannot be deleted now is when the relay is asked again.
                ending::let_go(insights, household, Phase::Unpaired);
                sleep(LOOK_EVERY).await;
            }
            Ok(Stopped::Fault(fault)) => {
                tracing::warn!(
                    code = fault.code,
                    culprit = fault.culprit,
                    "a stream is not read"
                );
                insights.change(household, |record| fail(record, fault));
                sleep(AGAIN_AFTER).await;
            }
            Err(error) => {
                tracing::debug!(code = error.code(), "the relay gives nothing");
                sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Notes a fault. What a device has signed stays as it is: with the same keys the same would be found, so
/// later ones are asked for. What a relay has altered is asked for again.
fn fail(record: &mut Record, fault: Fault) {
    record.phase = Phase::Faulty;
    if fault.culprit == channel::DEVICE {
        record.leave_channel();
    }
    record.channel = None;
    record.fault = Some(fault);
}

/// Follows the stream of a consent.
async fn follow(
    insights: &Insights,
    household: &Household,
    consent: &CheckedConsent,
) -> Result<Stopped, RelayError> {
    let named = match insights.relay.stream(consent).await {
        Ok(Some(named)) => named,
        Ok(None) => {
            ending::without_meter(insights, household);
            return Ok(Stopped::HungUp);
        }
        Err(RelayError::NotNamed(fault)) => return Ok(Stopped::Fault(channel::misnamed(fault))),
        Err(error) => return Err(error),
    };
    let opening = &insights.provider.keys.opening;
    let opened = Channel::open(&named, &household.record(), opening);
    let Some(mut channel) = opened else {
        insights.relay.ask_keys(consent, named.stream_id).await?;
        ending::await_keys(insights, household);
        return Ok(Stopped::KeysWanted);
    };
    if channel.begins_anew() {
        household.change(|record| (record.energy, record.channel) = (None, Some(channel.kept())));
    }
    let tail = insights
        .relay
        .tail(consent, named.stream_id, channel.sequence());
    let tail = match tail.await {
        Ok(tail) => tail,
        Err(error) if channel::is_gone(error.code()) && channel.skip_past() => {
            // The relay has not kept all of the past that the person gives: what comes now is read.
            insights.change(household, |record| record.channel = Some(channel.kept()));
            return Ok(Stopped::HungUp);
        }
        Err(error) if channel::is_gone(error.code()) => {
            // The relay has no longer what comes next for this reader: it needs keys of now.
            insights.change(household, |record| record.channel = None);
            insights.relay.ask_keys(consent, named.stream_id).await?;
            return Ok(Stopped::KeysWanted);
        }
        Err(error) => return Err(error),
    };
    let stopped = read_on(insights, household, consent, &mut channel, tail).await;
    household.change(|record| record.channel = Some(channel.kept()));
    insights.keep(household);
    stopped
}

/// Takes in what comes, and looks at the consent in between.
async fn read_on(
    insights: &Insights,
    household: &Household,
    consent: &CheckedConsent,
    channel: &mut Channel,
    mut tail: Box<dyn Tail>,
) -> Result<Stopped, RelayError> {
    let mut looking = interval(LOOK_EVERY);
    looking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut kept_at = Instant::now();
    let mut behind_since: Option<Instant> = None;
    loop {
        tokio::select! {
            coming = tail.next() => {
                let bytes = match coming {
                    Coming::Record(bytes) => bytes,
                    Coming::Ended(code) => return Ok(ended(&code)),
                    Coming::HungUp => return Ok(Stopped::HungUp),
                };
                match channel.take(&bytes) {
                    Ok(Taken::Readings(parts)) => {
                        let parts = channel::within(parts, consent.resource_set());
                        let is_first = record_readings(insights, household, parts);
                        if is_first {
                            report(insights, consent).await;
                        }
                    }
                    Ok(Taken::Gap { from, until }) => household.change(|record| {
                        if let Some(energy) = &mut record.energy {
                            energy.take_gap(from, until);
                        }
                    }),
                    Ok(Taken::Nothing) => {}
                    Ok(Taken::LeftOut) => return Ok(Stopped::Look),
                    Ok(Taken::Closed) => return Ok(Stopped::Unpaired),
                    Err(fault) => return Ok(Stopped::Fault(fault)),
                }
            }
            _ = looking.tick() => {
                if !ending::is_in_force(insights, household, consent).await {
                    return Ok(Stopped::Look);
                }
                if kept_at.elapsed() >= KEEP_EVERY {
                    if let Some(fault) = check_anchor(insights, channel, &mut behind_since).await {
                        return Ok(Stopped::Fault(fault));
                    }
                    if let Ok(Some(named)) = insights.relay.stream(consent).await
                        && channel.is_behind(&named)
                    {
                        return Ok(Stopped::Look);
                    }
                    kept_at = Instant::now();
                    household.change(|record| record.channel = Some(channel.kept()));
                    insights.keep(household);
                }
            }
        }
    }
}

/// Why a relay gives no more.
fn ended(code: &str) -> Stopped {
    match code {
        "stream-closed" => Stopped::Unpaired,
        "token-expired" => Stopped::HungUp,
        _ => Stopped::Look,
    }
}

/// Takes readings in; whether they are the first under this consent.
fn record_readings(
    insights: &Insights,
    household: &Household,
    parts: Vec<channel::NamedPart>,
) -> bool {
    household.change(|record| {
        let is_first = record.energy.is_none();
        let fresh = || crate::energy::Energy::new(insights.zone.clone());
        record.energy.get_or_insert_with(fresh).take(parts);
        record.phase = Phase::Reading;
        record.fault = None;
        is_first
    })
}

/// Tells the person, over the node, that their readings are used. That it cannot be told stops
/// nothing: the relay wrote down that they were read.
async fn report(insights: &Insights, consent: &CheckedConsent) {
    let used = consent.resource_set().clone();
    if let Err(error) = insights.provider.report_use(consent.cr_id(), used).await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a use is not reported"
        );
    }
}

/// Holds what was read against what the device anchored in the ledger.
async fn check_anchor(
    insights: &Insights,
    channel: &Channel,
    behind_since: &mut Option<Instant>,
) -> Option<Fault> {
    let anchored = insights.relay.anchored(channel.stream()).await.ok()?;
    let Err(error) = channel.check_anchor(&anchored?) else {
        *behind_since = None;
        return None;
    };
    // The records may be on their way.
    let since = *behind_since.get_or_insert_with(Instant::now);
    (since.elapsed() >= ANCHOR_PATIENCE).then(|| channel::fault(&error))
}

/// Whether a consent can be relied on now.
fn is_active(consent: &CheckedConsent) -> bool {
    consent.is_in_force(now())
}
