"""Inference for shift-share designs."""
