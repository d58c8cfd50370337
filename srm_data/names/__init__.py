"""Find what a word or a question means: offerings by name, and the cells that answer a question.

``index`` ranks what a name may mean, and ``offerings`` looks names up in it. ``words`` builds the table
of phrases for questions, ``understand`` finds what a question names and asks, and ``questions`` lists
the cells that answer it and compares two offerings. The page includes the same table, and
``page/ask.js`` follows the same steps; a test compares the two.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi: the spelling of names is compared without building a model.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
