//! HTTP: one file an area under `v1`, its path mirroring the URL.

pub mod body;
pub mod caller;
pub mod failure;
mod observe;
mod pages;
mod rate;
pub mod router;
mod v1;
