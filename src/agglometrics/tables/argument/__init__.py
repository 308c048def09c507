"""What an argument may be: numbers by their names, types, and the words of a refusal."""
