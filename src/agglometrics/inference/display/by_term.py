"""Numbers of the coefficients, in the order of terms, that answer to a term's name too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np

from agglometrics.errors import InputError
from agglometrics.notation import Array


class ByTerm(np.ndarray[tuple[Any, ...], np.dtype[np.float64]]):
    """An array (K,) in the order of terms; ``b["x"]`` is the number of the term x.

    What is computed from it is a plain array.

    Examples
    --------
    >>> b = by_term(np.array([1.0, 2.0]), ("Intercept", "x"))
    >>> float(b["x"]), float(b[0]), b[["x", "Intercept"]]
    (2.0, 1.0, array([2., 1.]))
    >>> b["z"]  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    agglometrics.errors.InputError: term 'z' was not estimated; terms are ['Intercept', 'x']. ...
    """

    terms: tuple[str, ...] = ()

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: str | SupportsIndex) -> np.float64: ...
        @overload
        def __getitem__(self, key: list[str]) -> Array: ...
        @overload
        def __getitem__(self, key: Any) -> Array: ...
        def __getitem__(self, key: Any) -> Any: ...

    else:

        def __getitem__(self, key: Any) -> Any:
            return np.asarray(self)[self._place(key)]

        def __array_wrap__(self, made: Any, context: Any = None, scalar: bool = False) -> Any:
            plain = np.asarray(made)
            return plain[()] if scalar or plain.ndim == 0 else plain

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(
                f"this is an array in the order of terms and has no {name!r}. Write params['x'] "
                "for one term, tidy().set_index('term') for a table indexed by term."
            )

    def __reduce__(self) -> Any:
        return by_term, (np.array(self), self.terms)

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def _place(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._position(key)
        texts = isinstance(key, list) and bool(key) and all(isinstance(each, str) for each in key)
        return [self._position(each) for each in key] if texts else key

    def _position(self, term: str) -> int:
        if not self.terms:
            raise InputError(
                f"a copy of the coefficients does not know their terms; found {term!r}. Take "
                f"params[{term!r}] of the estimate itself, or keep the position."
            )
        if term not in self.terms:
            raise InputError(
                f"term {term!r} was not estimated; terms are {list(self.terms)}. "
                "Choose one of these."
            )
        return self.terms.index(term)


def by_term(values: Array, terms: Sequence[str]) -> ByTerm:
    """Return `values` (K,) as an array that also answers to the names of its K terms."""
    found = np.asarray(values, dtype=np.float64).view(ByTerm)
    found.terms = tuple(terms)
    return found
