//! How often letters are written that anybody can ask for, to an address that need not be theirs.
//!
//! Each network has a share of each address, so that a stranger does not use up what the owner of the
//! address may ask for. All networks together have a few shares, so that nobody's mailbox is flooded; and
//! one network asks for so many letters only, whatever the addresses.

use assent_crypto::digest::Digest;
use assent_model::time::{Span, Timestamp};

use super::allowance::Allowance;
use crate::http::failure::Failure;
use crate::network::Network;

/// Within which span letters are counted.
const HOUR: Span = Span::from_minutes(60);
/// How many networks use up their shares of an address until it gets no more letters.
const SHARES: u32 = 5;
/// How many letters one network may ask for, whatever the addresses.
const OF_NETWORK: u32 = 600;

/// The allowance of one kind of letter.
#[derive(Debug)]
pub struct LetterAllowance {
    by_network: Allowance<Network>,
    shares: Allowance<(Digest, Network)>,
    by_address: Allowance<Digest>,
}

impl LetterAllowance {
    /// Allows a network so many letters an hour to one address.
    pub fn new(share: u32) -> Self {
        Self {
            by_network: Allowance::new(OF_NETWORK, HOUR),
            shares: Allowance::new(share, HOUR),
            by_address: Allowance::new(share * SHARES, HOUR),
        }
    }

    /// Uses it once: for the address with this index, which somebody in this network names.
    ///
    /// # Errors
    /// It is used up.
    pub fn take(&self, index: Digest, network: Network, now: Timestamp) -> Result<(), Failure> {
        self.by_network.take(network, now)?;
        self.shares.take((index, network), now)?;
        self.by_address.take(index, now)
    }

    /// So many letters to an address within such a span are allowed to one network.
    pub fn limit(&self) -> (u32, Span) {
        self.shares.limit()
    }

    /// How often it was refused since the node was started.
    pub fn refused(&self) -> u64 {
        self.by_network.refused() + self.shares.refused() + self.by_address.refused()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    fn network(place: u8) -> Network {
        Network::of([192, 0, 2, place].into())
    }

    /// Attack: use up the letters of somebody else.
    #[test]
    fn a_stranger_leaves_the_owner_of_an_address_a_share() {
        let (allowance, ann) = (LetterAllowance::new(3), Digest::of(b"ann"));
        let take = |place| allowance.take(ann, network(place), BEGIN).is_ok();
        let taken = (0..100).filter(|_| take(1)).count();
        assert_eq!(taken, 3);
        assert!(take(2), "the owner asks from elsewhere");
    }

    /// Attack: have many networks write to one mailbox.
    #[test]
    fn an_address_gets_so_many_letters_from_all_together() {
        let (allowance, ann) = (LetterAllowance::new(3), Digest::of(b"ann"));
        let asked = (0..100).flat_map(|place| [place; 3]);
        let taken = asked.filter(|place| allowance.take(ann, network(*place), BEGIN).is_ok());
        assert_eq!(taken.count(), 15);
        let bob = Digest::of(b"bob");
        assert!(allowance.take(bob, network(1), BEGIN).is_ok());
    }

    /// Attack: fill the memory of codes with addresses that nobody has.
    #[test]
    fn a_network_asks_for_so_many_letters_whatever_the_addresses() {
        let allowance = LetterAllowance::new(3);
        let asked = (0..2_000_u32).map(|name| Digest::of(&name.to_be_bytes()));
        let taken = asked.filter(|index| allowance.take(*index, network(1), BEGIN).is_ok());
        assert_eq!(taken.count(), 600);
    }
}
