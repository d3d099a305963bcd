"""Recorded events through the same core as live: what would have happened."""
