"""Embeddings of answers: a static tier for every event, a transformer tier for a sample."""
