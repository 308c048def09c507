"""Sources of the documentation site; ``make site`` builds it."""
