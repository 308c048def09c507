"""Checks of spatial dependence: the cut-off of a Conley covariance, and spatial unit roots."""
