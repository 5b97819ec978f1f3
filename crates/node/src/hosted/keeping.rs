//! Where hosted keys are kept: one sealed body of the vault for each link and pair, owned by the
//! party and erased with its account. The ids of the bodies are random, so that the store does not
//! say in clear which link is whose.

use assent_api::problem::Code;
use assent_client::key_format::{self, KeptKeys};
use assent_client::keys::{PairAlias, PartyKeys, Wallet, WalletLink, WalletStream};
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::ids::PartyId;
use assent_storage::VaultEntry;
use zeroize::Zeroizing;

use crate::http::failure::Failure;
use crate::node::Node;
use crate::vaulted;

/// The kind of the bodies.
const KIND: &str = "hosted-keys";

/// Keeps the keys of a new party.
pub(super) async fn keep_party(node: &Node, keys: &PartyKeys) -> Result<(), Failure> {
    put(node, keys.party_id(), &key_format::encode_party(keys)).await
}

/// Keeps a link.
pub(super) async fn keep_link(
    node: &Node,
    party: PartyId,
    link: &WalletLink,
) -> Result<(), Failure> {
    put(node, party, &key_format::encode_link(link)).await
}

/// Keeps the alias of a pair.
pub(super) async fn keep_alias(
    node: &Node,
    party: PartyId,
    alias: &PairAlias,
) -> Result<(), Failure> {
    put(node, party, &key_format::encode_alias(alias)).await
}

/// Keeps a stream.
pub(super) async fn keep_stream(
    node: &Node,
    party: PartyId,
    stream: &WalletStream,
) -> Result<(), Failure> {
    put(node, party, &key_format::encode_stream(stream)).await
}

async fn put(node: &Node, party: PartyId, text: &[u8]) -> Result<(), Failure> {
    let owner = party.to_string();
    let id = format!(
        "{owner}/{KIND}/{}",
        base64url::encode(&random_bytes::<16>())
    );
    Ok(vaulted::put(node, id, owner, KIND, text).await?)
}

fn read(node: &Node, entry: &VaultEntry) -> Result<KeptKeys, Failure> {
    let text = Zeroizing::new(vaulted::open(node, entry)?);
    key_format::decode(&text).map_err(|_| Code::Internal.into())
}

/// The wallet of a party, if its keys are kept here. A key that does not open is left out.
pub(super) async fn load(node: &Node, party: PartyId) -> Result<Option<Wallet>, Failure> {
    let entries = node.store.vault_of(&party.to_string()).await?;
    let (mut keys, mut links, mut aliases) = (None, Vec::new(), Vec::new());
    let mut streams = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind == KIND) {
        let Some(kept) = vaulted::if_it_opens(KIND, read(node, entry)) else {
            continue;
        };
        match kept {
            KeptKeys::Party(kept) => keys = Some(kept),
            KeptKeys::Link(link) => links.push(link),
            KeptKeys::Alias(alias) => aliases.push(alias),
            KeptKeys::Stream(stream) => streams.push(stream),
        }
    }
    Ok(keys.map(|keys| {
        let mut wallet = Wallet::new(keys);
        for link in links {
            wallet.add_link(link);
        }
        for alias in aliases {
            wallet.add_alias(alias);
        }
        for stream in streams {
            wallet.add_stream(stream);
        }
        wallet
    }))
}
