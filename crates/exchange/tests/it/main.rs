//! Tests of the rules as a whole.

#[path = "../../src/fixture/mod.rs"]
mod fixture;

mod auditor;
mod commands;
mod histories;
mod run;
mod weaknesses;
mod workload;
