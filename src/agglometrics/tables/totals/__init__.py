"""Tables that carry their totals: the nation beside its provinces, "all industries" beside each.

Official tables nearly always do, and a total taken for a region or industry spoils every share.
A total gives itself away by arithmetic: in every industry (or region), it is the sum of all others
or of a group of them. What is found is named in a warning; nothing is dropped, since a region may
be such a sum by chance.

A total may be published from some period on, and single figures of it may be revised, rounded or,
of its parts, suppressed: periods count in which at least `NEARLY` of the figures agree, and one is
enough if it is not by chance.

Three searches, each cheap against the reading of the table:

* the sum of all others (with macro-regions beside the nation, half or a third of all there is);
* code prefixes: 430000 or "43" beside 4301, 4302, ...; the longer codes of one length;
* groups without a code, by linear algebra: with the keys in order of size, a total is that column
  which is a combination, with weights 0 and 1, of smaller ones. That needs more figures per key
  than there are keys, and is left out beyond `MOST` keys.

Small whole numbers add up by chance. Figures of b bits agree by chance with probability 2^-b each,
so a sum counts as a total from `BITS` bits on (one bit, if the label is a word for totals), and
from as many more as there are labels, subsets where no code names the group, or ways to choose the
periods and figures that agree. Periods with the same figures are evidence once. Figures that are
all single floats, and too fine to be exact in these, agree to six digits.

Not heard are: a total that is apart from the sum of its parts in more than a fifth of the figures
of every period, or by more than `NEAR` of its size in a period; a group without a code that is
revised in a table of fewer figures than labels or of more than `MOST` labels, or that is there in
other periods than the `PATTERNS` commonest; in a sparse table, where figures are sums by `FOLDS`
groups, one with a revised figure in more than a fifth of these; in a table of single floats with
fewer figures than labels, a group without a code; totals of fewer than two parts;
totals of figures that were scaled apart, as indices are. A table whose rows are all in proportion
may be suspected without cause: what adds up in one figure adds up in all.
"""
