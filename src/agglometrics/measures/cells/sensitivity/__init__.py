"""How far a measure moves when the table is another one: ranges, not confidence intervals.

A complete table of output has no sampling error, and none of these ranges has a coverage. They
say how much an answer owes to one region or industry, to the zoning, or to errors of a stated
size in the figures. Every function takes a measure (`concentration`, `location_quotient`, ...)
and its own arguments by keyword.
"""
