//! Keys as text: `{"format":"assent-keys/1","kind":…}` with the seeds of the keys in base64url. Not
//! encrypted: who can read it has the keys.

use assent_crypto::base64url;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::{KeyId, SigningKey, VerifyingKey};
use assent_model::ids::{LinkId, PairId, PartyId, ServiceId, StreamId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::keys::{PairAlias, PartyKeys, Pseudonym, WalletLink, WalletStream};

/// The format that this version reads and writes.
const FORMAT: &str = "assent-keys/1";
/// No text of keys is longer.
pub(crate) const BYTES_MAX: usize = 4096;

/// Why a text does not say which keys it holds. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFormatError {
    /// Written by a version with another format.
    #[error("the key file has another format than {FORMAT}")]
    UnknownFormat,
    /// Not keys of the expected kind.
    #[error("the key file is damaged or of another kind")]
    Malformed,
}

/// What one text holds.
#[derive(Debug)]
pub enum KeptKeys {
    /// The keys of a party.
    Party(PartyKeys),
    /// What a person keeps of a link.
    Link(WalletLink),
    /// What a person keeps of a pair.
    Alias(PairAlias),
    /// What a person keeps of a stream.
    Stream(WalletStream),
}

/// The keys of a party as text.
pub fn encode_party(keys: &PartyKeys) -> Zeroizing<Vec<u8>> {
    write(&PartyFile::from(keys))
}

/// A link as text.
pub fn encode_link(link: &WalletLink) -> Zeroizing<Vec<u8>> {
    write(&LinkFile::from(link))
}

/// The alias of a pair as text.
pub fn encode_alias(alias: &PairAlias) -> Zeroizing<Vec<u8>> {
    write(&AliasFile::from(alias))
}

/// A stream as text.
pub fn encode_stream(stream: &WalletStream) -> Zeroizing<Vec<u8>> {
    write(&StreamFile::from(stream))
}

/// Reads whatever a text holds.
///
/// # Errors
/// See [`KeyFormatError`].
pub fn decode(text: &[u8]) -> Result<KeptKeys, KeyFormatError> {
    let header: Header = serde_json::from_slice(text).map_err(|_| KeyFormatError::Malformed)?;
    if header.format != FORMAT {
        return Err(KeyFormatError::UnknownFormat);
    }
    match header.kind.as_str() {
        PartyFile::KIND => Ok(KeptKeys::Party(read::<PartyFile>(text)?.into())),
        LinkFile::KIND => Ok(KeptKeys::Link(read::<LinkFile>(text)?.into())),
        AliasFile::KIND => Ok(KeptKeys::Alias(read::<AliasFile>(text)?.into())),
        StreamFile::KIND => Ok(KeptKeys::Stream(read::<StreamFile>(text)?.into())),
        _ => Err(KeyFormatError::Malformed),
    }
}

/// One kind of key file.
trait KeyFile: Serialize + DeserializeOwned {
    /// What stands in its `kind`.
    const KIND: &'static str;
}

/// What every key file begins with.
#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    kind: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyFile {
    format: String,
    kind: String,
    party: PartyId,
    signing: Seed,
    recovery: Seed,
    opening: Seed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkFile {
    format: String,
    kind: String,
    slr_id: LinkId,
    service_id: ServiceId,
    provider: PartyId,
    holder: KeyId,
    key: Seed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    format: String,
    kind: String,
    pair: PairId,
    source_link: LinkId,
    key: Seed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StreamFile {
    format: String,
    kind: String,
    stream_id: StreamId,
    device: PartyId,
    device_key: VerifyingKey,
    label: String,
    key: Seed,
}

impl KeyFile for PartyFile {
    const KIND: &'static str = "party";
}

impl KeyFile for LinkFile {
    const KIND: &'static str = "link";
}

impl KeyFile for AliasFile {
    const KIND: &'static str = "alias";
}

impl KeyFile for StreamFile {
    const KIND: &'static str = "stream";
}

fn write<F: KeyFile>(file: &F) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(BYTES_MAX));
    serde_json::to_writer_pretty(&mut *text, file).expect("keys have a JSON form");
    text.push(b'\n');
    text
}

fn read<F: KeyFile>(text: &[u8]) -> Result<F, KeyFormatError> {
    serde_json::from_slice(text).map_err(|_| KeyFormatError::Malformed)
}

impl From<&PartyKeys> for PartyFile {
    fn from(keys: &PartyKeys) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            party: keys.party_id(),
            signing: Seed::of(keys.signing.seed()),
            recovery: Seed::of(keys.recovery.seed()),
            opening: Seed::of(keys.opening.seed()),
        }
    }
}

impl From<PartyFile> for PartyKeys {
    fn from(file: PartyFile) -> Self {
        let opening = OpeningKey::from_seed(&file.opening.0);
        let (signing, recovery) = (file.signing.signing_key(), file.recovery.signing_key());
        Self::of_party(file.party, signing, recovery, opening)
    }
}

impl From<&WalletLink> for LinkFile {
    fn from(link: &WalletLink) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            slr_id: link.slr_id,
            service_id: link.service_id,
            provider: link.provider,
            holder: link.holder,
            key: Seed::of(link.pseudonym.key.seed()),
        }
    }
}

impl From<LinkFile> for WalletLink {
    fn from(file: LinkFile) -> Self {
        Self {
            slr_id: file.slr_id,
            service_id: file.service_id,
            provider: file.provider,
            holder: file.holder,
            pseudonym: file.key.pseudonym(),
        }
    }
}

impl From<&PairAlias> for AliasFile {
    fn from(alias: &PairAlias) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            pair: alias.pair,
            source_link: alias.source_link,
            key: Seed::of(alias.alias.key.seed()),
        }
    }
}

impl From<AliasFile> for PairAlias {
    fn from(file: AliasFile) -> Self {
        Self {
            pair: file.pair,
            source_link: file.source_link,
            alias: file.key.pseudonym(),
        }
    }
}

impl From<&WalletStream> for StreamFile {
    fn from(stream: &WalletStream) -> Self {
        Self {
            format: FORMAT.to_owned(),
            kind: Self::KIND.to_owned(),
            stream_id: stream.stream_id,
            device: stream.device,
            device_key: stream.device_key,
            label: stream.label.clone(),
            key: Seed::of(stream.holder.key.seed()),
        }
    }
}

impl From<StreamFile> for WalletStream {
    fn from(file: StreamFile) -> Self {
        Self {
            stream_id: file.stream_id,
            device: file.device,
            device_key: file.device_key,
            label: file.label,
            holder: file.key.pseudonym(),
        }
    }
}

/// The seed of a key, as base64url.
struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    fn of(seed: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*seed))
    }

    fn signing_key(&self) -> SigningKey {
        SigningKey::from_seed(&self.0)
    }

    fn pseudonym(&self) -> Pseudonym {
        Pseudonym {
            key: self.signing_key(),
        }
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(base64url::encode(&*self.0)))
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let seed = base64url::decode_array(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(Zeroizing::new(seed)))
    }
}
