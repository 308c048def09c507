"""The papers, one module each: what is read, and how each printed number is computed."""
