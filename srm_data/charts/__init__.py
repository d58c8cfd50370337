"""Draw counts and matrices on matplotlib Axes.

Every ``plot_`` function takes a finished frame and an Axes, draws, and returns the Axes. Nothing is
counted, shown, saved or sized here. All share one style sheet, ``srm.mplstyle``. Colours and letters
come from the table ``responsibilities``; a word or a letter stands in every field, so that colour is
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
