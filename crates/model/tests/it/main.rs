//! Tests of the public behaviour of the crate, one module for each of its own.

mod canonical;
mod description;
mod ids;
mod logo;
mod names;
mod records;
mod statement;
mod time;
mod vocabulary;
