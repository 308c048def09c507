"""What to report beside a shift-share estimate."""
