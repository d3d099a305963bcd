-- What gave no evidence: embeddings that nothing could be compared with, answers from a cache.
ALTER TABLE {db}.signals {on_cluster}
    ADD COLUMN IF NOT EXISTS embeddings_left_out Float64 COMMENT 'Share of the latest embeddings that were left out: of another model than embedder, or zero' AFTER embedder,
    ADD COLUMN IF NOT EXISTS cached_baseline UInt64 COMMENT 'Units of the baseline whose first answer came from a cache' AFTER units_candidate,
    ADD COLUMN IF NOT EXISTS cached_candidate UInt64 COMMENT 'Units of the candidate whose first answer came from a cache' AFTER cached_baseline;

-- What a prompt's text says of the requests, which outlives the text: a backtest asks for it.
ALTER TABLE {db}.ingest_events {on_cluster}
    ADD COLUMN IF NOT EXISTS prompt_form LowCardinality(String) AFTER prompt_hash,
    ADD COLUMN IF NOT EXISTS prompt_script LowCardinality(String) AFTER prompt_form,
    ADD COLUMN IF NOT EXISTS prompt_chars Nullable(UInt32) AFTER prompt_script;

ALTER TABLE {db}.events {on_cluster}
    ADD COLUMN IF NOT EXISTS prompt_form LowCardinality(String) COMMENT 'How the prompt begins, one of eight; empty: its text was not shared' AFTER prompt_hash,
    ADD COLUMN IF NOT EXISTS prompt_script LowCardinality(String) COMMENT 'Letters of the prompt: ascii, latin, cjk, …' AFTER prompt_form,
    ADD COLUMN IF NOT EXISTS prompt_chars Nullable(UInt32) COMMENT 'Characters of the prompt, where its text was shared' CODEC(ZSTD(1)) AFTER prompt_script;

ALTER TABLE {db}.events_mv {on_cluster} MODIFY QUERY
SELECT * EXCEPT (prompt, output, embedding), leftUTF8(output, 200) AS output_head
FROM {db}.ingest_events;
