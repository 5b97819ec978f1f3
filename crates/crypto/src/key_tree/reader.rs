//! A reader's side: the keys from its leaf to the root.

use std::fmt;

use zeroize::Zeroizing;

use super::ChannelTag;
use super::place::{HEIGHT_MAX, Leaf, Place};
use super::rotation::{MalformedRotation, Rotation, RotationError, commitment};
use crate::vault::SecretKey;

/// What a reader is given when it is admitted: all keys from its leaf to the root, and nothing else.
pub struct PathKeys {
    pub(super) leaf: Leaf,
    pub(super) epoch: u64,
    /// By height, from the leaf's own.
    pub(super) keys: Vec<SecretKey>,
}

impl PathKeys {
    /// Leaf (4 bytes, big-endian), epoch (8), then 32 bytes for each key from the leaf up. To be
    /// sealed to the reader.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(12 + self.keys.len() * 32));
        bytes.extend(self.leaf.0.to_be_bytes());
        bytes.extend(self.epoch.to_be_bytes());
        for key in &self.keys {
            bytes.extend(key.as_bytes());
        }
        bytes
    }

    /// Reads what [`PathKeys::to_bytes`] wrote.
    ///
    /// # Errors
    /// The bytes are not the keys of a path.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedRotation> {
        let (leaf, rest) = bytes.split_first_chunk().ok_or(MalformedRotation)?;
        let (epoch, rest) = rest.split_first_chunk().ok_or(MalformedRotation)?;
        let (keys, remainder) = rest.as_chunks::<32>();
        let is_path = (2..=usize::from(HEIGHT_MAX) + 1).contains(&keys.len());
        if !is_path || !remainder.is_empty() {
            return Err(MalformedRotation);
        }
        Ok(Self {
            leaf: Leaf(u32::from_be_bytes(*leaf)),
            epoch: u64::from_be_bytes(*epoch),
            keys: keys.iter().copied().map(SecretKey::from_bytes).collect(),
        })
    }
}

impl fmt::Debug for PathKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PathKeys(..)")
    }
}

/// A reader that follows the rotations of a channel.
pub struct Reader {
    channel: ChannelTag,
    path: PathKeys,
}

impl Reader {
    /// A reader as of the epoch of its path keys.
    pub fn new(channel: ChannelTag, path: PathKeys) -> Self {
        Self { channel, path }
    }

    /// The epoch that it has the key of.
    pub fn epoch(&self) -> u64 {
        self.path.epoch
    }

    /// The key of that epoch.
    pub fn epoch_key(&self) -> &SecretKey {
        self.path.keys.last().expect("a path ends at the root")
    }

    /// The keys as they are now, to be kept under seal.
    pub fn path_keys(&self) -> &PathKeys {
        &self.path
    }

    /// Follows a rotation. Nothing changes where it fails.
    ///
    /// # Errors
    /// See [`RotationError`].
    pub fn apply(&mut self, rotation: &Rotation) -> Result<(), RotationError> {
        if Some(rotation.epoch) != self.path.epoch.checked_add(1) {
            return Err(RotationError::NotNext);
        }
        let root_height = usize::from(rotation.root_height);
        let mut fresh: Vec<Option<SecretKey>> = Vec::with_capacity(root_height + 1);
        fresh.push(None);
        for height in 1..=rotation.root_height {
            let below = usize::from(height) - 1;
            let known = fresh[below].as_ref().or(self.path.keys.get(below));
            let known = known.ok_or(RotationError::Excluded)?;
            let child = Place::above(self.path.leaf, height - 1);
            let unwrapped = rotation.unwrap(&self.channel, child, known);
            let unwrapped = unwrapped.transpose();
            fresh.push(unwrapped.map_err(|_| RotationError::Excluded)?);
        }
        // The root is replaced in every rotation.
        let root = fresh[root_height].as_ref().ok_or(RotationError::Excluded)?;
        if commitment(&self.channel, rotation.epoch, root) != rotation.commitment {
            return Err(RotationError::CommitmentMismatch);
        }
        self.path.keys.truncate(root_height + 1);
        for (height, key) in fresh.into_iter().enumerate() {
            match key {
                Some(key) if height < self.path.keys.len() => self.path.keys[height] = key,
                Some(key) => self.path.keys.push(key),
                None => {}
            }
        }
        self.path.epoch = rotation.epoch;
        Ok(())
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader(..)")
    }
}
