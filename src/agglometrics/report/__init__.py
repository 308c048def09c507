"""Printed tables of estimates and measures, and citations."""
