"""Checks of an estimate: weak instruments, overidentification, Hausman, leverage, robustness."""
