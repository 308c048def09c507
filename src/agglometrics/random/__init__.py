"""Randomness: seeds, streams that do not depend on threads, the alias table, progress."""
