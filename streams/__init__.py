"""The running pipeline: agents, Kafka, ClickHouse, embeddings, embedded servers, command line."""
