"""Errors correlated over time: Driscoll-Kraay, Newey-West, and their fixed-b critical values."""
