//! Private keys: those of a party, and the wallet of a person with a key for each relationship.

use std::collections::BTreeMap;

use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::{KeyId, SigningKey, VerifyingKey};
use assent_model::ids::{LinkId, PairId, PartyId, ServiceId, StreamId, SurrogateId};

/// The keys of a party.
#[derive(Debug)]
pub struct PartyKeys {
    party: PartyId,
    /// Signs the party's statements.
    pub signing: SigningKey,
    /// Installs a new signing key when the other is lost; kept apart, used only then.
    pub recovery: SigningKey,
    /// Opens what is sealed to the party.
    pub opening: OpeningKey,
}

impl PartyKeys {
    /// Fresh keys, and with them a new party.
    pub fn generate() -> Self {
        let signing = SigningKey::generate();
        Self {
            party: PartyId::of(signing.verifying_key()),
            signing,
            recovery: SigningKey::generate(),
            opening: OpeningKey::generate(),
        }
    }

    /// The keys that a party has now. Its id is that of its first signing key, so it is named
    /// apart from keys that may have been replaced since.
    pub fn of_party(
        party: PartyId,
        signing: SigningKey,
        recovery: SigningKey,
        opening: OpeningKey,
    ) -> Self {
        Self {
            party,
            signing,
            recovery,
            opening,
        }
    }

    /// The party.
    pub fn party_id(&self) -> PartyId {
        self.party
    }
}

/// A person's pseudonym in one relationship, or the alias of one pair: an id and the key that it
/// is derived from.
#[derive(Debug)]
pub struct Pseudonym {
    /// Signs for the pseudonym.
    pub key: SigningKey,
}

impl Pseudonym {
    /// A new pseudonym.
    pub fn generate() -> Self {
        Self {
            key: SigningKey::generate(),
        }
    }

    /// Its id.
    pub fn surrogate_id(&self) -> SurrogateId {
        SurrogateId::of(self.key.verifying_key())
    }

    /// The same pseudonym once more: an alias goes on in the pair that supersedes its own.
    pub(crate) fn again(&self) -> Self {
        Self {
            key: SigningKey::from_seed(self.key.seed()),
        }
    }
}

/// What a person keeps of a service link.
#[derive(Debug)]
pub struct WalletLink {
    /// The link.
    pub slr_id: LinkId,
    /// With which service.
    pub service_id: ServiceId,
    /// Who offers it. The keys of this party can be traced from its id, see
    /// [`KeyHistory`](crate::key_history::KeyHistory).
    pub provider: PartyId,
    /// The newest key of the provider that is known: at first that of linking.
    pub holder: KeyId,
    /// Under which pseudonym.
    pub pseudonym: Pseudonym,
}

/// What a person keeps of a consent pair.
#[derive(Debug)]
pub struct PairAlias {
    /// The pair.
    pub pair: PairId,
    /// The link at the source.
    pub source_link: LinkId,
    /// The pseudonym in the source's record.
    pub alias: Pseudonym,
}

/// What a person keeps of a stream, from before its device is told that it is theirs.
#[derive(Debug)]
pub struct WalletStream {
    /// The stream.
    pub stream_id: StreamId,
    /// The device that writes it.
    pub device: PartyId,
    /// The key that the device paired with.
    pub device_key: VerifyingKey,
    /// What the device was called when it was paired.
    pub label: String,
    /// Decides about the stream; made for it alone.
    pub holder: Pseudonym,
}

/// All keys of a person. A pseudonym at one service and an alias of one pair are keys of their
/// own, so that nobody else can tell that they are one person's.
#[derive(Debug)]
pub struct Wallet {
    /// The person's own keys. They sign nothing that a service sees.
    pub keys: PartyKeys,
    links: BTreeMap<LinkId, WalletLink>,
    aliases: BTreeMap<PairId, PairAlias>,
    streams: BTreeMap<StreamId, WalletStream>,
}

impl Wallet {
    /// The wallet of a person who has no links yet.
    pub fn new(keys: PartyKeys) -> Self {
        Self {
            keys,
            links: BTreeMap::new(),
            aliases: BTreeMap::new(),
            streams: BTreeMap::new(),
        }
    }

    /// Keeps a link.
    pub fn add_link(&mut self, link: WalletLink) {
        self.links.insert(link.slr_id, link);
    }

    /// Keeps the alias of a pair.
    pub fn add_alias(&mut self, alias: PairAlias) {
        self.aliases.insert(alias.pair, alias);
    }

    /// Keeps a stream.
    pub fn add_stream(&mut self, stream: WalletStream) {
        self.streams.insert(stream.stream_id, stream);
    }

    /// Remembers a newer key of a link's provider, so that nobody can go back behind it.
    pub fn note_holder(&mut self, id: LinkId, holder: KeyId) {
        if let Some(link) = self.links.get_mut(&id) {
            link.holder = holder;
        }
    }

    /// A link.
    pub fn link(&self, id: LinkId) -> Option<&WalletLink> {
        self.links.get(&id)
    }

    /// The alias of a pair.
    pub fn alias(&self, pair: PairId) -> Option<&PairAlias> {
        self.aliases.get(&pair)
    }

    /// All links.
    pub fn links(&self) -> impl Iterator<Item = &WalletLink> {
        self.links.values()
    }

    /// A stream.
    pub fn stream(&self, id: StreamId) -> Option<&WalletStream> {
        self.streams.get(&id)
    }

    /// The stream alone, taken out of the wallet.
    pub fn into_stream(mut self, id: StreamId) -> Option<WalletStream> {
        self.streams.remove(&id)
    }

    /// All streams, those that were closed and those that never opened among them.
    pub fn streams(&self) -> impl Iterator<Item = &WalletStream> {
        self.streams.values()
    }

    /// The aliases of all pairs.
    pub fn aliases(&self) -> impl Iterator<Item = &PairAlias> {
        self.aliases.values()
    }
}
