//! Every domain-separation string of the product, in one place.
//!
//! A digest or a derived key made for one purpose can never be taken for one made for another,
//! because the purpose is part of the input. This file is the only one that can make a [`Domain`].

/// A domain-separation string: printable ASCII, unique in this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Domain(&'static str);

impl Domain {
    /// The string as it enters a hash or a key derivation.
    pub const fn as_bytes(self) -> &'static [u8] {
        self.0.as_bytes()
    }

    /// The string itself, for error texts and documentation.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Declares the constants and the list that the uniqueness test walks.
macro_rules! domains {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        $($(#[$doc])* pub const $name: Domain = Domain($text);)+

        /// Every domain of the product, in the order of this file.
        pub const ALL: &[Domain] = &[$($name),+];
    };
}

domains! {
    // The ledger.
    /// Bytes of one entry of the Merkle log, before the leaf hash of RFC 6962.
    LOG_ENTRY = "assent/v1/log-entry";
    /// Hash of the replicated state after a block.
    APP_HASH = "assent/v1/app-hash";
    /// Leaf of the map of current consent status.
    STATUS_LEAF = "assent/v1/status-leaf";
    /// Inner node of the map of current consent status.
    STATUS_NODE = "assent/v1/status-node";
    /// Position of a consent in the map of current consent status.
    STATUS_KEY = "assent/v1/status-key";

    // Identifiers.
    /// Party id, derived from the inception key.
    PARTY_ID = "assent/v1/party-id";
    /// Pseudonym of a person in one relationship.
    SURROGATE_ID = "assent/v1/surrogate-id";
    /// Where a node keeps the session of a browser.
    BROWSER_SESSION = "assent/v1/browser-session";
    /// Where a node keeps a link that signs somebody in.
    SIGN_IN_LINK = "assent/v1/sign-in-link";
    /// Where a node keeps what was begun at a browser and waits for its end.
    CEREMONY = "assent/v1/ceremony";
    /// Where a node keeps a passkey.
    PASSKEY = "assent/v1/passkey";
    /// Under which name authenticators keep the passkeys of an account.
    PASSKEY_USER = "assent/v1/user-of-passkeys";
    /// Where a node keeps to whom a subject of an identity provider is bound.
    PROVIDER_SUBJECT = "assent/v1/provider-subject";
    /// Where a node keeps an invitation to look after a home.
    HOME_INVITATION = "assent/v1/home-invitation";
    /// Where a node keeps that somebody was told about something.
    NOTIFICATION = "assent/v1/notification";
    /// What shows that a letter, and no stranger, ends letters of a kind.
    UNSUBSCRIBE = "assent/v1/unsubscribe";
    /// Where a node keeps what a service wants of a person whom it sends there.
    REDIRECT_TOKEN = "assent/v1/redirect-token";
    /// Where a node keeps what a person comes back with.
    REDIRECT_CODE = "assent/v1/redirect-code";
    /// Event id, by which receivers deduplicate.
    EVENT_ID = "assent/v1/event-id";

    /// Sealing key id, by which records name the key they are sealed to.
    SEALING_KEY_ID = "assent/v1/sealing-key-id";

    // Commitments: a salted digest stands on the ledger for what lives in the vault.
    /// The notice that was shown.
    COMMITMENT_NOTICE = "assent/v1/commitment/notice";
    /// The answers a person gave in a form.
    COMMITMENT_FORM = "assent/v1/commitment/form";
    /// A body that travels beside a command.
    COMMITMENT_BODY = "assent/v1/commitment/body";
    /// The certificate of a service link.
    COMMITMENT_LINK = "assent/v1/commitment/link";
    /// The certificate of the alias in a source's record.
    COMMITMENT_ALIAS = "assent/v1/commitment/alias";
    /// Digest of a stored body, by which it is addressed.
    BODY_DIGEST = "assent/v1/body-digest";
    /// Blind index of a contact in the directory (HMAC under a secret of the operator).
    CONTACT_INDEX = "assent/v1/contact-index";
    /// Blind index of a pseudonym in the account of a person (HMAC under the same secret).
    PSEUDONYM_INDEX = "assent/v1/pseudonym-index";
    /// One-time code that was sent by mail (HMAC under the same secret).
    ONE_TIME_CODE = "assent/v1/one-time-code";

    // Sealing: the `info` of HPKE.
    /// A delivered document.
    SEAL_DOCUMENT = "assent/v1/seal/document";
    /// An answer of the directory, sealed to the asker.
    SEAL_DIRECTORY = "assent/v1/seal/directory";
    /// A challenge of a proof request.
    SEAL_CHALLENGE = "assent/v1/seal/challenge";
    /// The alias that a requester's record carries.
    SEAL_ALIAS = "assent/v1/seal/alias";
    /// The keys of a lane, sealed to a reader.
    SEAL_PATH_KEYS = "assent/v1/seal/path-keys";
    /// What a person grants at a stream, sealed to the device.
    SEAL_STREAM_GRANT = "assent/v1/seal/stream-grant";

    // Streams.
    /// A key of a key tree, wrapped under the key of a child.
    KEY_TREE_WRAP = "assent/v1/key-tree-wrap";
    /// Commitment to the key of an epoch.
    EPOCH_KEY = "assent/v1/epoch-key";
    /// The name of a stream's channel.
    STREAM_CHANNEL = "assent/v1/stream-channel";
    /// A record of a channel, as it is signed and as the next one names it.
    STREAM_RECORD = "assent/v1/stream-record";
    /// What one lane has in a record.
    STREAM_PART = "assent/v1/stream-part";
    /// The name of a lane's key tree.
    STREAM_LANE = "assent/v1/stream-lane";

    // Pairing.
    /// Everything that the two sides of a pairing agree on.
    PAIRING_TERMS = "assent/v1/pairing-terms";
    /// The word of the side that showed the code that it has the same key and the same terms.
    PAIRING_CONFIRM_SHOWN = "assent/v1/pairing-confirm/shown";
    /// The same of the side where the code was entered.
    PAIRING_CONFIRM_ENTERED = "assent/v1/pairing-confirm/entered";

    // The node.
    /// Name of a kept answer, made from an idempotency key and its caller.
    IDEMPOTENCY = "assent/v1/idempotency";

    // Storage.
    /// One record of the vault.
    VAULT_RECORD = "assent/v1/vault-record";
}
