//! Consents that the person has just stopped: a valid withdrawal stops releases when it arrives,
//! before it is ordered and durable.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use assent_api::v1::Outcome;
use assent_exchange::command::Command;
use assent_exchange::consent::command::StatusChange;
use assent_exchange::consent::state::Consent;
use assent_exchange::identity::state::Party;
use assent_model::ids::ConsentId;
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord};
use assent_model::statement::Verified;

use crate::http::failure::Failure;
use crate::node::Node;

/// The consents whose end or pause is on its way into a block.
#[derive(Debug, Clone, Default)]
pub struct Stopping(Arc<Mutex<BTreeMap<ConsentId, usize>>>);

/// Holds consents stopped until it is dropped: by then the status is durable, or was refused.
#[derive(Debug)]
pub struct Stopped {
    stopping: Stopping,
    consents: Vec<ConsentId>,
}

impl Stopping {
    fn consents(&self) -> MutexGuard<'_, BTreeMap<ConsentId, usize>> {
        self.0
            .lock()
            .expect("nothing panics while it holds the list")
    }

    /// Stops releases of these consents for as long as the answer is held.
    pub fn stop(&self, consents: Vec<ConsentId>) -> Stopped {
        let mut stopped = self.consents();
        for consent in &consents {
            *stopped.entry(*consent).or_default() += 1;
        }
        drop(stopped);
        Stopped {
            stopping: self.clone(),
            consents,
        }
    }

    /// Whether releases of this consent are stopped.
    pub fn holds(&self, consent: ConsentId) -> bool {
        self.consents().contains_key(&consent)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let mut stopped = self.stopping.consents();
        for consent in &self.consents {
            if let Some(count) = stopped.get_mut(consent) {
                *count -= 1;
                if *count == 0 {
                    stopped.remove(consent);
                }
            }
        }
    }
}

/// Submits a command that changes these statuses. Releases of what it takes away stop now and
/// not when the record is durable; they go on if it is refused.
///
/// # Errors
/// The command is refused, or the node cannot take it.
pub async fn submit(
    node: &Arc<Node>,
    command: Command,
    changes: &[StatusChange],
) -> Result<Outcome, Failure> {
    let mut consents = Vec::new();
    for change in changes {
        for record in std::iter::once(&change.primary).chain(&change.counterpart) {
            if takes_away(node, record).await? {
                consents.push(record.content().cr_id);
            }
        }
    }
    let stopped = node.stopping.stop(consents);
    let node = Arc::clone(node);
    // A task of its own: a caller that hangs up must not set the releases free again before the
    // command is decided.
    let submission = tokio::spawn(async move {
        let outcome = node.intake.submit(command, Vec::new()).await;
        drop(stopped);
        outcome
    });
    let outcome = submission.await.map_err(|_| Failure::unavailable())?;
    Ok(outcome?)
}

/// Whether a record pauses, narrows or ends a consent and is signed by who can do so: nobody
/// else may stop a release, not even for a moment.
async fn takes_away(node: &Node, record: &Verified<ConsentStatusRecord>) -> Result<bool, Failure> {
    let said = record.content();
    let Some(consent) = node.state.get::<Consent>(&said.cr_id).await? else {
        return Ok(false);
    };
    let operator = node.state.get::<Party>(&node.operator).await?;
    let by_person = consent.key == *record.signer();
    let by_operator = operator.is_some_and(|operator| operator.signing_key == *record.signer());
    let is_less =
        said.consent_status != ConsentStatus::Active || said.resource_set != consent.resource_set;
    Ok(is_less && (by_person || by_operator))
}
