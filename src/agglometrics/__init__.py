"""agglometrics: measure agglomeration, explain regional growth, estimate what clusters do.

The public names are listed in ``__init__.pyi``. Each is imported when it is first used, so that
``import agglometrics`` does not load every library that some estimator needs.
"""

from importlib.metadata import version
from typing import Any

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = version("agglometrics")


def __getattr__(name: str) -> Any:
    if name in __all__:
        return _load(name)
    if name.startswith("_"):
        raise AttributeError(f"agglometrics has no {name!r}")
    from agglometrics.tables.advice.names import unknown_function

    raise AttributeError(unknown_function(name, __all__))
