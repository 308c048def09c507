"""The study of Hunan's industrial clusters: from published figures to the paper.

`hunan.data` reads the raw tables, `hunan.audits` says what is wrong with them, `hunan.samples`
makes estimation samples, `hunan.claims` judges the study's claims, `hunan.paper` builds the paper.
The names that notebooks use are listed in ``__init__.pyi``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
