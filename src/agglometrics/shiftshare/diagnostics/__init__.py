"""Diagnostics of a shift-share design: Rotemberg weights, balance, leave-one-out, and others."""
