"""How each output format writes a number, a reference, a figure, a table and an equation."""
