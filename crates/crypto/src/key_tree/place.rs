//! Places in the tree, counted from the leaves up, so that they keep their names when it grows.

/// The leaf of a reader. Drawn at random: it says nothing about who came when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leaf(pub u32);

/// The highest root: more leaves than anybody has readers, and indices that fit 32 bits.
pub(super) const HEIGHT_MAX: u8 = 31;

/// The height of a root from the beginning: 32 leaves, of which 16 are given before the tree grows,
/// which shows in a rotation. A household has fewer readers.
pub(super) const HEIGHT_MIN: u8 = 5;

/// A place: leaves have height 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) height: u8,
    pub(super) index: u32,
}

impl Place {
    pub(super) const fn leaf(leaf: Leaf) -> Self {
        Self {
            height: 0,
            index: leaf.0,
        }
    }

    /// The place `height` levels above the leaves on the way from a leaf to the root.
    pub(super) const fn above(leaf: Leaf, height: u8) -> Self {
        Self {
            height,
            index: leaf.0 >> height,
        }
    }

    pub(super) const fn children(self) -> [Self; 2] {
        let height = self.height - 1;
        let index = self.index << 1;
        [
            Self { height, index },
            Self {
                height,
                index: index | 1,
            },
        ]
    }

    /// As it stands in rotations and enters derivations.
    pub(super) const fn to_bytes(self) -> [u8; 5] {
        let [a, b, c, d] = self.index.to_be_bytes();
        [self.height, a, b, c, d]
    }

    pub(super) const fn from_bytes([height, a, b, c, d]: [u8; 5]) -> Self {
        Self {
            height,
            index: u32::from_be_bytes([a, b, c, d]),
        }
    }
}
