"""Kafka: chunks instead of records, state that knows its offsets, topics and their rights."""
