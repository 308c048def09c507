"""Shift-share partitions as algebra on arrays: no labels, no options.

Symbols beside those of `agglometrics.notation`:

=========  ==================  ====================================================
symbol     shape               meaning
=========  ==================  ====================================================
``B``      (R, I)              base activity, whose growth is explained
``D``      (R, I)              change of activity, end minus start
``N``      (1, I) or (R, I)    base activity of the reference economy
``G``      (1, 1) or (R, 1)    growth rate of the reference economy
``g``      (1, I) or (R, I)    growth rate of industry i in the reference economy
``H``      (R, I)              homothetic base: region r's size in the reference's mix
=========  ==================  ====================================================

Rates enter only as products with the base that they were divided by, so a zero base has
an answer: an industry without a base in the reference grows as the reference does
(no mix effect), and the change of a cell without a base is competitive.
"""
