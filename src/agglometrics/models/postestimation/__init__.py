"""What is asked of a fit afterwards: predictions, linear combinations, average slopes."""
