"""Checks that stand in space: the cut-off of a Conley covariance, and spatial unit roots."""
