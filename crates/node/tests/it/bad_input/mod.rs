//! Bad input: a problem with a stable code, and nothing written.

mod operations;
mod rules;
mod scene;
mod statements;
