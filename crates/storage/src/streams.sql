-- What relays keep of streams: ciphertext that nobody here can open.

-- The newest records, each signed by its device and named by the next one.
CREATE TABLE stream_records (
    stream TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    taken_at BIGINT NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (stream, sequence)
);
CREATE INDEX stream_records_by_time ON stream_records (taken_at);

-- Older ones, which lie together outside: from `first` until before `next`.
CREATE TABLE stream_segments (
    stream TEXT NOT NULL,
    first BIGINT NOT NULL,
    next BIGINT NOT NULL,
    taken_until BIGINT NOT NULL,
    object TEXT NOT NULL,
    PRIMARY KEY (stream, first)
);
CREATE INDEX stream_segments_by_time ON stream_segments (taken_until);
