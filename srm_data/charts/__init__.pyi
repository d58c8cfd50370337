from .bars import (
    plot_actions as plot_actions,
    plot_controls as plot_controls,
    plot_distribution as plot_distribution,
    plot_handover as plot_handover,
    plot_moves as plot_moves,
)
from .frame import (
    describe_chart as describe_chart,
)
from .matrices import (
    plot_matrix as plot_matrix,
    plot_stacks as plot_stacks,
)
from .spread import (
    plot_spread as plot_spread,
)
from .stacks import (
    plot_stack as plot_stack,
)

__all__ = [
    "describe_chart",
    "plot_actions",
    "plot_controls",
    "plot_distribution",
    "plot_handover",
    "plot_matrix",
    "plot_moves",
    "plot_spread",
    "plot_stack",
    "plot_stacks",
]
