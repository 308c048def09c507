"""Linear algebra of regressions: arrays in, arrays out."""
