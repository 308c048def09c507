"""How errors may be related, as values: in groups, over time, over space, by resampling."""
