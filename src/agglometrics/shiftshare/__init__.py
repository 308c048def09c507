"""Shift-share designs: aligned tables, estimates, inference and diagnostics."""
