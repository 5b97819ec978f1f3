//! What a publisher sends to all readers when a new epoch begins.

use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use super::ChannelTag;
use super::place::{HEIGHT_MAX, Place};
use crate::aead::{self, TAG_LEN};
use crate::digest::Digest;
use crate::domains;
use crate::hkdf;
use crate::random;
use crate::vault::SecretKey;

/// Random bytes of a rotation.
const SALT_LEN: usize = 24;
/// A wrapped key of 32 bytes.
const WRAPPED_LEN: usize = 32 + TAG_LEN;
/// A wrap as it is sent: place and wrapped key.
const WRAP_LEN: usize = 5 + WRAPPED_LEN;
/// Everything before the wraps.
const HEAD_LEN: usize = 8 + 1 + SALT_LEN + 32 + 4;
/// More wraps than excluding every reader of the largest tree that is served takes.
const WRAPS_MAX: usize = 1 << 22;

/// The key of a parent, wrapped under the key of one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrap {
    pub(super) child: Place,
    pub(super) wrapped: [u8; WRAPPED_LEN],
}

/// The keys of a new epoch, for whoever stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    pub(super) epoch: u64,
    pub(super) root_height: u8,
    pub(super) salt: [u8; SALT_LEN],
    pub(super) commitment: Digest,
    /// In the order of their heights, so that a reader goes through them once.
    pub(super) wraps: Vec<Wrap>,
}

/// Why a reader cannot follow a rotation. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// It is not the one after the last: one is missing, or it comes again.
    #[error("the rotation is not the next one")]
    NotNext,
    /// There is no key in it for this reader.
    #[error("the rotation leaves this reader out")]
    Excluded,
    /// The key in it is not the one that the publisher committed to.
    #[error("the rotation commits to another key than it hands out")]
    CommitmentMismatch,
}

/// The bytes are not a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not a rotation")]
pub struct MalformedRotation;

impl Rotation {
    /// The epoch that it begins.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What the publisher commits to: nobody can be given another key of this epoch.
    pub fn commitment(&self) -> Digest {
        self.commitment
    }

    /// Numbers are big-endian: epoch (8 bytes), height of the root (1), salt (24), commitment (32),
    /// number of wraps (4); then each wrap: height (1) and index (4) of the child, wrapped key (48).
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_LEN + self.wraps.len() * WRAP_LEN);
        bytes.extend(self.epoch.to_be_bytes());
        bytes.push(self.root_height);
        bytes.extend(self.salt);
        bytes.extend(self.commitment.as_bytes());
        let count = u32::try_from(self.wraps.len()).expect("there are fewer wraps than places");
        bytes.extend(count.to_be_bytes());
        for wrap in &self.wraps {
            bytes.extend(wrap.child.to_bytes());
            bytes.extend(wrap.wrapped);
        }
        bytes
    }

    /// Reads what [`Rotation::to_bytes`] wrote.
    ///
    /// # Errors
    /// The bytes are too few or too many, or name places that no tree has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedRotation> {
        let mut rest = bytes;
        let epoch = u64::from_be_bytes(take(&mut rest)?);
        let [root_height] = take(&mut rest)?;
        let salt = take(&mut rest)?;
        let commitment = Digest::from_bytes(take(&mut rest)?);
        let count = u32::from_be_bytes(take(&mut rest)?) as usize;
        let is_possible = (1..=HEIGHT_MAX).contains(&root_height) && count <= WRAPS_MAX;
        if !is_possible || rest.len() != count * WRAP_LEN {
            return Err(MalformedRotation);
        }
        let mut wraps: Vec<Wrap> = Vec::with_capacity(count);
        for _ in 0..count {
            let child = Place::from_bytes(take(&mut rest)?);
            let is_above = wraps.last().is_none_or(|last| last.child < child);
            let is_in_tree =
                child.height < root_height && child.index >> (root_height - child.height) == 0;
            if !is_above || !is_in_tree {
                return Err(MalformedRotation);
            }
            let wrapped = take(&mut rest)?;
            wraps.push(Wrap { child, wrapped });
        }
        Ok(Self {
            epoch,
            root_height,
            salt,
            commitment,
            wraps,
        })
    }

    /// The key of the parent of `child`, if it is wrapped under `key`.
    pub(super) fn unwrap(
        &self,
        channel: &ChannelTag,
        child: Place,
        key: &SecretKey,
    ) -> Option<Result<SecretKey, Unspecified>> {
        let found = self.wraps.binary_search_by_key(&child, |wrap| wrap.child);
        let wrap = &self.wraps[found.ok()?];
        let info = Info::new(channel, self.epoch, child);
        Some(info.open(&self.salt, key, &wrap.wrapped))
    }
}

/// What a wrap is bound to.
struct Info([u8; 45]);

impl Info {
    fn new(channel: &ChannelTag, epoch: u64, child: Place) -> Self {
        let mut bytes = [0; 45];
        bytes[..32].copy_from_slice(channel);
        bytes[32..40].copy_from_slice(&epoch.to_be_bytes());
        bytes[40..].copy_from_slice(&child.to_bytes());
        Self(bytes)
    }

    /// HKDF-SHA-256 of the child's key for this one wrap.
    fn derive(&self, salt: &[u8; SALT_LEN], key: &SecretKey) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
        let secret = hkdf::extract(salt, &[key.as_bytes()]);
        let bytes = hkdf::expand::<44>(&secret, &[domains::KEY_TREE_WRAP.as_bytes(), &self.0]);
        let (key, nonce) = bytes.split_first_chunk().expect("44 bytes begin with 32");
        let nonce = nonce.try_into().expect("44 bytes end with 12");
        (Zeroizing::new(*key), nonce)
    }

    fn open(
        &self,
        salt: &[u8; SALT_LEN],
        key: &SecretKey,
        wrapped: &[u8; WRAPPED_LEN],
    ) -> Result<SecretKey, Unspecified> {
        let (key, nonce) = self.derive(salt, key);
        let opened = Zeroizing::new(aead::open(&key, &nonce, &self.0, wrapped)?);
        let opened = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| Unspecified)?;
        Ok(SecretKey::from_bytes(opened))
    }
}

/// Wraps the keys of one rotation.
pub(super) struct Wrapper<'c> {
    channel: &'c ChannelTag,
    epoch: u64,
    salt: [u8; SALT_LEN],
    wraps: Vec<Wrap>,
}

impl<'c> Wrapper<'c> {
    pub(super) fn new(channel: &'c ChannelTag, epoch: u64) -> Self {
        Self {
            channel,
            epoch,
            salt: random::random_bytes(),
            wraps: Vec::new(),
        }
    }

    /// Wraps the key of a parent under that of a child.
    pub(super) fn wrap(&mut self, child: Place, key: &SecretKey, parent: &SecretKey) {
        let info = Info::new(self.channel, self.epoch, child);
        let (key, nonce) = info.derive(&self.salt, key);
        let mut wrapped = Vec::with_capacity(WRAPPED_LEN);
        aead::seal_onto(&mut wrapped, &key, &nonce, &info.0, parent.as_bytes());
        let wrapped = wrapped.try_into().expect("a wrapped key has 48 bytes");
        self.wraps.push(Wrap { child, wrapped });
    }

    /// What looks like a wrap for somebody below a child that nobody is below.
    pub(super) fn decoy(&mut self, child: Place) {
        let wrapped = random::random_bytes();
        self.wraps.push(Wrap { child, wrapped });
    }

    pub(super) fn finish(mut self, root_height: u8, root: &SecretKey) -> Rotation {
        self.wraps.sort_unstable_by_key(|wrap| wrap.child);
        Rotation {
            epoch: self.epoch,
            root_height,
            salt: self.salt,
            commitment: commitment(self.channel, self.epoch, root),
            wraps: self.wraps,
        }
    }
}

/// The commitment to the key of an epoch.
pub(super) fn commitment(channel: &ChannelTag, epoch: u64, root: &SecretKey) -> Digest {
    let epoch = epoch.to_be_bytes();
    Digest::tagged(domains::EPOCH_KEY, &[channel, &epoch, root.as_bytes()])
}

pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], MalformedRotation> {
    let (head, tail) = rest.split_first_chunk().ok_or(MalformedRotation)?;
    *rest = tail;
    Ok(*head)
}
