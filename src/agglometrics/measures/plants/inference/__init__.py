"""Inference on measures from plants, under named random experiments."""
