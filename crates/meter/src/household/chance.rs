//! Numbers that look random and are the same for the same seed, whatever was asked before.

/// The luck of one household.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(mixed(seed))
    }

    /// A number below `bound` for this day (or other index) and this question.
    pub(super) fn below(self, index: i64, question: u64, bound: i64) -> i64 {
        let number = mixed(self.0 ^ mixed(index.cast_unsigned()) ^ question.rotate_left(32));
        let bound = u64::try_from(bound).expect("bounds are positive");
        i64::try_from(number % bound).expect("below a bound that was signed")
    }

    /// A number from `-most` to `most`.
    pub(super) fn spread(self, index: i64, question: u64, most: i64) -> i64 {
        self.below(index, question, 2 * most + 1) - most
    }
}

/// The output function of SplitMix64 (Steele, Lea and Flood, 2014).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
