//! Tests of the public behaviour of the crate, one module for each of its modules.

mod signature;
