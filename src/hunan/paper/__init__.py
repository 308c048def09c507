"""From executed notebooks to the paper."""
