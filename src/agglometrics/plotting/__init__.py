"""The look of figures."""
