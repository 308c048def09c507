"""Shift-share decompositions of growth."""
