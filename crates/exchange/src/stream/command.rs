//! What can be asked of the stream component.

use assent_model::records::stream::{StreamAnchor, StreamClosing, StreamOpening};
use assent_model::statement::Verified;

/// A command of the stream component.
#[derive(Debug, Clone)]
pub enum StreamCommand {
    /// Device and person pair.
    Open(Verified<StreamOpening>),
    /// The device says how far the channel has come.
    Anchor(Verified<StreamAnchor>),
    /// Device or person unpair.
    Close(Verified<StreamClosing>),
}
