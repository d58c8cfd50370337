"""What an organisation runs: an inventory goes in, the offerings in use come out, no row is lost.

``folders`` finds the files, ``files`` opens them safely, ``detect`` finds the kind of each and
``readers`` holds one module per kind. ``columns``, ``naming`` and ``counting`` count the rows of tables
(``mending`` those of uneven CSV files), ``resources`` those of documents; ``arns`` shortens ARNs,
``findings`` knows what is not in use, ``vocabulary`` which words are names. ``match`` finds the
offerings, with ``resource_types``. ``read`` calls all of these in turn, and ``use`` narrows the model.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi: the command line lists the readers' names without loading pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
