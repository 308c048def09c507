"""Words of a regression table in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agglometrics.errors import InputError
from agglometrics.labels import PLAIN, Label, Labels, Lang

WORDS = Labels(
    MappingProxyType(
        {
            "yes": Label("Yes", "是"),
            "no": Label("No", "否"),
            "effects": Label("{} effects", "{}固定效应"),
            "of": Label("{}: {}", "{}：{}"),
            "parentheses": Label("Standard errors in parentheses.", "括号内为标准误。"),
        }
    )
)


def parentheses_note(lang: Lang) -> str:
    """Return the sentence on what stands in parentheses."""
    return WORDS.text("parentheses", lang)


def as_labels(labels: Labels | Mapping[str, str] | None) -> Labels:
    """Return labels: `Labels` as they are, a dictionary as one that holds in both languages.

    Raises
    ------
    InputError
        For anything else.
    """
    if labels is None:
        return PLAIN
    if isinstance(labels, Labels):
        return labels
    if not isinstance(labels, Mapping):
        raise InputError(
            f"labels must be Labels or a dictionary; found {labels!r}. "
            "Pass for example labels={'x': 'Log output'}."
        )
    named = {str(name): Label(str(text), str(text)) for name, text in labels.items()}
    return Labels(MappingProxyType(named))
