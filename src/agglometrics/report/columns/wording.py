"""Words of a regression table in English and Chinese."""

from __future__ import annotations

from types import MappingProxyType

from agglometrics.labels import Label, Labels, Lang

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
    """Return the sentence on what is in parentheses."""
    return WORDS.text("parentheses", lang)
