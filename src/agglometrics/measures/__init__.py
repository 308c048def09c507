"""Measures of agglomeration."""
