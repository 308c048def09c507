"""`cite`: BibTeX for the package and for the methods that were used."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from agglometrics.errors import InputError
from agglometrics.report.citations.entries import articles, package
from agglometrics.report.citations.methods import METHODS, WITHOUT, has_no_article
from agglometrics.report.citations.used import names_in_script, names_of_result
from agglometrics.tables import listed
from agglometrics.tables.arguments import checked


@checked
def cite(*used: object) -> str:
    """Return BibTeX entries: the package, then the articles whose methods were used.

    Parameters
    ----------
    used : any number of results (an estimate, an event study), names of functions or classes
        (``"duranton_overman"``), the functions and classes themselves, and paths of scripts or
        notebooks (`pathlib.Path`), whose calls are read and not run. None: the package alone

    Returns
    -------
    str
        The entries, each once, the package's first. A result is known by its class, its method
        and the values that it keeps; what was done to the data before is not in it. A name
        without an article of its own adds nothing.

    Raises
    ------
    InputError
        For an unknown name, a table (which does not record how it was made), or a script that does
        not parse.

    Examples
    --------
    >>> print(cite("moran"))  # doctest: +ELLIPSIS
    @software{agglometrics,
    ...
    @book{cliffOrd1981,
      author = {Cliff, A. D. and Ord, J. K.},
      title = {Spatial Processes: Models and Applications},
      publisher = {Pion},
      year = {1981},
    }
    """
    names = [name for each in used for name in _names(each)]
    keys = dict.fromkeys(key for name in names for key in METHODS.get(name, ()))
    return "\n\n".join([package(), *(articles()[key] for key in keys)])


def _names(used: object) -> list[str]:
    """Return the public names that one argument stands for."""
    if isinstance(used, Path):
        return names_in_script(used)
    if isinstance(used, str):
        return [_known(used)]
    if isinstance(used, type) or (callable(used) and hasattr(used, "__name__")):
        return [_known(str(used.__name__))]
    names = names_of_result(used)
    ours = type(used).__module__.partition(".")[0] == "agglometrics"
    if not names and not ours:
        raise InputError(
            f"a {type(used).__name__} does not record how it was made. Name the method, as in "
            "cite('location_quotient'), or pass an estimate or the path of a script."
        )
    return names


def _known(name: str) -> str:
    if name not in METHODS and not has_no_article(name):
        close = get_close_matches(name, [*METHODS, *WITHOUT], cutoff=0.5)
        raise InputError(
            f"{name!r} is not a public name of agglometrics. Close to it: "
            f"{listed(close) if close else 'none'}. Pass a name such as 'panel', a result, or "
            "Path('script.py')."
        )
    return name
