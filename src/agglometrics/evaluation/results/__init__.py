"""What the estimators of the room answer: frozen results, their size and their pictures."""
