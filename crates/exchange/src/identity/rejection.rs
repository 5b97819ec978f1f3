//! Why the identity component refuses, in the order in which it checks.

use crate::rejection::rejections;

rejections! {
    /// A refusal of the identity component.
    IdentityRejection {
        /// The chain has a genesis already.
        ChainOpen = "chain-open", "the chain is open already";
        /// The party's id is not the one of the signing key.
        PartyMismatch = "party-mismatch", "the party id is not derived from the signing key";
        /// The id is in use.
        PartyIdTaken = "party-id-taken", "a party with this id exists";
        /// No such party.
        PartyUnknown = "party-unknown", "there is no party with this id";
        /// The party was deactivated.
        PartyDeactivated = "party-deactivated", "the party was deactivated";
        /// Not signed with the key that this takes.
        WrongKey = "wrong-key", "the statement is signed with another key than the one on record";
        /// The proof of possession of a new key does not hold.
        PossessionUnproven = "possession-unproven", "possession of a key is not proven";
        /// One key would serve in two roles.
        KeysEqual = "keys-equal", "signing key and recovery key must differ";
        /// The build was published before.
        WalletKnown = "wallet-known", "this build of the wallet is published already";
    }
}
