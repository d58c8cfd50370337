"""What an organisation runs: find the offerings in use from its inventories, without losing a row.

``folders`` finds the files, ``files`` opens them safely, ``detect`` recognises the kind of each, and
``readers`` has one module per family of kinds. Tables: ``profiles`` and ``columns`` find what their
columns mean, ``naming`` and ``labels`` name their rows, ``numbers`` and ``money`` read their cells, and
``counting`` counts them. ``resources`` counts what documents list, by their ``settings``. ``match``
finds the offerings in the ``catalogue``, for lines of ``bills`` too; ``states`` recognises what is not
in use, and ``hiding`` what must not be shown. ``read`` calls all of these, and ``use`` narrows the
model.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi: the command line lists the readers' names without loading pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
