"""The first mistakes of a new user are answered with the way out."""

import warnings

import pytest

from agglometrics.errors import AgglometricsError
from tests.front.first_mistakes import MISTAKES, WRONG_NAMES
from tests.front.test_messages import has_way_out


def test_there_are_a_hundred():
    assert len(MISTAKES) >= 150
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_answered_in_words(mistake):
    """The message names the argument or thing, what was found, and what to write instead."""
    with warnings.catch_warnings(), pytest.raises(AgglometricsError) as failure:
        warnings.simplefilter("ignore")
        mistake.call()
    said = str(failure.value)
    lacking = [words for words in mistake.words if words not in said]
    assert not lacking, said
    assert has_way_out(said) or "?" in said, said
    assert type(failure.value).__module__ == "agglometrics.errors"  # a class that users may catch


@pytest.mark.parametrize("mistake", WRONG_NAMES, ids=lambda mistake: mistake.name)
def test_a_name_of_another_program_is_answered_in_words(mistake):
    with pytest.raises(AttributeError) as failure:
        mistake.call()
    assert all(words in str(failure.value) for words in mistake.words), str(failure.value)
