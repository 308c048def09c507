"""Clusters: stars, cut-offs, indices, stages of maturity, and policy zones against them."""
