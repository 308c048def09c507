"""Columns of a regression table, from estimates of this package and of others."""
