"""Estimation samples made of the tidy tables."""
