"""Published numbers, computed again: one module per paper, one table of printed digits per paper.

The library knows nothing of these papers. Each module of `published.papers` reads data that others
published and computes what they print; ``published/numbers`` holds their digits as text, with the
source of each. `published.comparison` sets the two side by side.
"""
