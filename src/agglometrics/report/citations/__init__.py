"""Whom to cite: the package, and the articles whose methods were used."""
