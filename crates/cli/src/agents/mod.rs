//! What persons and providers do at a node: the one way to do it, for commands and demonstration.
//!
//! An agent holds the keys of one party and talks over HTTP alone. It writes a new key to disk
//! before it uses it, so that nothing is ever signed with a key that could be lost.

pub(crate) mod keys;
pub(crate) mod person;
pub(crate) mod provider;
