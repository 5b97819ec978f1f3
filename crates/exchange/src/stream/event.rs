//! What can happen to a stream.

use assent_model::ids::PartyId;
use assent_model::records::stream::{StreamAnchor, StreamClosing, StreamHolding, StreamOpening};
use assent_model::statement::Recorded;
use serde::{Deserialize, Serialize};

/// An event of the stream component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum StreamEvent {
    /// A device was paired.
    Opened {
        /// The device's statement.
        opening: Recorded<StreamOpening>,
        /// The person's, which stands in it.
        holding: Recorded<StreamHolding>,
    },
    /// The channel has come this far.
    Anchored {
        /// The device's statement.
        anchor: Recorded<StreamAnchor>,
    },
    /// The device was unpaired.
    Closed {
        /// The signed statement.
        closing: Recorded<StreamClosing>,
        /// The device that is free again.
        device: PartyId,
    },
}
