"""Regressions of cluster effects, and the answer they share."""
