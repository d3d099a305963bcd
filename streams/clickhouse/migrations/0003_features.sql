CREATE TABLE IF NOT EXISTS {db}.features {on_cluster}
(
    event_id String CODEC(ZSTD(1)),
    tenant_id LowCardinality(String),
    agent_id LowCardinality(String),
    bundle_id LowCardinality(String),
    event_partition UInt16 COMMENT 'Partition of the event on the events topic',
    event_offset UInt64 COMMENT 'Offset of the event on the events topic' CODEC(Delta(8), ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'Broker time of the event' CODEC(Delta(8), ZSTD(1)),
    stratum LowCardinality(String) COMMENT 'Task and turn class that the event is compared within',
    counted LowCardinality(String) COMMENT 'evidence, watch, or why the event gave none',
    metrics Map(LowCardinality(String), Float64) COMMENT 'Catalogue metrics that the event has' CODEC(ZSTD(1)),
    style Array(Float32) COMMENT 'Style features of the text' CODEC(ZSTD(1)),
    format LowCardinality(String) COMMENT 'Format found in the output: json, markdown, …',
    refusal LowCardinality(Nullable(String)) COMMENT 'direct, moral, empty: no refusal; NULL: no text to judge',
    static_embedding Array(BFloat16) COMMENT 'Of the output, by the static model' CODEC(NONE),
    transformer_embedding Array(BFloat16) COMMENT 'Of the output, by the transformer; a sample' CODEC(NONE),
    logged_at DateTime64(3, 'UTC') COMMENT 'Broker time of the features record' CODEC(Delta(8), ZSTD(1)),
    kafka_partition UInt16,
    kafka_offset UInt64 CODEC(Delta(8), ZSTD(1)),
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {replicated}ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
PRIMARY KEY (tenant_id, agent_id, toStartOfHour(at))
ORDER BY (tenant_id, agent_id, toStartOfHour(at), bundle_id, at, event_partition, event_offset)
TTL toDateTime(at) + INTERVAL 30 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, {dedup_window}
COMMENT 'What measure saw in each event, 30 days. After a crash measure says the same again: read with FINAL.';
