//! Webhooks: thin, signed messages that tell a service that something happened to a consent,
//! request or link of its own. What happened it reads from the node, with its own proof.

mod messages;

pub use messages::outbox_messages;
