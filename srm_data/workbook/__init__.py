"""Excel workbooks: documents that governance teams read, print and pass on.

``book`` makes a workbook from ``sheets``, with one module per sheet or group of sheets, and ``read``
reads what reviewers returned. ``reviewed`` is the contract between both: columns, keys and codes.
``layout`` arranges prose and tables, ``styles`` defines their look, and ``content`` is what all sheets
are made from.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi, so that what needs one module does not load the others.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
