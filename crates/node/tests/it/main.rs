//! Tests of the node, in process and over real sockets. One binary; one module an area.

#![expect(clippy::unwrap_used, reason = "tests")]

mod calls;
mod household;
mod receiver;
mod world;

mod starting;
mod story;
mod webhooks;
