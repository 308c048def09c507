"""What an estimate answers to a proposition, and the verdict on the proposition as a whole.

The answers follow ``paper/plan.md``, part B. The verdicts sum them up in one of four phrases:
*holds*, *holds in part*, *does not hold*, *cannot be told*. Their rule was written when all
estimates were known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from agglometrics.errors import InputError

Verdict = Literal["holds", "holds in part", "does not hold", "cannot be told"]
OPPOSITE, WITHIN = "the opposite found", "none within the bounds"


def proposition_answer(
    estimate: float,
    p_value: float,
    *,
    expected: Literal[1, -1],
    sturdy: bool,
    bounded: bool = False,
    level: float = 0.05,
) -> str:
    """Say in words what an estimate answers to a proposition about a sign.

    Parameters
    ----------
    estimate, p_value : of the primary estimand, the p-value adjusted for its family of tests
    expected : the sign that the proposition asserts
    sturdy : whether every variant of the same estimand has the same sign
    bounded : whether the interval lies within the smallest effect of interest
    level : fixed beforehand

    Returns
    -------
    ``"found"``, ``"found, not in every variant"``, ``"the opposite found"``, ``"none within the
    bounds"`` or ``"not found"``; the last says nothing without the smallest effect that the
    design would detect.

    Examples
    --------
    >>> proposition_answer(0.3, 0.04, expected=1, sturdy=False)
    'found, not in every variant'
    >>> proposition_answer(0.3, 0.4, expected=1, sturdy=False)
    'not found'
    """
    if math.isnan(estimate) or math.isnan(p_value):
        raise InputError("a proposition is answered by an estimate and its p-value; one is NaN.")
    if p_value >= level:
        return "none within the bounds" if bounded else "not found"
    if estimate * expected < 0:
        return "the opposite found"
    return "found" if sturdy else "found, not in every variant"


def sign_verdict(answers: Mapping[str, str], turned: Sequence[str] = ()) -> Verdict:
    """Return the verdict on a proposition about a sign from the answers of its outcomes.

    Parameters
    ----------
    answers : by outcome, as `proposition_answer` says them
    turned : outcomes whose coefficient changes its sign, or does not differ from zero, when the
        same question is asked in another way that is as sensible (another source, a trend of each
        province, cells over time)

    Returns
    -------
    *holds* if every outcome is found and none turns; *does not hold* if every outcome is the
    opposite, or none within the bounds; *holds in part* if some but not all are found and not
    turned and the others are excluded; *cannot be told* otherwise. No design here identifies an
    effect, so that even *holds* would say of an association.

    Raises
    ------
    InputError
        Without an answer, or if an outcome in `turned` has none.

    Examples
    --------
    >>> sign_verdict({"growth": "found", "wages": "found"})
    'holds'
    >>> sign_verdict({"growth": "found", "wages": "none within the bounds"})
    'holds in part'
    >>> sign_verdict({"growth": "found", "wages": "none within the bounds"}, ["growth"])
    'cannot be told'
    """
    if not answers or set(turned) - set(answers):
        raise InputError(
            f"a verdict needs the answer of each outcome; found answers on {sorted(answers)} and "
            f"turned {sorted(turned)}."
        )
    found = {name for name, words in answers.items() if words == "found" and name not in turned}
    excluded = {name for name, words in answers.items() if words in (OPPOSITE, WITHIN)}
    if len(found) == len(answers):
        return "holds"
    if len(excluded) == len(answers):
        return "does not hold"
    return "holds in part" if found and len(found | excluded) == len(answers) else "cannot be told"


def fact_verdict(true: Mapping[str, bool]) -> Verdict:
    """Return the verdict on a statement of fact that figures of several years can answer.

    Parameters
    ----------
    true : by figure and year, whether it says what the study says

    Raises
    ------
    InputError
        Without a figure.

    Examples
    --------
    >>> fact_verdict({"2007": True, "2017": True}), fact_verdict({"2007": True, "2017": False})
    ('holds', 'holds in part')
    """
    if not true:
        raise InputError("a verdict on a fact needs a figure that says yes or no; found none.")
    if all(true.values()):
        return "holds"
    return "holds in part" if any(true.values()) else "does not hold"
