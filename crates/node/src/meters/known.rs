//! What the node remembers of meters whose keys are elsewhere: which streams are somebody's, and what
//! the meters called themselves. It is erased with the account.

use assent_model::ids::{PartyId, StreamId, SurrogateId};
use serde::{Deserialize, Serialize};

use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the bodies.
const KIND: &str = "known-meter";

/// A meter that somebody has entered a code of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownMeter {
    /// Its stream.
    pub(crate) stream_id: StreamId,
    /// Who holds the stream, if the pairing came about.
    pub(crate) holder: SurrogateId,
    /// What it called itself.
    pub(crate) label: String,
}

/// Remembers a meter.
pub(super) async fn keep(node: &Node, party: PartyId, meter: &KnownMeter) -> Result<(), Failure> {
    let known = of(node, party).await?;
    if known.contains(meter) {
        return Ok(());
    }
    vaulted::add(node, &party.to_string(), KIND, meter).await
}

/// The meters of a person. One that does not open is left out.
pub(super) async fn of(node: &Node, party: PartyId) -> Result<Vec<KnownMeter>, Failure> {
    let entries = node.store.vault_of(&party.to_string()).await?;
    let known = entries.iter().filter(|entry| entry.kind == KIND);
    let read = known.filter_map(|entry| vaulted::if_it_opens(KIND, vaulted::read(node, entry)));
    Ok(read.collect())
}
