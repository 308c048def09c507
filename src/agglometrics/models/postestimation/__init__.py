"""After an estimate: predictions, linear combinations, average slopes."""
