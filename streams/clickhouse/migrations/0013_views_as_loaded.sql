-- A view that was just created gives the blocks it writes other deduplication ids than the same view
-- after a restart of ClickHouse (seen in 26.9): a batch repeated across the first restart was stored
-- twice. A view that has been renamed gives those of after a restart. Names are exchanged and
-- exchanged back, since a name that is missing for a moment would be created anew by another process.
-- One that dies in between leaves two names exchanged, under which all goes on.
EXCHANGE TABLES {db}.events_mv AND {db}.payloads_mv {on_cluster};
EXCHANGE TABLES {db}.events_mv AND {db}.payloads_mv {on_cluster};
EXCHANGE TABLES {db}.signals_1m_mv AND {db}.embedding_centroid_1h_mv {on_cluster};
EXCHANGE TABLES {db}.signals_1m_mv AND {db}.embedding_centroid_1h_mv {on_cluster};
