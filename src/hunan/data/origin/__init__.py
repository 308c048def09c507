"""From the files in which the figures were read to the tables of data/raw, and the comparison."""
