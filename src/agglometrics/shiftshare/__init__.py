"""Shift-share instruments."""
