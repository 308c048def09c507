"""Labels for people, in English and Chinese, of the machine names in tables.

Data keep machine names (``lq``, ``430000``); a figure or a table asks here what to print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from agglometrics.errors import InputError
from agglometrics.tables import require_columns, require_keys

Lang = Literal["en", "zh"]
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Label:
    """What to print for one machine name, in English and in Chinese."""

    en: str
    zh: str


@dataclass(frozen=True)
class Labels:
    """Labels by machine name.

    Attributes
    ----------
    names : label of each machine name; what is not there is printed as it stands

    Examples
    --------
    >>> provinces = pd.DataFrame({"region": [430000], "name_en": ["Hunan"], "name_zh": ["湖南"]})
    >>> labels = PLAIN.extended(provinces, "region")
    >>> labels.text(430000, "en"), labels.text(430000, "zh"), labels.text("other", "zh")
    ('Hunan', '湖南', 'other')
    """

    names: Mapping[str, Label]

    def text(self, name: object, lang: Lang = "en") -> str:
        """Return what to print for `name` in the language `lang`."""
        require_language(lang)
        label = self.names.get(str(name))
        if label is None:
            return str(name)
        return label.en if lang == "en" else label.zh

    def joined(self, other: Labels) -> Labels:
        """Return these labels and those of `other`, which come first where both name something."""
        return Labels(MappingProxyType({**self.names, **other.names}))

    def extended(
        self, table: pd.DataFrame, key: str, *, en: str = "name_en", zh: str = "name_zh"
    ) -> Labels:
        """Return these labels and those of a dimension table: one row per machine name."""
        require_columns(table, [key, en, zh])
        require_keys(table, [key])
        rows = zip(table[key], table[en], table[zh], strict=True)
        added = {str(name): Label(str(english), str(chinese)) for name, english, chinese in rows}
        return Labels(MappingProxyType({**self.names, **added}))


def require_language(lang: str) -> None:
    """Raise `InputError` unless `lang` is a language that labels exist in."""
    if lang not in LANGUAGES:
        raise InputError(
            f"lang={lang!r} is unknown; labels exist in {list(LANGUAGES)}. Choose one of these."
        )


PLAIN = Labels(MappingProxyType({}))
"""No labels: every name is printed as it stands."""
