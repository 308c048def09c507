"""Formulas of docstrings as mathematics: what reads as a formula is set, all else stays text.

Docstrings write ``LQ = q / p`` so that a terminal shows them. A run of symbols and operators that
the small grammar below accepts becomes a Sphinx ``math`` role; whatever it does not accept is left
as it stands, so that no sentence is taken for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "kappa", "lambda", "mu", "nu",
    "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
SUMS = {"sum": r"\sum", "prod": r"\prod"}
FUNCTIONS = {"log", "ln", "exp", "max", "min"}
NAMES = {"LQ", "SLQ", "CI", "SE", "SSR", "se", "sd", "mean", "var", "cov", "lam"}
OPERATORS = {
    "=": "=", "+": "+", "-": "-", "*": r"\cdot ", "/": "/", "<": "<", ">": ">", "<=": r"\le ",
    ">=": r"\ge ", "+-": r"\pm ", "@": r"\,",
}  # fmt: skip
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)?'?)"
    r"|(?P<op>\+-|<=|>=|\*\*|[=+\-*/<>^@])|(?P<open>[(])|(?P<close>[)])|(?P<other>.)",
    re.DOTALL,
)
QUOTED = re.compile(r"(\*\*[^*]+\*\*|``.*?``|:[a-z:]+:`[^`]*`|`[^`]*`_*|<[^>]*>`)", re.DOTALL)


def symbol(name: str, *, words: bool = False) -> str | None:
    r"""Return a name in LaTeX, or None for a word that is no symbol.

    Examples
    --------
    >>> symbol("E_ri"), symbol("gamma"), symbol("LQ"), symbol("region")
    ('E_{ri}', '\\gamma', '\\mathrm{LQ}', None)
    """
    prime = "'" if name.endswith("'") else ""
    base, _, below = name.rstrip("'").partition("_")
    if base in SUMS:
        head = SUMS[base] if below else None
    elif base in GREEK:
        head = "\\" + base
    elif len(base) == 1:
        head = base
    elif base in NAMES or (below and len(base) == 2 and base.isalpha()):
        head = r"\lambda" if base == "lam" else rf"\mathrm{{{base}}}"
    else:
        head = rf"\mathrm{{{base}}}" if words and base.isalpha() else None
    if head is None or len(below) > 3:
        return None
    inside = "\\" + below if below in GREEK else below
    if below and len(below) == 3:
        inside = rf"\mathrm{{{below}}}"
    return head + (f"_{{{inside}}}" if below else "") + prime


class Reader:
    """Reads the longest formula that starts at a token."""

    def __init__(self, text: str, *, words: bool = False) -> None:
        self.tokens = [(m.lastgroup or "", m.group(), m.end()) for m in TOKEN.finditer(text)]
        self.at = 0
        self.words = words
        self.operators = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self.at + ahead
        return self.tokens[at][:2] if at < len(self.tokens) else ("end", "")

    def factor(self) -> str | None:
        """Read a number, a symbol, a function of something, or a sum in brackets."""
        kind, text = self.peek()
        if kind == "number":
            self.at += 1
            return text
        if kind == "open":
            return self.bracketed()
        if kind != "name":
            return None
        if text in FUNCTIONS | {"sqrt"} and self.peek(1)[0] == "open":
            self.at += 1
            inside = self.bracketed()
            if inside is None:
                return None
            return rf"\sqrt{{{inside[6:-7]}}}" if text == "sqrt" else rf"\{text}{inside}"
        found = symbol(text, words=self.words)
        if found is not None:
            self.at += 1
        return found

    def bracketed(self) -> str | None:
        self.at += 1
        inside = self.expression()
        if inside is None or self.peek()[0] != "close":
            return None
        self.at += 1
        return rf"\left({inside}\right)"

    def power(self) -> str | None:
        base = self.factor()
        if base is not None and self.peek() in {("op", "^"), ("op", "**")}:
            mark = self.at
            self.at += 1
            above = self.factor()
            if above is None:
                self.at = mark
            else:
                self.operators += 1
                bare = above.removeprefix(r"\left(").removesuffix(r"\right)")
                base = f"{{{base}}}^{{{bare}}}"
        return base

    def product(self) -> str | None:
        """Read factors that stand side by side: ``B g_i``, never words or the article "a"."""
        start = self.at
        found, factors = self.power(), 1
        while found is not None:
            mark, gap = self.at, self.peek()[0] == "space"
            self.at += gap
            kind, text = self.peek()
            plain = text in {"a", "A", "I"} or (kind == "number" and gap) or self.is_word(text)
            after = self.power() if kind in {"name", "number", "open"} and not plain else None
            if after is None or (kind == "open" and gap and self.operators == 0):
                self.at = mark
                break
            found += r"\," + after if gap else after
            factors += 1
        if found is not None and factors == 1 and found.startswith((r"\sum", r"\prod")):
            self.at = start  # a sum of nothing
            return None
        return found

    def is_word(self, text: str) -> bool:
        return symbol(text) is None and text.isalpha() and text not in FUNCTIONS | {"sqrt"}

    def expression(self) -> str | None:
        sign = ""
        if self.peek() == ("op", "-"):
            self.at += 1
            sign = "-"
        found = self.product()
        if found is None:
            return None
        found = sign + found
        while self.peek()[0] == "space" and self.peek(1)[0] == "op" and self.peek(2)[0] == "space":
            text = self.peek(1)[1]
            mark, count = self.at, self.operators
            self.at += 3
            minus = self.peek() == ("op", "-")
            self.at += minus
            after = self.product() if text in OPERATORS else None
            if after is None:
                self.at, self.operators = mark, count
                break
            self.operators += 1
            found += f" {OPERATORS[text]} {'-' if minus else ''}{after}"
        return found


def whole(text: str) -> str | None:
    r"""Return a text that is one formula in LaTeX, or None; words count as names in it.

    Examples
    --------
    >>> whole("competitive = D - B g_i")
    '\\mathrm{competitive} = D - B\\,g_{i}'
    >>> whole('Cluster("state")') is None
    True
    """
    reader = Reader(text, words=True)
    found = reader.expression()
    return found if found and reader.operators and reader.peek()[0] == "end" else None


def pieces(text: str) -> Iterator[str]:
    """Yield the parts of a prose text, formulas as math roles."""
    end = 0
    start = 0
    starts = [m.start() for m in TOKEN.finditer(text) if m.lastgroup in {"name", "number", "open"}]
    for at in starts:
        if at < end or (at and re.match(r"[\w.`'-]", text[at - 1])):
            continue
        reader = Reader(text[at:])
        found = reader.expression()
        if found is None or not reader.at:
            continue
        stop = at + reader.tokens[reader.at - 1][2]
        single = re.fullmatch(r"[A-Za-z]{1,2}_[A-Za-z]{1,3}", text[at:stop])
        if not (reader.operators and re.search("[A-Za-z]", text[at:stop])) and not single:
            continue
        if re.match(r"[\w`]", text[stop : stop + 1]):
            continue
        yield text[start:at]
        yield rf"\ :math:`{found}`\ " if at else rf":math:`{found}`\ "
        start = end = stop
    yield text[start:]


def set_formulas(text: str) -> str:
    r"""Return a paragraph of reStructuredText with its formulas as mathematics.

    Examples
    --------
    >>> set_formulas("LQ = q / p: above one, the region has more.")
    ':math:`\\mathrm{LQ} = q / p`\\ : above one, the region has more.'
    """
    parts = QUOTED.split(text)
    for k, part in enumerate(parts):
        if part.startswith("``") and (found := whole(part[2:-2])):
            parts[k] = f":math:`{found}`"
        elif not QUOTED.fullmatch(part):
            parts[k] = "".join(x if x.startswith((":math:", r"\ :math:")) else marks(x)
                               for x in pieces(part))  # fmt: skip
    return "".join(parts)


def marks(text: str) -> str:
    """Escape bars and lone stars, which reStructuredText would take for its own."""
    text = re.sub(r"\|", r"\\|", text)
    return re.sub(r"(?<=\s)\*(?=\s)", r"\\*", text)
