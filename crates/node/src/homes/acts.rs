//! What delegates did. The ledger knows nothing of delegates, so this is written down before the act
//! takes place: sealed, for the person alone, who finds it on the timeline.

use assent_api::v1::accounts::ActView;
use assent_model::ids::{ConsentId, PartyId};
use assent_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::delegates::Delegation;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the bodies, one for each act.
const KIND: &str = "delegate-act";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Did {
    /// The person invited the delegate.
    Invited,
    /// The delegate accepted.
    Accepted,
    /// The delegate began to look.
    Opened,
    /// The delegate pressed the button that pauses a consent.
    Paused,
    /// The delegate gave the invitation back.
    Left,
    /// The person took the invitation back.
    Removed,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Act {
    /// When.
    pub(crate) at: Timestamp,
    /// Which of those at one time: counted when acts are read.
    #[serde(skip)]
    pub(crate) nth: u32,
    /// What the person calls the delegate.
    pub(crate) name: String,
    /// The delegate, once there is one.
    pub(crate) delegate: Option<PartyId>,
    /// What was done.
    pub(crate) did: Did,
    /// To which consent.
    pub(crate) consent: Option<ConsentId>,
}

impl From<Act> for ActView {
    fn from(act: Act) -> Self {
        let did = serde_json::to_value(act.did).expect("a unit variant has a JSON form");
        Self {
            at: act.at.as_millis(),
            name: act.name,
            delegate: act.delegate,
            did: did.as_str().unwrap_or_default().to_owned(),
            cr_id: act.consent,
        }
    }
}

/// The acts of all delegates of a person, oldest first.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn of(node: &Node, owner: PartyId) -> Result<Vec<Act>, Failure> {
    let entries = node.store.vault_of_kind(&owner.to_string(), KIND).await?;
    let acts = (0_u32..).zip(&entries).map(|(nth, entry)| {
        let act: Act = vaulted::read(node, entry)?;
        Ok(Act { nth, ..act })
    });
    acts.collect()
}

/// Writes an act down.
///
/// # Errors
/// The store does not take writes: then the act must not take place.
pub(super) async fn note(
    node: &Node,
    owner: PartyId,
    delegation: &Delegation,
    did: Did,
    consent: Option<ConsentId>,
) -> Result<(), Failure> {
    let act = Act {
        at: node.clock.now(),
        nth: 0,
        name: delegation.name.clone(),
        delegate: delegation.delegate(),
        did,
        consent,
    };
    vaulted::add(node, &owner.to_string(), KIND, &act).await
}
