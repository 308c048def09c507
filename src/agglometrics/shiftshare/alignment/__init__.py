"""Locations, shares and shocks, aligned by label; what is taken out of each."""
