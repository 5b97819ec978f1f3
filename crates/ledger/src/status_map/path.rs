//! Where a node stands in the map.

use std::fmt;

/// The digits of the longest path: two keys part at the latest in their last digit.
const DEPTH_MAX: usize = 63;

/// The hexadecimal digits that lead from the root to a node. In order, a node comes before those
/// below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodePath {
    /// The digits, two in a byte; zero after the last.
    digits: [u8; 32],
    depth: u8,
}

impl NodePath {
    /// The path of the root.
    pub(super) const ROOT: NodePath = NodePath {
        digits: [0; 32],
        depth: 0,
    };

    /// Reads a path as it is stored: lower-case digits, none for the root.
    pub(super) fn parse(text: &str) -> Option<NodePath> {
        if text.len() > DEPTH_MAX {
            return None;
        }
        text.bytes()
            .try_fold(NodePath::ROOT, |path, character| match character {
                b'0'..=b'9' => Some(path.child(character - b'0')),
                b'a'..=b'f' => Some(path.child(character - b'a' + 10)),
                _ => None,
            })
    }

    /// The path one digit on.
    pub(super) fn child(mut self, digit: u8) -> NodePath {
        let depth = self.depth();
        self.digits[depth / 2] |= if depth.is_multiple_of(2) {
            digit << 4
        } else {
            digit
        };
        self.depth += 1;
        self
    }

    /// The path one digit back, and that digit.
    pub(super) fn parent(mut self) -> Option<(NodePath, u8)> {
        self.depth = self.depth.checked_sub(1)?;
        let byte = &mut self.digits[usize::from(self.depth / 2)];
        let digit = if self.depth.is_multiple_of(2) {
            *byte >> 4
        } else {
            *byte & 0x0f
        };
        *byte &= if self.depth.is_multiple_of(2) {
            0x00
        } else {
            0xf0
        };
        Some((self, digit))
    }

    /// The number of digits.
    pub(super) fn depth(self) -> usize {
        usize::from(self.depth)
    }

    /// Whether a key with these bytes is led through this node.
    pub(super) fn leads_to(self, key: &super::StatusKey) -> bool {
        (0..self.depth()).all(|depth| key.digit(depth) == self.digit(depth))
    }

    fn digit(self, depth: usize) -> u8 {
        let byte = self.digits[depth / 2];
        if depth.is_multiple_of(2) {
            byte >> 4
        } else {
            byte & 0x0f
        }
    }
}

impl fmt::Display for NodePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.depth()).try_for_each(|depth| write!(f, "{:x}", self.digit(depth)))
    }
}
