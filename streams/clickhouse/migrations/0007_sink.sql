CREATE TABLE IF NOT EXISTS {db}.dead_letters {on_cluster}
(
    letter_id String,
    topic LowCardinality(String) COMMENT 'Where the message stood',
    `partition` UInt16,
    `offset` UInt64,
    at DateTime64(3, 'UTC') COMMENT 'Broker time of the message' CODEC(Delta(8), ZSTD(1)),
    reason LowCardinality(String) COMMENT 'Short code: not-json, not-an-event, too-large, unknown-phase, …',
    detail String COMMENT 'Where and why, without any value of the message' CODEC(ZSTD(3)),
    key String,
    value String COMMENT 'Base64 of the message as it came: may hold text, so it is kept as long as text' CODEC(ZSTD(3)),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time of the letter' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
ORDER BY (topic, reason, at, letter_id)
TTL toDateTime(at) + INTERVAL {text_days} DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'Messages that could not be read, kept as long as text. Read with FINAL.';

CREATE TABLE IF NOT EXISTS {db}.sink_state {on_cluster}
(
    topic LowCardinality(String) COMMENT 'Full name, namespace included',
    `partition` UInt16,
    slot String COMMENT 'Empty: the position; else the process that claims the partition',
    claim UInt32 COMMENT 'Number of the claim; the highest owns the partition',
    owner String,
    state LowCardinality(String) COMMENT 'claim, begin (being inserted), done (inserted whole)',
    first UInt64 COMMENT 'First offset of the batch',
    last UInt64 COMMENT 'Last offset of the batch',
    incarnation UInt32 COMMENT 'Grows when a topic is found to have been created anew',
    version UInt64,
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {replicated}ReplacingMergeTree(version)
ORDER BY (topic, `partition`, slot)
COMMENT 'How far each partition has been recorded. The sink alone writes and reads it: do not touch.';
