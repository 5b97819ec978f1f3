//! Tests of the P1 parser as its users see it.

mod countries;
mod fixtures;
mod framing;
mod lines;
mod properties;
mod telegrams;
