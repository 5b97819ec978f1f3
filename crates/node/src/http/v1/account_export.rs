//! Everything that the node holds about a person, in one document.

use assent_api::problem::Code;
use assent_api::v1::accounts::{
    AccountExport, ActivityView, EXPORT_FORMAT, KeptForm, MeterView, NotificationView,
};
use assent_api::v1::consents::{ConsentView, RequestView};
use assent_api::v1::keyring::Keyring;
use assent_api::v1::links::LinkView;
use assent_exchange::event::Event;
use assent_exchange::release::event::ReleaseEvent;
use assent_ledger::sequencer::LeafContent;
use assent_model::ids::PartyId;
use assent_model::records::release::UseReceipt;
use serde_json::Value;

use super::{consent_requests, consents, identity, links};
use crate::accounts::{self, Belongings};
use crate::contacts;
use crate::history::history;
use crate::homes::{self, acts, delegates};
use crate::http::failure::Failure;
use crate::keyrings;
use crate::meters;
use crate::node::Node;
use crate::notifications;
use crate::passkeys;
use crate::providers::bindings;
use crate::streams::grants;
use crate::vaulted;

/// How many notifications are read at a time.
const PAGE: u32 = 256;

/// The export of a party's account.
pub(crate) async fn export(node: &Node, party: PartyId) -> Result<AccountExport, Failure> {
    let belongings = accounts::belongings(node, party).await?;
    let (links, requests, consents) = records(node, &belongings).await?;
    let mut log = Log::default();
    log.read(node, &party.to_string()).await?;
    for link in &links {
        log.read(node, &link.slr_id.to_string()).await?;
    }
    for request in &requests {
        log.read(node, &request.request_id.to_string()).await?;
    }
    for consent in &consents {
        log.read(node, &consent.cr_id.to_string()).await?;
    }
    log.activity
        .sort_by(|one, other| (one.index, &one.subject).cmp(&(other.index, &other.subject)));
    Ok(AccountExport {
        format: EXPORT_FORMAT.into(),
        exported_at: node.clock.now().as_millis(),
        party: identity::view(node, party).await?,
        contact: contacts::contact_of(node, party).await?,
        keyring: keyring(node, party).await?,
        bindings: bindings::list(node, party).await?,
        passkeys: passkeys::list(node, party).await?,
        pseudonyms: accounts::pseudonyms(node, party).await?,
        forms: forms(node, &belongings).await?,
        links,
        requests,
        consents,
        receipts: log.receipts,
        activity: log.activity,
        meters: meters(node, party).await?,
        homes: views(homes::of(node, party).await?),
        delegates: views(delegates::of(node, party).await?),
        delegate_acts: views(acts::of(node, party).await?),
        notifications: told(node, party).await?,
    })
}

async fn keyring(node: &Node, party: PartyId) -> Result<Option<Keyring>, Failure> {
    let kept = keyrings::of(node, party).await?;
    Ok(kept.map(|kept| Keyring {
        keyring: kept.keyring,
        wrappings: kept.wrappings,
    }))
}

fn views<T: Into<V>, V>(all: Vec<T>) -> Vec<V> {
    all.into_iter().map(Into::into).collect()
}

/// All that the person was told, oldest first.
async fn told(node: &Node, party: PartyId) -> Result<Vec<NotificationView>, Failure> {
    let mut told: Vec<NotificationView> = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let page = notifications::newest(node, party, before.as_deref(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        before = page.last().map(|(id, _)| id.clone());
        told.extend(page.into_iter().map(|(_, said)| said.into()));
        if is_last {
            told.reverse();
            return Ok(told);
        }
    }
}

async fn meters(node: &Node, party: PartyId) -> Result<Vec<MeterView>, Failure> {
    let mut views = Vec::new();
    for meter in meters::meters(node, party).await? {
        let status = if meter.is_open() { "open" } else { "closed" };
        let granted = grants::of_stream(node, meter.stream_id).await?;
        let granted = granted.into_iter().map(|granted| granted.cr_id);
        views.push(MeterView {
            stream_id: meter.stream_id,
            label: meter.label,
            device: meter.stream.device,
            holder: meter.stream.holder,
            status: status.to_owned(),
            granted: granted.collect(),
        });
    }
    Ok(views)
}

type Records = (Vec<LinkView>, Vec<RequestView>, Vec<ConsentView>);

async fn records(node: &Node, belongings: &Belongings) -> Result<Records, Failure> {
    let (mut links, mut requests, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for surrogate in &belongings.surrogates {
        for id in accounts::listed(node, *surrogate, "links").await? {
            links.push(links::view(node, id).await?);
        }
        for id in accounts::listed(node, *surrogate, "requests").await? {
            requests.push(consent_requests::view(node, id).await?);
        }
        for id in accounts::listed(node, *surrogate, "consents").await? {
            given.push(consents::view(node, id).await?);
        }
    }
    Ok((links, requests, given))
}

async fn forms(node: &Node, belongings: &Belongings) -> Result<Vec<KeptForm>, Failure> {
    let mut forms = Vec::new();
    for surrogate in &belongings.surrogates {
        for entry in node.store.vault_of(&surrogate.to_string()).await? {
            if entry.kind == consents::FORM {
                let opened = vaulted::open(node, &entry)?;
                let form: Result<KeptForm, _> = serde_json::from_slice(&opened);
                forms.push(form.map_err(|_| Failure::from(Code::Internal))?);
            }
        }
    }
    Ok(forms)
}

/// What the log tells about several subjects.
#[derive(Default)]
struct Log {
    receipts: Vec<UseReceipt>,
    activity: Vec<ActivityView>,
}

impl Log {
    async fn read(&mut self, node: &Node, subject: &str) -> Result<(), Failure> {
        for leaf in history(&node.store, subject).await? {
            if let Event::Release(ReleaseEvent::Recorded { batch }) = &leaf.event {
                // A batch holds the receipts of everybody.
                let about = |receipt: &&UseReceipt| receipt.cr_id.to_string() == subject;
                self.receipts
                    .extend(batch.content().receipts.iter().filter(about).cloned());
            }
            self.activity.push(activity(&leaf, subject));
        }
        Ok(())
    }
}

fn activity(leaf: &LeafContent<Event>, subject: &str) -> ActivityView {
    let event = serde_json::to_value(&leaf.event).expect("an event has a JSON form");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    ActivityView {
        at: leaf.time.as_millis(),
        index: leaf.index,
        subject: subject.to_owned(),
        event: format!(
            "{}/{}",
            text(&event["component"]),
            text(&event["what"]["type"])
        ),
    }
}
