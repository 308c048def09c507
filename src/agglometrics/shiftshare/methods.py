"""The methods of `ShiftShareDesign` that are defined beside their formulas: where each one is.

Each is a function whose first argument is a design; the class lends it its name.
"""

from agglometrics.shiftshare.alignment.shock_side import shock_level
from agglometrics.shiftshare.diagnostics.balance import balance
from agglometrics.shiftshare.diagnostics.guide import check
from agglometrics.shiftshare.diagnostics.leave_one_out import leave_one_out
from agglometrics.shiftshare.diagnostics.overidentification import overidentification
from agglometrics.shiftshare.diagnostics.rotemberg import rotemberg
from agglometrics.shiftshare.diagnostics.shock_overidentification import shock_overidentification
from agglometrics.shiftshare.diagnostics.shock_summary import shock_summary
from agglometrics.shiftshare.fitting import fit
from agglometrics.shiftshare.inference.randomization import randomization_test
from agglometrics.shiftshare.ols import ols

__all__ = [
    "balance",
    "check",
    "fit",
    "leave_one_out",
    "ols",
    "overidentification",
    "randomization_test",
    "rotemberg",
    "shock_level",
    "shock_overidentification",
    "shock_summary",
]
