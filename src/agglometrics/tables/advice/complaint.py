"""A complaint that waits for the name of the argument at fault.

Deep in a call the package knows which column is absent, not which argument named it. The
decorator `agglometrics.tables.arguments.checked` knows the arguments: it turns a `ComplaintError`
into an `InputError` that names them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agglometrics.errors import InputError


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call.

    Attributes
    ----------
    given : what the caller wrote, by name
    left : what the caller left at its default
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    left: Mapping[str, Any] = field(default_factory=dict)

    def holding(self, value: object) -> str | None:
        """Return the argument that is this very object, or None."""
        return next((name for name, held in self.given.items() if held is value), None)


class ComplaintError(InputError):
    """An `InputError` whose text can name the arguments of the call.

    `say` returns the text for the arguments of a call.
    """

    def __init__(self, say: Callable[[Arguments], str]) -> None:
        super().__init__(say(Arguments()))
        self.say = say
