"""Draw counts and matrices on matplotlib Axes.

Every ``plot_`` function takes a finished frame and an Axes, draws, and returns the Axes. It does not
count, display, save or resize anything. All charts share one style sheet, ``srm.mplstyle``. Colours and
letters come from the table ``responsibilities``. Every area has a word or a letter, so that colour is
never the only signal.
"""

from __future__ import annotations

import lazy_loader

# Names stand in __init__.pyi, so that what needs one module does not load the others.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
