//! A key tree: one publisher, many readers, and one epoch key that changes when a reader comes or
//! goes (logical key hierarchy, RFC 2627, section 5.4).
//!
//! Every reader has a leaf and knows the keys from there to the root; the root key is the key of the
//! epoch. When readers go, every key that they knew gets a fresh one in its place, wrapped under the
//! keys of the children that stay: one rotation costs two wraps a level of the tree, however many
//! readers there are. A reader that went knows none of the keys that the fresh ones are wrapped
//! under, alone or together with all others that ever went (invariant 3).
//!
//! - A rotation commits to the new epoch key, because GCM does not: a publisher cannot give two
//!   readers two keys unnoticed.
//! - Wrapping keys come from 24 fresh random bytes a rotation, so that a publisher restored from a
//!   snapshot uses no key and nonce twice (invariant 6).
//! - Who is reading does not show: leaves are drawn at random, at most half of them are taken, and a
//!   rotation has a wrap for every child, a random one where nobody is below. Up to 16 readers look
//!   like none; beyond, the height of the tree shows how many bits their number has.
//!
//! Nothing here signs, orders or stores: the channel does, and who signs a rotation is for it to say.
//!
//! ```
//! use assent_crypto::key_tree::{KeyTree, Reader};
//!
//! let mut tree = KeyTree::new([7; 32]);
//! let (ann, _) = tree.admit();
//! let mut ann_reads = Reader::new([7; 32], tree.path_keys(ann).expect("ann is admitted"));
//!
//! let (ben, rotation) = tree.admit();
//! let mut ben_reads = Reader::new([7; 32], tree.path_keys(ben).expect("ben is admitted"));
//! ann_reads.apply(&rotation)?;
//! assert_eq!(ann_reads.epoch_key().as_bytes(), ben_reads.epoch_key().as_bytes());
//!
//! let rotation = tree.exclude(&[ben]);
//! ann_reads.apply(&rotation)?;
//! assert!(ben_reads.apply(&rotation).is_err());
//! assert_eq!(ann_reads.epoch_key().as_bytes(), tree.epoch_key().as_bytes());
//! # Ok::<(), assent_crypto::key_tree::RotationError>(())
//! ```

mod place;
mod publisher;
mod reader;
mod rotation;
#[cfg(test)]
mod tests;

pub use place::Leaf;
pub use publisher::KeyTree;
pub use reader::{PathKeys, Reader};
pub use rotation::{MalformedRotation, Rotation, RotationError};

/// Names a channel: wraps of one channel open in no other.
pub type ChannelTag = [u8; 32];
