"""Labels for people, in English and Chinese, of the machine names in tables.

Data keep machine names (``lq``, ``430000``); a figure or a table asks here what to print.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

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
    names : label of each machine name; other names are printed as they are

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
"""No labels: every name is printed as it is."""


def as_labels(labels: Labels | Mapping[Any, Any] | None) -> Labels:
    """Return labels, also from a plain dict, such as ``{"lq": "Quotient"}``.

    A text is the label in both languages; a pair of texts is English and Chinese.

    Raises
    ------
    InputError
        If `labels` is neither, or a dict holds anything but labels.

    Examples
    --------
    >>> as_labels({"lq": "Quotient", 43: ("Hunan", "湖南")}).text(43, "zh")
    '湖南'
    """
    if labels is None:
        return PLAIN
    if isinstance(labels, Labels):
        return labels
    if not isinstance(labels, Mapping):
        raise InputError(
            f"labels must be Labels or a dictionary; found {type(labels).__name__}. "
            "For example labels={'lq': 'Location quotient'}."
        )
    return Labels(MappingProxyType({str(k): _as_label(k, v) for k, v in labels.items()}))


def _as_label(name: object, label: object) -> Label:
    if isinstance(label, Label):
        return label
    if isinstance(label, str):
        return Label(label, label)
    if isinstance(label, tuple | list) and len(label) == 2:
        return Label(str(label[0]), str(label[1]))
    raise InputError(
        f"the label of {name!r} must be a text, or one in English and one in Chinese; found "
        f"{label!r}. For example labels={{{name!r}: 'Location quotient'}}."
    )
