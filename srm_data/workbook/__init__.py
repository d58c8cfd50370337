"""Excel workbooks: documents that governance teams read, print and pass on.

``sheets`` plans each sheet from the same ``content``, ``layout`` writes what is planned, in ``styles``,
and ``book`` puts the sheets together. ``read`` reads what reviewers returned. ``reviewed`` is the
contract between both: columns, keys and codes.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi, so that what needs one module does not load the others.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
