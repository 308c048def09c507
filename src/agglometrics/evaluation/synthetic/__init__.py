"""Kernels of synthetic control and synthetic difference in differences: arrays in and out."""
