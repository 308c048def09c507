"""Tables that carry their totals: the nation beside its provinces, "all industries" beside each.

Official tables nearly always do, and a total taken for a region or industry spoils every share.
A total gives itself away by arithmetic: in every period, and in every industry (or region), it is
the sum of all others or of a group of them. What is found is named in a warning; nothing is
dropped, since a region may be such a sum by chance.

Three searches, each cheap against the reading of the table:

* the sum of all others (with macro-regions beside the nation, half or a third of all there is);
* code prefixes: 430000 or "43" beside 4301, 4302, ...; the longer codes of one length;
* groups without a code, by linear algebra: with the keys in order of size, a total is that column
  which is a combination, with weights 0 and 1, of smaller ones. That needs more figures per key
  than there are keys, and is left out beyond `MOST` keys.

Small whole numbers add up by chance. Figures of b bits agree by chance with probability 2^-b each,
so a sum counts as a total from `BITS` bits on (one bit, if the label is a word for totals), and
from as many more as there are subsets to choose from where no code names the group.
"""
