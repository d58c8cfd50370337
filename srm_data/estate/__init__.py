"""What an organisation runs: an inventory goes in, the offerings in use come out, no row is lost.

``folders`` finds the files, ``files`` opens them safely, ``detect`` finds the kind of each and
``readers`` holds one module per kind. ``columns`` and ``counting`` count the rows of tables,
``resources`` those of documents; ``arns`` shortens ARNs. ``match`` finds the offerings. ``read`` calls
all of these in turn, and ``use`` narrows the model.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi: the command line lists the readers' names without loading pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
