"""What to ask of an estimate."""
