"""Where plants come from: a frame in memory, or any table that can be queried.

Two engines give the same three answers (how many rows break a rule, which is the first, the
cells), so that `collapse` need not know where the plants are. A query is one
ibis expression, translated to the SQL of DuckDB or Spark and run there; only cells come back.
"""
