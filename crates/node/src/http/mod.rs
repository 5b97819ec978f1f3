//! HTTP: one file an area under `v1`, its path mirroring the URL.

pub mod body;
pub mod caller;
pub mod catalogue;
mod conditional;
pub mod failure;
mod idempotency;
mod observe;
pub mod openapi;
mod page_caller;
mod pages;
mod problems;
mod rate;
pub mod router;
pub(crate) mod v1;
