"""Shift-share: decompositions of growth, and instruments with inference."""
