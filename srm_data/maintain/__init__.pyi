from .agreement import (
    default_agreement as default_agreement,
    held_out_distribution as held_out_distribution,
    list_held_out as list_held_out,
    measure_agreement as measure_agreement,
)

__all__ = [
    "default_agreement",
    "held_out_distribution",
    "list_held_out",
    "measure_agreement",
]
