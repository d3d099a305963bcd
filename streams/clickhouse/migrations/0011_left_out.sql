-- How much of the embeddings nothing could be compared with.
ALTER TABLE {db}.signals {on_cluster}
    ADD COLUMN IF NOT EXISTS embeddings_left_out Float64 COMMENT 'Share of the latest embeddings that were left out: of another model than embedder, or zero' AFTER embedder;
