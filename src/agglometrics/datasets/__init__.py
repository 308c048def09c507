"""The study tables, and readers of published archives."""
