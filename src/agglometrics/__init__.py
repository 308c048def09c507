"""agglometrics: measure agglomeration, explain regional growth, estimate what clusters do.

The public names are listed in ``__init__.pyi``. Each is imported when it is first used, so that
``import agglometrics`` does not load every library that some estimator needs.
"""

from importlib.metadata import version

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = version("agglometrics")
