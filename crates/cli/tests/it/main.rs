//! The built command, as a user runs it: processes, files and sockets, nothing inside.

mod calls;
mod completions;
mod configuration;
mod coverage;
mod demonstration;
mod life;
mod operations;
mod program;
mod streams;
mod tutorial;
mod verification;
mod wallets;
