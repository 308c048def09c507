"""Plants in a pandas frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agglometrics.tables.checks import require_labels
from agglometrics.tables.codes import coded, combine
from agglometrics.tables.sources.source import Labels


@dataclass(frozen=True)
class Frame:
    """Plants in a pandas frame."""

    data: pd.DataFrame

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(column) for column in self.data.columns]

    def is_number(self, column: str) -> bool:
        """Whether `column` holds numbers."""
        kind = self.data[column].dtype
        plain = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)
        return plain and not pd.api.types.is_bool_dtype(kind)

    def kind(self, column: str) -> str:
        """Return the type of `column`."""
        return f"dtype {self.data[column].dtype}"

    def check_labels(self, by: Sequence[str]) -> None:
        """Raise `InputError` if a key mixes text and numbers, or holds no labels."""
        for key in by:
            require_labels(self.data[key], key)

    def _floats(self, value: str) -> Any:
        return self.data[value].to_numpy(dtype=np.float64, na_value=np.nan)

    def _broken(self, by: Sequence[str], value: str | None) -> dict[str, Any]:
        missing = {f"key {key}": self.data[key].isna().to_numpy() for key in by}
        if value is None:
            return missing
        v = self._floats(value)
        rules = {"unknown": np.isnan(v), "infinite": np.isinf(v), "negative": v < 0, "zero": v == 0}
        return rules | missing

    def faults(self, by: Sequence[str], value: str | None) -> dict[str, int]:
        """Count the rows and those that break a rule."""
        broken = self._broken(by, value)
        return {"rows": len(self.data)} | {name: int(rows.sum()) for name, rows in broken.items()}

    def first(self, by: Sequence[str], value: str | None, fault: str) -> dict[str, object]:
        """Return the keys of the first row with `fault`."""
        where = int(np.argmax(self._broken(by, value)[fault]))
        row = self.data[list(by)].iloc[where]
        return {key: row[key] for key in by}

    def cells(self, by: Sequence[str], value: str | None, powers: Labels) -> pd.DataFrame:
        """Sum powers of the value and count plants over `by`, sorted by it."""
        place = combine([coded(self.data[key])[0] for key in by])
        n = np.bincount(place)
        row = np.empty(len(n), dtype=np.intp)
        row[place] = np.arange(len(place))  # one of each cell, which has its keys
        keys = {key: self.data[key].take(row).array for key in by}
        if value is None:
            return pd.DataFrame(keys | {"n": n})
        v = self._floats(value)
        powered = pd.DataFrame({label: v**power for power, label in powers.items()})
        sums = powered.groupby(place).sum()
        return pd.DataFrame(keys | {label: sums[label].array for label in sums} | {"n": n})

    def rows(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return `columns` of the plants themselves."""
        return self.data[list(columns)]
