"""Weights between regions, and distances on the globe."""
