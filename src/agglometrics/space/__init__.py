"""Spatial weights, Moran's I, and points of the globe."""
