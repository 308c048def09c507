"""What a word of a formula becomes: dummies of event times."""
