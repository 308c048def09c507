"""Measures relative to the neighbours of all industries: M and m, of one industry or of all."""
