"""Terms of a formula: columns, lags, event dummies, and the syntax of other programs."""
