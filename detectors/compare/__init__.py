"""Comparisons: who is compared with whom."""
