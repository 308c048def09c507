"""Measures of agglomeration: from cells, plants and input-output tables, and of clusters."""
