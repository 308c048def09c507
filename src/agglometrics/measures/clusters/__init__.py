"""Clusters: stars, cut-offs, maturity, and the policy that meets them."""
