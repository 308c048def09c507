"""Measures from plants, and what cells identify without them."""
