-- What gave no evidence: embeddings that nothing could be compared with, answers from a cache.
ALTER TABLE {db}.signals {on_cluster}
    ADD COLUMN IF NOT EXISTS embeddings_left_out Float64 COMMENT 'Share of the latest embeddings that were left out: of another model than embedder, or zero' AFTER embedder,
    ADD COLUMN IF NOT EXISTS cached_baseline UInt64 COMMENT 'Units of the baseline whose first answer came from a cache' AFTER units_candidate,
    ADD COLUMN IF NOT EXISTS cached_candidate UInt64 COMMENT 'Units of the candidate whose first answer came from a cache' AFTER cached_baseline;
