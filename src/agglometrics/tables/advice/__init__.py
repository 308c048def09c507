"""Messages to a caller whose table, column or call is not what the function needs."""
