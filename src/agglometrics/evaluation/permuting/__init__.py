"""Reassignments of a treatment: who or when instead, the statistics of all, their size."""
