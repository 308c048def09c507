"""Files that hold a table: their bytes, their cells, and the type of each column.

A column is numbers only where nothing is lost by it. Codes such as ``01``, ``1E5`` or those of
twenty digits stay text, for a number read in their place would silently merge two of them.
"""
