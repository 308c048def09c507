"""What is drawn: one module per kind of picture."""
