-- The tables of the store, in the words of SQLite; `migration.rs` says how PostgreSQL is told the same.
--
-- Numbers are BIGINT, times are milliseconds since 1970, names are TEXT compared byte by byte,
-- everything sealed, signed or hashed is BLOB. No row refers to another by constraint: a block is
-- written whole or not at all, and what it means is for the rules to say.

-- The chain ------------------------------------------------------------------------------------

-- One row a block; the newest is the head.
CREATE TABLE blocks (
    height INTEGER PRIMARY KEY,
    time BIGINT NOT NULL,
    log_size BIGINT NOT NULL,
    log_root BLOB NOT NULL,
    status_root BLOB NOT NULL,
    app_hash BLOB NOT NULL
);

-- The leaves of the log, from 0, without gaps.
CREATE TABLE entries (
    position INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL,
    leaf_hash BLOB NOT NULL
);

-- The tiles over the leaves: 1 to 256 hashes of 32 bytes each.
CREATE TABLE tiles (
    level BIGINT NOT NULL,
    position BIGINT NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, position)
);

-- The nodes of the map of current statuses, by the hexadecimal digits that lead to them.
CREATE TABLE nodes (
    path TEXT NOT NULL PRIMARY KEY,
    node BLOB NOT NULL
);

-- What the rules know, piece by piece.
CREATE TABLE state (
    key TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);

-- Members of lists in the order of their positions. The list that has the name of a subject holds
-- the positions of that subject's log entries, its members are empty.
CREATE TABLE listings (
    list TEXT NOT NULL,
    position BIGINT NOT NULL,
    member TEXT NOT NULL,
    PRIMARY KEY (list, position, member)
);

-- Commands that were used, until they expire (invariant 10).
CREATE TABLE uses (
    key TEXT NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL,
    expires_at BIGINT NOT NULL,
    outcome BLOB NOT NULL
);
CREATE INDEX uses_by_expiry ON uses (expires_at);

-- When the rules are to look at a piece of state again.
CREATE TABLE due (
    key TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX due_by_time ON due (at, key);

-- Beside the chain, but written with a block ---------------------------------------------------

-- Messages that are not delivered yet. A dead one has no next time; it stays for the operator.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    payload BLOB NOT NULL,
    next_at BIGINT,
    attempts BIGINT NOT NULL
);
CREATE INDEX outbox_by_time ON outbox (kind, next_at, id) WHERE next_at IS NOT NULL;

-- Sealed bodies. Rows are only ever appended or emptied, never deleted: `vault.rs` says why.
CREATE TABLE vault (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE,
    owner TEXT,
    kind TEXT NOT NULL,
    ciphertext BLOB NOT NULL
);
CREATE INDEX vault_by_owner ON vault (owner, kind) WHERE owner IS NOT NULL;

-- Use receipts that wait to enter the log.
CREATE TABLE receipts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    body BLOB NOT NULL
);

-- Of this node alone ---------------------------------------------------------------------------

-- What became of each try to deliver a message.
CREATE TABLE attempts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT NOT NULL
);
CREATE INDEX attempts_by_message ON attempts (message, number);
CREATE INDEX attempts_by_time ON attempts (at);

-- Accounts, contacts, endpoints, drafts, idempotency keys.
CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    revision BIGINT NOT NULL,
    expires_at BIGINT,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX documents_by_owner ON documents (kind, owner, id);
CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
