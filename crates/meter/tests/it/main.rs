//! Tests of the P1 parser as its users see it.

mod countries;
#[cfg(feature = "zones")]
mod datasets;
mod fixtures;
mod framing;
#[cfg(feature = "zones")]
mod household;
mod lines;
mod properties;
mod telegrams;
#[cfg(feature = "zones")]
mod zone;
