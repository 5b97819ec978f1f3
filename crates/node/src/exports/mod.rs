//! What leaves the node in formats of others.

pub mod receipts;
