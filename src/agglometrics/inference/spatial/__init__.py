"""Inference where space is the only order: places, worst cases of correlation, unit roots."""
