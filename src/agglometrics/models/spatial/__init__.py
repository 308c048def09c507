"""Spatial panels by maximum likelihood, their impacts, and Lagrange-multiplier tests."""
