//! What a person tells the home operator alone. Nothing in here ever stands on the ledger: it is
//! what ties pseudonyms to a party, so it lives in the vault and is erased with the account.

use assent_crypto::jws::Typ;
use serde::{Deserialize, Serialize};

use crate::ids::{PartyId, SurrogateId};
use crate::statement::Content;

/// Says that a pseudonym (or the alias of a pair) belongs to a party's account. Signed with the
/// pseudonym's key; that the party agrees is shown by its request proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountPseudonym {
    /// The party whose account it joins.
    pub party: PartyId,
    /// The pseudonym, derived from the signer.
    pub surrogate_id: SurrogateId,
}

impl Content for AccountPseudonym {
    const TYP: Typ = Typ("assent-account-pseudonym+jwt");
}
