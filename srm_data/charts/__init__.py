"""Draw counts and matrices on matplotlib Axes.

Every ``plot_`` function takes a finished frame and an Axes, draws, and returns the Axes. It does not
count, display, save or resize anything. All share one style sheet, ``srm.mplstyle``. Colours and
letters come from the table ``responsibilities``. Every field has a word or a letter, so that colour is
never the only signal.
"""

from srm_data.charts.counts import plot_distribution, plot_handover, plot_moves, plot_ranking
from srm_data.charts.matrices import plot_matrix
from srm_data.charts.stacks import plot_stack, plot_stacks

__all__ = [
    "plot_distribution",
    "plot_handover",
    "plot_matrix",
    "plot_moves",
    "plot_ranking",
    "plot_stack",
    "plot_stacks",
]
