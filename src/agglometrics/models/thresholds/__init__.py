"""The parts of a threshold regression: sums of squares of all splits, the search, a picture."""
