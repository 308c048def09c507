"""Densities of bilateral distances: counting, smoothing, bandwidths, bands, many industries."""
