"""Measures of agglomeration: from cells and from plants."""
