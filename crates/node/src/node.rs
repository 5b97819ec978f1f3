//! What every handler has: handles to the ledger, the store, the keys and the clock.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_crypto::vault::RecordCipher;
use assent_model::ids::PartyId;
use assent_model::names::ChainId;
use assent_model::statement::{Content, Verified};
use assent_model::time::Span;
use assent_storage::Store;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::Config;
use crate::contacts::Contacts;
use crate::descriptions::DescriptionCache;
use crate::holdings::HoldingsCache;
use crate::homes::Homes;
use crate::http::failure::Failure;
use crate::keyrings::Keyrings;
use crate::mail::waiting::Waiting;
use crate::notifications;
use crate::pairings::Pairings;
use crate::passkeys::Passkeys;
use crate::proof_cache::ProofCache;
use crate::providers::Providers;
use crate::release::Stopping;
use crate::release::receipts::ReceiptQueue;
use crate::sequencing::{Head, Intake};
use crate::state_reader::StateReader;
use crate::streams::Streams;
use crate::webhooks::Webhooks;

/// No release rests on a block older than this.
const HEAD_AGE_MAX: Span = Span::from_seconds(30);

/// The parts of a running node that handlers use.
pub struct Node {
    /// What the operator set.
    pub config: Config,
    /// The audience of every statement.
    pub chain: ChainId,
    /// The operator's party.
    pub operator: PartyId,
    /// The signed genesis.
    pub genesis: String,
    /// The node's clock.
    pub clock: Clock,
    /// The store.
    pub store: Arc<Store>,
    /// Where commands go.
    pub intake: Intake,
    /// Committed state.
    pub state: StateReader,
    /// The newest durable block.
    pub head: watch::Receiver<Head>,
    /// Consents that are being stopped.
    pub stopping: Stopping,
    /// The queue of use receipts.
    pub receipts: ReceiptQueue,
    /// Numbers used once by callers, of which no block knows.
    pub proofs: ProofCache,
    /// Encrypts bodies at rest.
    pub vault: Arc<RecordCipher>,
    /// Speaks for the operator: stops consents for people who lost their key.
    pub operator_key: Arc<SigningKey>,
    /// Signs tokens.
    pub token_key: Arc<SigningKey>,
    /// Checks checkpoints.
    pub checkpoint_key: VerifyingKey,
    /// Tells services what happens.
    pub webhooks: Arc<Webhooks>,
    /// What belongs to people who looked lately.
    pub holdings: HoldingsCache,
    /// Public descriptions that pages showed lately.
    pub descriptions: DescriptionCache,
    /// Codes and letters.
    pub contacts: Contacts,
    /// The keyrings of people who keep their keys.
    pub keyrings: Keyrings,
    /// Devices that show codes, and people who enter them.
    pub pairings: Pairings,
    /// The identity providers of organisations.
    pub providers: Providers,
    /// The site that passkeys are for.
    pub passkeys: Passkeys,
    /// How many requests were refused because an address sent too many, since the node was started.
    pub requests_refused: Arc<AtomicU64>,
    /// Homes and who is invited to them.
    pub homes: Homes,
    /// The order in which people are told things.
    pub notifications: notifications::Numbers,
    /// Letters that wait for the mail server.
    pub letters: Arc<Waiting>,
    /// Streams that the node relays.
    pub streams: Streams,
    /// Keys blind indices and stateless challenges.
    pub index_key: [u8; 32],
}

impl Node {
    /// The head, with a block no older than 30 s: a stalled chain releases nothing.
    ///
    /// # Errors
    /// The store does not take writes.
    pub async fn fresh_head(&self) -> Result<Head, Failure> {
        let is_fresh = |head: &Head| self.clock.now().since(head.header.time) < HEAD_AGE_MAX;
        let head = self.head.borrow().clone();
        if is_fresh(&head) {
            return Ok(head);
        }
        self.intake.fresh_block().await?;
        let head = self.head.borrow().clone();
        if is_fresh(&head) {
            Ok(head)
        } else {
            Err(Failure::unavailable())
        }
    }

    /// Accepts a statement that no block will know once, for this chain and this time.
    ///
    /// # Errors
    /// It is for another chain or time, or was used before.
    pub fn use_once<T: Content>(&self, statement: &Verified<T>) -> Result<(), Failure> {
        let envelope = statement.envelope();
        let now = self.clock.now();
        envelope
            .check(&self.chain, now)
            .map_err(|rejection| Failure::rejected(rejection.into()))?;
        self.proofs.use_once(envelope, now)
    }
}
