"""For those who keep the project: how far its answers can be trusted, releases, notebooks, AWS's lists.

``agreement`` measures readers, rules and defaults; ``release`` makes a release, with ``pictures`` and
``dictionary``; ``notebooks`` runs the notebooks and writes all exports; ``aws_lists`` compares the
catalogue with AWS's lists, and ``frameworks`` reads publishers' files. ``golden`` compares what two
checkouts answer, ``settings`` two releases of API models, ``wording`` our sentences and their pages.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi, so that what needs one module does not load the others.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
