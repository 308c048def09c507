"""What to say to a caller whose table, column or call is not what was asked for."""
