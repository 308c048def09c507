"""Measures from cells: one row per region, industry and period."""
