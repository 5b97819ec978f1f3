//! Mail: letters from the catalogue, sent over SMTP or, in development, written to files.
//!
//! A letter holds a code and the address of the node, and nothing else of anybody's: no name, no
//! service, no data, no picture, no link that tells who opened it.

pub mod catalogue;
pub mod mailer;
mod message;
pub mod post;
#[cfg(test)]
mod tests;
