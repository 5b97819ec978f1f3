//! The HTTP contract of a node: transfer objects, paths, problem codes.
//!
//! Transfer objects are twins of the model's types: the model can change without changing the
//! wire, and nothing here decides anything. This crate opens no socket.
//!
//! ```
//! use assent_api::problem::{Code, Problem};
//!
//! let problem = Problem::new(Code::Unauthenticated);
//! assert_eq!(problem.status, 401);
//! assert_eq!(problem.kind, "/problems/unauthenticated");
//! ```

pub mod evidence;
pub mod problem;
pub mod request_proof;
pub mod v1;
