"""What an organisation runs: find the offerings in use from its inventories, without losing a row.

``folders`` finds the files, ``files`` opens them safely, ``detect`` recognises the kind of each, and
``readers`` has one module per kind. ``columns``, ``naming`` and ``counting`` count the rows of tables
(``mending`` repairs uneven CSV files), and ``resources`` counts those of documents. ``arns`` shortens
ARNs, ``findings`` recognises what is not in use, and ``vocabulary`` which words are names. ``match``
finds the offerings, using ``resource_types``. ``read`` calls all of these in turn, and ``use`` narrows
the model.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi: the command line lists the readers' names without loading pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
