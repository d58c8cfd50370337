"""Files owned by an organisation: decisions, owners, remarks, and the register made from them."""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi, so that what needs one module does not load the others.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
